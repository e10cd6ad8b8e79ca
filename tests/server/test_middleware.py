"""Every exchange has an id, one log line without the query string, and the headers that protect browsers."""

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.callers import MOMENT, HttpCallers
from server.middleware import SECURITY_HEADERS, ExchangeMiddleware


async def _echo(request: Request) -> Response:
    return JSONResponse({"id": request.state.request_id}, headers={"X-Frame-Options": "SAMEORIGIN"})


async def _fail(request: Request) -> Response:
    raise RuntimeError("nobody expected this")


def _client() -> httpx.AsyncClient:
    routes = [Route("/echo", _echo), Route("/fail", _fail), Route("/pages/{name}/print", _echo)]
    app = ExchangeMiddleware(Starlette(routes=routes), HttpCallers())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://fiador.test")


async def test_each_request_gets_an_id_of_its_own() -> None:
    async with _client() as client:
        first, second = await client.get("/echo"), await client.get("/echo")
    assert first.json()["id"] == first.headers["X-Request-Id"]
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


async def test_a_callers_id_is_kept_when_it_looks_like_one() -> None:
    async with _client() as client:
        kept = await client.get("/echo", headers={"X-Request-Id": "desk-42"})
        replaced = await client.get("/echo", headers={"X-Request-Id": "two words"})
    assert kept.headers["X-Request-Id"] == "desk-42"
    assert replaced.headers["X-Request-Id"] != "two words"


@pytest.mark.parametrize("path", ["/echo", "/fail", "/nowhere"])
async def test_every_answer_carries_the_protecting_headers(path: str) -> None:
    async with _client() as client:
        answer = await client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == (
            "SAMEORIGIN" if (path, name) == ("/echo", "X-Frame-Options") else value
        )
    assert "X-Request-Id" in answer.headers


async def test_what_is_logged_meanwhile_has_the_id_and_what_comes_after_has_not() -> None:
    seen = []

    async def look(request: Request) -> Response:
        seen.append(structlog.contextvars.get_contextvars())
        return Response()

    app = ExchangeMiddleware(Starlette(routes=[Route("/look", look), Route("/fail", _fail)]), HttpCallers())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://fiador.test") as client:
        await client.get("/look", headers={"X-Request-Id": "desk-42"})
        assert structlog.contextvars.get_contextvars() == {}
        await client.get("/fail", headers={"X-Request-Id": "desk-43"})
        # The server, which runs each request in a context of its own, has yet to write what failed.
        assert structlog.contextvars.get_contextvars() == {"request_id": "desk-43"}
    assert seen == [{"request_id": "desk-42"}]


async def test_the_log_line_leaves_out_the_query() -> None:
    with structlog.testing.capture_logs() as lines:
        async with _client() as client:
            await client.get("/echo?ticket=hunter2")
    (line,) = lines
    assert line["event"] == "GET /echo"
    assert line["status"] == 200
    assert "hunter2" not in str(lines)


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/pages/hunter2/print", "GET /pages/{name}/print"),
        ("/hunter2", "GET elsewhere"),
        ("/echo/hunter2", "GET elsewhere"),
    ],
)
async def test_the_log_line_holds_nothing_that_a_caller_made_up(path: str, logged: str) -> None:
    with structlog.testing.capture_logs() as lines:
        async with _client() as client:
            await client.get(path)
    assert [line["event"] for line in lines] == [logged]


@pytest.mark.parametrize("path", ["/look", "/fail"])
async def test_who_asked_calls_until_it_is_answered_and_a_moment_longer(path: str) -> None:
    now = 100.0
    callers = HttpCallers(monotonic=lambda: now)
    seen = []

    async def look(request: Request) -> Response:
        nonlocal now
        now += 60
        seen.append(callers.any())
        return await _fail(request) if path == "/fail" else Response()

    app = ExchangeMiddleware(Starlette(routes=[Route(path, look)]), callers)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    assert not callers.any()
    async with httpx.AsyncClient(transport=transport, base_url="http://fiador.test") as client:
        await client.get(path)
    assert seen == [True]
    assert callers.any()
    now += 2 * MOMENT
    assert not callers.any()
