"""The databases' own drivers, for reading where every layer between would show."""

import asyncio
import sqlite3
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any, ClassVar, Protocol

import aiosqlite
import orjson
from sqlalchemy import URL, Dialect
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql

from adapters.sql.engine import ANSWER_SECONDS, CONNECT_SECONDS, POOL_TIMEOUT_SECONDS
from adapters.sql.sqlite_file import SqliteFile
from ports.rows import Form

READERS = 4
"""How many SQLite connections read side by side: each is a thread."""


class Driver(Protocol):
    """Runs a statement in a transaction of its own."""

    dialect: Dialect
    forms: ClassVar[Mapping[Form, Callable[[Any], Any]]]

    @abstractmethod
    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows that the statement finds. Raises TimeoutError when no connection gets free, and what the database raises."""

    @abstractmethod
    async def glance(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Like `fetch`, for what an index finds at once; it may fail where `fetch` waits."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""


class PostgresqlDriver(Driver):
    """asyncpg: statements are prepared once per connection."""

    forms: ClassVar[Mapping[Form, Callable[[Any], Any]]] = {Form.ID: str, Form.JSON: orjson.loads}

    def __init__(self, url: URL, *, connections: int) -> None:
        self.dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connections = connections
        self._opening = asyncio.Lock()
        self._pool: Any = None

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        pool = self._pool or await self._open()
        async with pool.acquire(timeout=POOL_TIMEOUT_SECONDS) as connection:
            rows: Sequence[Sequence[Any]] = await connection.fetch(statement, *values)
        return rows

    async def glance(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self.fetch(statement, values)

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _open(self) -> Any:
        async with self._opening:
            if self._pool is None:
                # An extra of the package: whoever keeps to SQLite does not have it.
                asyncpg = import_module("asyncpg")
                self._pool = await asyncpg.create_pool(
                    self._address,
                    min_size=0,
                    max_size=self._connections,
                    timeout=CONNECT_SECONDS,
                    command_timeout=ANSWER_SECONDS,
                    reset=_nothing_to_reset,
                    server_settings={"default_transaction_read_only": "on"},
                )
        return self._pool


async def _nothing_to_reset(connection: object) -> None:
    """Single statements that only read leave nothing behind; to make sure would be a statement more after each."""


class SqliteDriver(Driver):
    """aiosqlite: one hop into a connection's thread and back for each statement.

    To glance takes less than the hop, so that is done without one, on a connection that waits for no lock.
    """

    forms: ClassVar[Mapping[Form, Callable[[Any], Any]]] = {
        Form.ID: lambda digits: f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
        Form.INSTANT: lambda text: f"{text[:10]}T{text[11:].removesuffix('.000000')}Z",
        Form.TRUTH: bool,
        Form.JSON: orjson.loads,
    }

    def __init__(self, url: URL, file: SqliteFile, *, busy_timeout: timedelta) -> None:
        self.dialect = sqlite.dialect()
        self._path = url.database or ""
        self._file = file
        self._busy_milliseconds = busy_timeout // timedelta(milliseconds=1)
        self._connections: list[aiosqlite.Connection] = []
        self._free: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        self._glancing: sqlite3.Connection | None = None

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self._file.require()
        connection = await self._take()
        try:
            return list(await connection.execute_fetchall(statement, values))
        except asyncio.CancelledError:
            await connection.interrupt()
            raise
        finally:
            self._free.put_nowait(connection)

    async def glance(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self._file.require()
        if self._glancing is None:
            self._glancing = sqlite3.connect(self._path, timeout=0, isolation_level=None)
            self._glancing.execute("PRAGMA query_only = ON")
        return self._glancing.execute(statement, values).fetchall()

    async def close(self) -> None:
        if self._glancing is not None:
            self._glancing.close()
        for connection in self._connections:
            await connection.close()

    async def _take(self) -> aiosqlite.Connection:
        if not self._free.empty() or len(self._connections) == READERS:
            async with asyncio.timeout(POOL_TIMEOUT_SECONDS):
                return await self._free.get()
        connection = aiosqlite.connect(self._path, isolation_level=None)
        self._connections.append(connection)
        try:
            await connection
            for pragma in (f"busy_timeout = {self._busy_milliseconds}", "query_only = ON"):
                await connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            # Whoever gives up while it opens must not leave its place taken for ever.
            self._connections.remove(connection)
            connection.stop()
            raise
        return connection
