"""Answers that go out in one step are those that uvicorn would send, and connections are kept as long as it would keep them."""

import asyncio
import gc
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any, cast

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from server import net
from server.callers import HttpCallers
from server.http_protocol import HttpProtocol, at_once
from server.middleware import ExchangeMiddleware
from server.net import listen, serving

PATIENCE = 60
Header = tuple[bytes, bytes]

_LONG = (b"content-length", b"4")
_KEPT = b"GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: desk-42\r\n\r\n"
_CLOSED = _KEPT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def _answering(*headers: Header, status: int = 200, body: bytes = b"here", parts: int = 1) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": list(headers)})
        for part in range(parts):
            start, end = len(body) * part // parts, len(body) * (part + 1) // parts
            await send({"type": "http.response.body", "body": body[start:end], "more_body": part + 1 < parts})

    return ExchangeMiddleware(app, HttpCallers())


async def _received(app: ASGIApp, *requests: bytes) -> bytes:
    """What comes back until the connection ends, without the time; the last request closes it."""
    with closing(listen("127.0.0.1", 0)) as listener:
        async with serving(app, listener), asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(b"".join(requests))
            received = await reader.read()
            writer.close()
    return re.sub(rb"date: [^\r]*", b"date: now", received)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each answer went out in one step."""
    told = []
    send_at_once = HttpProtocol._send_at_once

    def telling(self: HttpProtocol, *answer: Any) -> bool:
        told.append(send_at_once(self, *answer))
        return told[-1]

    monkeypatch.setattr(HttpProtocol, "_send_at_once", telling)
    return told


@pytest.mark.parametrize(
    ("app", "requests", "expected"),
    [
        (_answering(_LONG), [_KEPT, _KEPT, _CLOSED], [True, True, False]),
        (_answering(_LONG, status=404), [_KEPT, _CLOSED], [True, False]),
        (_answering((b"content-length", b"0"), body=b""), [_KEPT, _CLOSED], [True, False]),
        (_answering(_LONG, (b"x-frame-options", b"SAMEORIGIN")), [_KEPT, _CLOSED], [True, False]),
        (_answering(_LONG), [_KEPT.replace(b"GET", b"HEAD"), _CLOSED], [False, False]),
        (_answering(_LONG), [_KEPT.replace(b"1.1", b"1.0")], [False]),
        (_answering(_LONG, parts=2), [_KEPT, _CLOSED], []),
        (_answering(), [_KEPT, _CLOSED], []),
        (_answering(_LONG, (b"connection", b"close")), [_KEPT], [False]),
        (_answering(_LONG, (b"x-odd", b"two\r\nlines")), [_KEPT], [False]),
        (_answering(_LONG, body=b"too long"), [_KEPT], [False]),
        (_answering(_LONG, body=b"cut"), [_KEPT], [False]),
    ],
    ids=[
        "kept connections",
        "another status",
        "no body",
        "headers of its own",
        "only the head is wanted",
        "HTTP/1.0",
        "in parts",
        "of unknown length",
        "it closes the connection",
        "no header",
        "a body that is longer than it says",
        "a body that is shorter than it says",
    ],
)
async def test_what_is_sent_is_what_uvicorn_sends(
    app: ASGIApp,
    requests: list[bytes],
    expected: list[bool],
    told: list[bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = await _received(app, *requests)
    assert told == expected
    monkeypatch.setattr(net, "HttpProtocol", HttpToolsProtocol)
    assert ours == await _received(app, *requests)


async def test_a_client_that_does_not_read_is_waited_for(told: list[bool]) -> None:
    large = b"x" * 30_000_000
    answers = iter([_answering((b"content-length", b"%d" % len(large)), body=large), _answering(_LONG)])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await next(answers, _answering(_LONG))(scope, receive, send)

    assert (await _received(app, _KEPT, _KEPT, _CLOSED)).count(b"x" * 1_000_000) == 30
    # The first is too large, the second would come on top of what was not read yet, and the third closes the connection.
    assert told == [False, False, False]


async def test_an_answer_that_fails_before_its_body_is_begun_all_the_same() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [_LONG]})
        raise RuntimeError("the body cannot be read")

    received = await _received(ExchangeMiddleware(app, HttpCallers()), _KEPT)
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"x-request-id: desk-42\r\n" in received
    assert received.endswith(b"\r\n\r\n")


async def test_nothing_is_answered_twice(told: list[bool]) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        send_at_once = at_once(scope)
        assert send_at_once is not None
        assert send_at_once(200, [_LONG], b"here")
        assert not send_at_once(200, [_LONG], b"here")

    with closing(listen("127.0.0.1", 0)) as listener:
        async with serving(app, listener), asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(_KEPT)
            await reader.readuntil(b"here")
            writer.close()
    assert told == [True, False]


async def test_what_a_request_brought_goes_by_itself() -> None:
    """Nothing of it waits for the garbage collector, which seldom looks: a token stands in its head."""
    gc.collect()
    gc.disable()
    try:
        await _received(_answering(_LONG), _KEPT, _KEPT, _CLOSED)
        assert not [each for each in gc.get_objects() if isinstance(each, RequestResponseCycle)]
    finally:
        gc.enable()


async def test_nothing_is_sent_to_who_is_gone() -> None:
    gone, sent = asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        send_at_once = at_once(scope)
        assert send_at_once is not None
        while (await receive())["type"] != "http.disconnect":
            gone.set()
        assert not send_at_once(200, [_LONG], b"here")
        sent.set()

    with closing(listen("127.0.0.1", 0)) as listener:
        async with serving(app, listener), asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(_KEPT)
            await gone.wait()
            writer.close()
            await sent.wait()


class _Loop:
    """A loop in which only time goes by."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[_Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> "_Timer":
        self.timers.append(timer := _Timer(self.now + delay, call))
        return timer

    def pass_by(self, seconds: float) -> None:
        """Let so many seconds go by."""
        self.now += seconds
        due = [timer for timer in self.timers if timer.ends <= self.now]
        self.timers = [timer for timer in self.timers if timer.ends > self.now]
        for timer in due:
            timer.ring()


class _Timer:
    def __init__(self, ends: float, call: Callable[[], None]) -> None:
        self.ends = ends
        self.ring = call

    def cancel(self) -> None:
        self.ring = _nothing


def _nothing() -> None:
    pass


class _Transport(asyncio.Transport):
    closed = aborted = False
    unsent = 0

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def pause_reading(self) -> None:
        pass


@pytest.fixture
def loop() -> _Loop:
    return _Loop()


@pytest.fixture
def protocol(loop: _Loop) -> HttpProtocol:
    """A connection on which something was just answered."""
    config = net._server(_answering(_LONG)).config
    protocol = HttpProtocol(config, ServerState(), {}, loop)  # type: ignore[arg-type]
    protocol.connection_made(_Transport())
    protocol._stop_waiting()
    protocol.on_response_complete()
    return protocol


def test_a_connection_on_which_nothing_is_asked_is_closed(loop: _Loop, protocol: HttpProtocol) -> None:
    loop.pass_by(4.9)
    assert not protocol.transport.is_closing()
    loop.pass_by(0.1)
    assert protocol.transport.is_closing()


def test_a_connection_is_kept_while_it_is_used_and_closed_after(loop: _Loop, protocol: HttpProtocol) -> None:
    loop.pass_by(3)
    protocol.data_received(b"G")
    protocol._stop_waiting()
    loop.pass_by(20)
    assert not protocol.transport.is_closing()
    protocol.on_response_complete()
    loop.pass_by(3)
    protocol.on_response_complete()
    loop.pass_by(4.9)
    assert not protocol.transport.is_closing()
    assert len(loop.timers) == 1
    loop.pass_by(0.1)
    assert protocol.transport.is_closing()


def test_a_connection_that_ends_leaves_no_timer(loop: _Loop, protocol: HttpProtocol) -> None:
    protocol.connection_lost(ConnectionResetError())
    loop.pass_by(5)
    assert not protocol.transport.is_closing()


@pytest.mark.parametrize("closes", [True, False], ids=["with the answer", "later"])
async def test_a_closed_connection_on_which_nothing_goes_out_is_aborted(closes: bool, loop: _Loop) -> None:
    """However little is left to send: too little for the transport to say that it waits."""
    protocol = _working(loop)
    protocol.data_received(_KEPT)
    transport = cast("_Transport", protocol.transport)
    transport.unsent, protocol.cycle.response_complete = 100, True
    transport.closed = closes
    protocol.on_response_complete()
    loop.pass_by(5)
    assert transport.closed
    loop.pass_by(30)
    transport.unsent = 99
    loop.pass_by(30)
    assert not transport.aborted
    loop.pass_by(30)
    assert transport.aborted


def test_a_connection_is_kept_while_its_answer_goes_out(loop: _Loop, protocol: HttpProtocol) -> None:
    transport = cast("_Transport", protocol.transport)
    protocol.data_received(b"G")
    protocol._stop_waiting()
    for _ in range(3):
        transport.unsent = 100_000
        protocol.pause_writing()
        loop.pass_by(30)
        protocol.resume_writing()
    loop.pass_by(30)
    assert not transport.closed
    assert not loop.timers


@pytest.mark.parametrize("rest", [b"1", b"12", b"12GET / HT"])
async def test_a_connection_whose_body_was_not_waited_for_is_closed(rest: bytes, loop: _Loop) -> None:
    """Whoever is refused by the head alone, and then sends the body or a part of it, does not stay for ever."""
    protocol = _working(loop)
    protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
    protocol.cycle.response_complete = True
    protocol.on_response_complete()
    loop.pass_by(3)
    protocol.data_received(rest)
    loop.pass_by(4.9)
    assert not protocol.transport.is_closing()
    loop.pass_by(0.1)
    assert protocol.transport.is_closing()


@pytest.mark.parametrize("rest", [b"\r\n", b"\r\nGET / HT"])
@pytest.mark.parametrize(("more", "seconds"), [(b"", 5), (b"T", 10)])
async def test_an_answer_under_way_is_waited_for_whatever_comes_meanwhile(
    rest: bytes, more: bytes, seconds: float, loop: _Loop
) -> None:
    """An empty line after a body is to be ignored (RFC 9112, 2.2), and the next head has its time when the answer is out."""
    protocol = _working(loop)
    protocol.data_received(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n12")
    protocol.data_received(rest)
    loop.pass_by(120)
    assert not protocol.transport.is_closing()
    protocol.cycle.response_complete = True
    protocol.on_response_complete()
    if more:
        protocol.data_received(more)
    loop.pass_by(seconds - 0.1)
    assert not protocol.transport.is_closing()
    loop.pass_by(0.1)
    assert protocol.transport.is_closing()


_OFFERS = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
_BODY = b"GET /in-a-body HTTP/1.1\r\nHost: x\r\n\r\n"
_POSTS = {
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY): _BODY,
    b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(_BODY), _BODY): _BODY,
    b"Content-Length: 0\r\n\r\n": b"",
    b"\r\n": b"",
}


@pytest.mark.parametrize(("rest", "body"), _POSTS.items())
@pytest.mark.parametrize("offers", [_OFFERS, _OFFERS.replace(b"h2c", b"websocket")])
async def test_another_protocol_that_is_offered_is_left_aside(
    rest: bytes, body: bytes, offers: bytes, loop: _Loop
) -> None:
    """Clients in Java offer HTTP/2 with each request, and go on in HTTP/1.1 where nobody takes it up (RFC 9110, 7.8)."""
    request = b"POST /a?b HTTP/1.1\r\nHost: x\r\n" + offers + b"X: y\r\n" + rest
    sent = request * 2 + b"GET /last HTTP/1.1\r\n\r\n"
    for cut in range(len(sent)):
        started: list[RequestResponseCycle] = []
        protocol = _working(loop, started)
        protocol.data_received(sent[:cut])
        protocol.data_received(sent[cut:])
        cycles = [*started, *(cycle for cycle, _ in reversed(protocol.pipeline))]
        heard = [(each.scope["path"], bytes(each.body), each.more_body) for each in cycles]
        assert heard == [("/a", body, False)] * 2 + [("/last", b"", False)], cut
        assert all(each.keep_alive for each in cycles)
        assert (b"x", b"y") in cycles[0].scope["headers"]
        assert cycles[0].scope["query_string"] == b"b"


async def test_no_tunnel_is_opened() -> None:
    tunnel = b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n" + _OFFERS + b"\r\n"
    assert (await _received(_answering(_LONG), tunnel, _KEPT)).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def _working(loop: _Loop, started: list[RequestResponseCycle] | None = None) -> HttpProtocol:
    """A connection on which requests are heard; none is answered."""
    protocol = HttpProtocol(net._server(_answering(_LONG)).config, ServerState(), {}, loop)  # type: ignore[arg-type]
    protocol.connection_made(_Transport())
    protocol._start_asgi_task = lambda cycle, app: None if started is None else started.append(cycle)  # type: ignore[method-assign]
    return protocol
