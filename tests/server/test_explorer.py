"""GraphiQL's page: ours, whole, and closed to anything from elsewhere."""

import json
import re

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from server.explorer import PAGE_POLICY, asset, explorer_page, page_response

OPERATIONS = [
    {"name": "Tricky", "query": 'query Tricky { a(b: "</script><!-- &amp; ção") }', "variables": {"x": 1}}
]


def _config(page: str) -> object:
    found = re.search(r'<script type="application/json" id="fiador-config">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_opens_with_operations_and_headers() -> None:
    headers = {"Authorization": "Bearer fia_example"}
    assert _config(explorer_page(OPERATIONS, headers)) == {"operations": OPERATIONS, "headers": headers}


def test_nothing_in_an_operation_can_leave_its_block() -> None:
    page = explorer_page(OPERATIONS, {})
    assert page.count("</script>") == explorer_page([], {}).count("</script>")
    assert "<!--" not in page


def test_every_script_and_style_is_a_file_of_this_server() -> None:
    page = explorer_page(OPERATIONS, {})
    scripts = re.findall(r"<script(?![^>]*application/json)([^>]*)>(.*?)</script>", page, re.DOTALL)
    assert scripts
    assert all('src="/graphql/assets/' in attributes and not body for attributes, body in scripts)
    assert "<style" not in page


def test_the_policy_allows_scripts_and_requests_of_this_server_only() -> None:
    policy = dict(part.split(" ", 1) for part in PAGE_POLICY.split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert page_response("").headers["Content-Security-Policy"] == PAGE_POLICY


async def test_only_the_page_files_are_served() -> None:
    app = Starlette(routes=[Route("/graphql/assets/{name}", asset)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://fiador.test/graphql/assets/"
    ) as client:
        own = await client.get("explorer.js")
        assert own.status_code == 200
        assert own.headers["content-type"].startswith("text/javascript")
        for name in ("index.html", "package.json", "..%2Fpackage.json", "fetch", "nothing"):
            assert (await client.get(name)).status_code == 404
