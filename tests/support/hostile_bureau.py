"""A bureau that means harm: a socket that answers every call with whatever bytes it was given."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent: the bytes, then `over_and_over` until the caller hangs up, each piece after a pause in seconds.

    `KEY` stands for the key of the order that is answered, `LENGTH` in the head for the length of the body.
    """

    sent: bytes
    over_and_over: bytes = b""
    pause: float = 0.0
    silent: bool = False
    """Whether the connection stays open without another byte."""


def http(
    body: bytes | dict[str, Any] = b"", *headers: str, status: int = 200, length: int | None = None
) -> bytes:
    """An answer in HTTP/1.1; `length` is what it says of its length."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {'LENGTH' if length is None else length}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + content


def chunked(*headers: str) -> bytes:
    """The head of an answer whose body comes in chunks."""
    lines = ("HTTP/1.1 200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked", *headers)
    return "\r\n".join((*lines, "", "")).encode("latin-1")


@dataclass(slots=True)
class HostileBureau:
    """Where it listens, what it answers, what it heard, and how many bytes it got rid of."""

    port: int = 0
    reply: Reply = field(default_factory=lambda: Reply(sent=b""))
    heard: list[bytes] = field(default_factory=list)
    sent: int = 0

    @property
    def address(self) -> str:
        """As a setting takes it."""
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear one call and answer it."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heard.append(head)
            await self._send(writer, head)
            if self.reply.silent:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller had enough
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, head: bytes) -> None:
        key = re.search(rb"Idempotency-Key: (\S+)|/v1/consultas/(\S+)", head, re.IGNORECASE)
        reply = self.reply
        top, end, body = reply.sent.replace(b"KEY", key[1] or key[2] if key else b"none").partition(
            b"\r\n\r\n"
        )
        await self._write(writer, top.replace(b"LENGTH", b"%d" % len(body)) + end + body)
        while reply.over_and_over and not writer.is_closing():
            await asyncio.sleep(reply.pause)
            await self._write(writer, reply.over_and_over)

    async def _write(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        writer.write(piece)
        await writer.drain()
        self.sent += len(piece)


@asynccontextmanager
async def hostile_bureau() -> AsyncIterator[HostileBureau]:
    """A bureau on a free port of this machine."""
    bureau = HostileBureau()
    server = await asyncio.start_server(bureau.serve, "127.0.0.1", 0)
    bureau.port = server.sockets[0].getsockname()[1]
    try:
        yield bureau
    finally:
        server.close()
