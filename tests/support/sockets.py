"""The service on a socket, spoken to byte for byte."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from server.net import listen, serving
from support.served import ADMIN_TOKEN

PATIENCE = 60
VIEWER = b'{"query": "{ viewer { name } }"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the status, the head and the body; status 0 when the server only hung up."""

    status: int
    head: bytes
    body: bytes

    def codes(self) -> list[str]:
        """The codes of its errors."""
        return [error["extensions"]["code"] for error in json.loads(self.body)["errors"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """Where the service listens."""

    port: int

    async def send(self, *parts: bytes) -> Answer:
        """Send these bytes, and read to the end of the answer or of the connection."""
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            except ConnectionError:
                pass  # it was refused before it was sent whole; the answer is there all the same
            try:
                return await _read(reader)
            finally:
                writer.close()

    async def get(self, target: bytes, *, token: str = ADMIN_TOKEN) -> Answer:
        """GET whatever that is, as it stands."""
        return await self.send(head_of(b"GET " + target + b" HTTP/1.1", token=token))

    async def post(self, body: bytes, *headers: bytes, content_type: bytes = b"application/json") -> Answer:
        """POST to /graphql, with the administrator's token."""
        head = head_of(
            b"POST /graphql HTTP/1.1",
            b"Content-Type: " + content_type,
            b"Content-Length: %d" % len(body),
            *headers,
        )
        return await self.send(head, body)

    async def ask(self, query: str, **more: Any) -> Answer:
        """POST a document."""
        return await self.post(json.dumps({"query": query, **more}).encode())

    async def is_alive(self) -> bool:
        """Whether an ordinary request is answered."""
        return (await self.post(VIEWER)).body == b'{"data":{"viewer":{"name":"admin"}}}'


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[Socket]:
    """The application on a free port. Afterwards it must be alive."""
    with closing(listen("127.0.0.1", 0)) as listener:
        async with serving(app, listener):
            found = Socket(port=listener.getsockname()[1])
            yield found
            assert await found.is_alive()


def head_of(first: bytes, *headers: bytes, token: str = ADMIN_TOKEN) -> bytes:
    """The head of a request, with what each has."""
    known = (
        b"Host: fiador.test",
        b"Accept: application/graphql-response+json",
        b"Authorization: Bearer " + token.encode(),
        b"Connection: close",
    )
    return b"\r\n".join((first, *known, *headers, b"", b""))


async def _read(reader: asyncio.StreamReader) -> Answer:
    try:
        received = await reader.read()
    except ConnectionError:
        received = b""
    head, _, body = received.partition(b"\r\n\r\n")
    return Answer(status=int(head.split(b" ", 2)[1]) if head else 0, head=head, body=body)
