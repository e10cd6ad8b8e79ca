"""A way to a PostgreSQL server that can fall silent, as a machine does that lost its power or its network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import urlsplit

_FAREWELL = b"X"
"""How the message begins that ends a connection, and needs no answer."""


class _Connection:
    """One connection through the proxy. silent: nothing passes any more. asked: something was sent since that needs an answer."""

    def __init__(self) -> None:
        self.silent = False
        self.asked = False


class Proxy:
    """Forwards connections to a server's socket file."""

    def __init__(self, socket: str, database: str, port: int) -> None:
        self._socket = socket
        self._database = database
        self._port = port
        self._connections: list[_Connection] = []

    def address(self, query: str = "sslmode=disable", *, password: str = "") -> str:
        """The address of the database by this way."""
        return f"postgresql://postgres:{password}@127.0.0.1:{self._port}{self._database}?{query}"

    @property
    def opened(self) -> int:
        """How many connections there were so far."""
        return len(self._connections)

    @property
    def asked_in_vain(self) -> int:
        """On how many of the silent connections somebody waited for an answer."""
        return sum(connection.asked for connection in self._connections)

    def fall_silent(self) -> None:
        """Forward nothing on the connections that are open, and do not close them either. Later ones are forwarded."""
        for connection in self._connections:
            connection.silent = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward a connection until either side ends it."""
        self._connections.append(connection := _Connection())
        from_server, to_server = await asyncio.open_unix_connection(self._socket)
        answering = asyncio.create_task(self._answer(connection, from_server, writer))
        with closing(writer), closing(to_server):
            try:
                while asked := await reader.read(65_536):
                    if not connection.silent:
                        to_server.write(asked)
                    elif not asked.startswith(_FAREWELL):
                        connection.asked = True
            except ConnectionError:
                pass  # the client's way of giving up
            finally:
                answering.cancel()

    async def _answer(
        self, connection: _Connection, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while answered := await from_server.read(65_536):
            if not connection.silent:
                writer.write(answered)
        if not connection.silent:
            writer.close()


@asynccontextmanager
async def proxy_to(address: str) -> AsyncIterator[Proxy]:
    """A proxy to the database that has this address, on a port of this machine."""
    parts = urlsplit(address)
    socket = f"{parts.query.removeprefix('host=')}/.s.PGSQL.5432"
    tasks: set[asyncio.Task[None]] = set()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(task := asyncio.create_task(proxy.serve(reader, writer)))
        task.add_done_callback(tasks.discard)

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        proxy = Proxy(socket, parts.path, server.sockets[0].getsockname()[1])
        try:
            yield proxy
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
