"""GraphiQL at /graphql: our own page and files, and no byte from anywhere else."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from api.operations import ReadyMadeOperation, ready_made_operations
from server.examples import Examples

_FOLDER = Path(__file__).parents[1] / "explorer"
_FETCHED = ("graphiql.css", "graphiql.js", "react.js", "react-dom.js")
_OWN = ("explorer.css", "explorer.js", "favicon.svg")

_FILES = {name: _FOLDER / "assets" / name for name in _FETCHED} | {name: _FOLDER / name for name in _OWN}

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # CodeMirror, the editor inside GraphiQL, places its lines by style attributes.
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Scripts of this server only, and none inside the page; requests go to this server only."""


def explorer_page(operations: Sequence[ReadyMadeOperation], headers: Mapping[str, str]) -> str:
    """The page, opening with these operations, and with these headers in its headers pane."""
    config = json.dumps({"operations": list(operations), "headers": dict(headers)}, ensure_ascii=False)
    # Inside a script element only "<" can end the block or open a comment.
    config = config.replace("<", "\\u003c")
    page = (_FOLDER / "index.html").read_text(encoding="utf-8")
    return page.replace("@@CONFIG@@", config)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explorer:
    """GraphiQL. With `demo_token` it opens ready to run: the token in its headers, ids of the demo in its variables."""

    examples: Examples
    demo_token: str | None = field(repr=False)

    async def page(self, request: Request) -> Response:
        """The page. The token goes out under a name of this machine only: no other name may be led here to fetch it."""
        operations = ready_made_operations()
        if self.demo_token is None or request.url.hostname not in _THIS_MACHINE:
            return page_response(explorer_page(operations, {}))
        headers = {"Authorization": f"Bearer {self.demo_token}"}
        return page_response(explorer_page(await self.examples.fill(operations), headers))


def page_response(page: str) -> Response:
    """The page with the policy that it runs under."""
    return HTMLResponse(page, headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"})


async def asset(request: Request) -> Response:
    """One of the page's files."""
    path = _FILES.get(request.path_params["name"])
    if path is None:
        return PlainTextResponse("Not found", status_code=404)
    if not path.is_file():
        return PlainTextResponse("Not fetched yet: run `make setup`", status_code=404)
    return FileResponse(path, headers={"Cache-Control": "no-cache"})
