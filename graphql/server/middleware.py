"""What every HTTP exchange passes: an id, one log line, and headers that keep browsers from being tricked."""

import re
import time
from collections.abc import Iterable
from functools import lru_cache
from random import Random

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.system.access_lines import access_line
from server.callers import HttpCallers
from server.http_protocol import at_once

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

    The id is in the answer's header, in `request.state.request_id` and in every log line, also in what the server writes of
    an exception that goes on up to it. One line is written when the
    exchange ends, without the query string, which may hold a ticket or variables, and with no more of the path than what
    our routes say: what a caller makes up may be anything, a password or a document too.

    Answers are given `SECURITY_HEADERS` where they have not set their own, and `HTTPS_ONLY` when they go out by HTTPS.

    callers: is told who waits for an answer.
    """

    def __init__(self, app: ASGIApp, callers: HttpCallers) -> None:
        self._app = app
        self._callers = callers
        # Seeded by the system, once: ids must differ, and may be guessed.
        self._chance = Random()  # noqa: S311

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _offered(scope["headers"]) or f"{self._chance.getrandbits(128):032x}"
        scope.setdefault("state", {})["request_id"] = request_id
        started, answer = time.perf_counter(), _Answer(scope, send, request_id)
        before = structlog.contextvars.bind_contextvars(request_id=request_id)
        self._callers.came()
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            await answer.begin()
            raise
        finally:
            self._callers.went()
            milliseconds = round((time.perf_counter() - started) * 1000)
            access_line(f"{scope['method']} {_address(scope)}", answer.status, milliseconds, request_id)
        structlog.contextvars.reset_contextvars(**before)


class _Answer:
    """Sends an answer with the headers of every answer. What says how long it is, and comes whole, goes out in one step."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.status = 500
        self._request_id = (_REQUEST_ID, request_id.encode())
        self._https = scope["scheme"] == "https"
        self._send = send
        self._at_once = at_once(scope)
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, own = message["status"], message["headers"]
            names = tuple([name for name, _ in own])
            message["headers"] = [*own, self._request_id, *_missing(names, self._https)]
            if self._at_once is not None and b"content-length" in names:
                self._start = message
                return
        elif self._start is not None and self._at_once is not None:
            whole, start = not message.get("more_body", False), self._start
            if whole and self._at_once(start["status"], start["headers"], message.get("body", b"")):
                self._start = None
                return
            await self.begin()
        await self._send(message)

    async def begin(self) -> None:
        """Send what was kept back of it until its body came."""
        start, self._start = self._start, None
        if start is not None:
            await self._send(start)


@lru_cache(maxsize=64)
def _missing(names: tuple[bytes, ...], https: bool) -> tuple[tuple[bytes, bytes], ...]:
    """What an answer that has headers by these names is given besides."""
    return tuple(each for each in (_OVER_HTTPS if https else _OVER_HTTP) if each[0] not in names)


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
