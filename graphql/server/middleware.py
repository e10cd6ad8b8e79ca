"""What every HTTP exchange passes: an id, one log line, and headers that keep browsers from being tricked."""

import re
import time
from collections.abc import Iterable
from secrets import token_hex

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.system.access_lines import access_line
from server.callers import HttpCallers

_REQUEST_ID = b"x-request-id"
_GOOD_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}
"""Set on every answer that does not set its own."""

HTTPS_ONLY = "max-age=31536000"
"""Strict-Transport-Security, set on answers that go out by HTTPS: from then on browsers come by HTTPS only, for a year."""


_OVER_HTTP = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_OVER_HTTPS = [*_OVER_HTTP, (b"strict-transport-security", HTTPS_ONLY.encode())]


class ExchangeMiddleware:
    """Gives each request an id: the caller's `X-Request-Id` when it looks like one, otherwise a new one.

    The id is in the answer's header, in `request.state.request_id` and in every log line. One line is written when the
    exchange ends, without the query string, which may hold a ticket or variables, and with no more of the path than what
    our routes say: what a caller makes up may be anything, a password or a document too.

    Answers are given `SECURITY_HEADERS` where they have not set their own, and `HTTPS_ONLY` when they go out by HTTPS.

    callers: is told who waits for an answer.
    """

    def __init__(self, app: ASGIApp, callers: HttpCallers) -> None:
        self._app = app
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _offered(scope["headers"]) or token_hex(16)
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 500
        added = [
            (_REQUEST_ID, request_id.encode()),
            *(_OVER_HTTPS if scope["scheme"] == "https" else _OVER_HTTP),
        ]

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(each for each in added if each[0] not in own)]
            await send(message)

        before = structlog.contextvars.bind_contextvars(request_id=request_id)
        self._callers.came()
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            self._callers.went()
            milliseconds = round((time.perf_counter() - started) * 1000)
            access_line(f"{scope['method']} {_address(scope)}", status, milliseconds, request_id)
            structlog.contextvars.reset_contextvars(**before)


def _offered(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The id that the caller gave the request, if it can be one."""
    for name, value in headers:
        if name == _REQUEST_ID:
            return value.decode() if _GOOD_ID.fullmatch(value) else None
    return None


def _address(scope: Scope) -> str:
    """The path with the names of its parameters in the place of their values."""
    if "endpoint" not in scope:  # no route has taken it
        return "elsewhere"
    path: str = scope["path"]
    for name, value in scope["path_params"].items():
        path = path.replace(str(value), f"{{{name}}}")
    return path
