"""Answers that nobody reads are let go; whoever reads slowly gets everything."""

import asyncio
import socket
from contextlib import closing

import pytest
from starlette.types import Receive, Scope, Send

from server import http_protocol
from server.http_protocol import HttpProtocol
from server.net import listen, serving

PATIENCE = 60

_KEPT = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
_CLOSED = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class _Answers:
    """Answers with more than a connection takes, and knows how that ended."""

    def __init__(self, *, parts: int, size: int) -> None:
        self.ended = asyncio.Event()
        self._parts, self._part = parts, b"~" * (size // parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            for left in reversed(range(self._parts)):
                await send({"type": "http.response.body", "body": self._part, "more_body": left > 0})
        finally:
            self.ended.set()


def _reading_little(listener: socket.socket) -> socket.socket:
    """A client of that listener, whose system takes little that it does not read."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
    client.connect(listener.getsockname())
    client.setblocking(False)
    return client


@pytest.mark.parametrize(
    ("asked", "parts"),
    [(_KEPT, 1), (_KEPT, 500), (_KEPT * 2, 500), (_CLOSED, 1)],
    ids=["whole", "in parts", "asked twice", "closed"],
)
async def test_a_client_that_reads_nothing_of_its_answer_is_let_go(
    asked: bytes, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "SENDING_SECONDS", 0.1)
    app, gone = _Answers(parts=parts, size=20_000_000), asyncio.Event()
    connection_lost = HttpProtocol.connection_lost

    def losing(self: HttpProtocol, exc: Exception | None) -> None:
        connection_lost(self, exc)
        gone.set()

    monkeypatch.setattr(HttpProtocol, "connection_lost", losing)
    with closing(listen("127.0.0.1", 0)) as listener:
        async with serving(app, listener), asyncio.timeout(PATIENCE):
            with closing(_reading_little(listener)) as client:
                await asyncio.get_running_loop().sock_sendall(client, asked)
                await app.ended.wait()
                await gone.wait()


@pytest.mark.parametrize("parts", [1, 50])
async def test_a_client_that_reads_slowly_gets_everything(
    parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "SENDING_SECONDS", 0.3)
    app, loop, received = _Answers(parts=parts, size=2_000_000), asyncio.get_running_loop(), 0
    with closing(listen("127.0.0.1", 0)) as listener:
        # The system takes so much by itself, and nothing more before a third of it has arrived, which takes a second here.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 524_288)
        async with serving(app, listener), asyncio.timeout(PATIENCE):
            with closing(_reading_little(listener)) as client:
                await loop.sock_sendall(client, _CLOSED)
                while part := await loop.sock_recv(client, 8_000):
                    received += part.count(b"~")
                    await asyncio.sleep(0.02)
    assert received == 2_000_000
