"""The two databases behind one small face: statements with `$1`, and values in the form that each driver takes."""

import asyncio
import sqlite3
import threading
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import asyncpg
import orjson

CONNECTIONS = 10
"""To PostgreSQL, for reading and for writing: as many as the service has."""

READERS = 4
CHUNK = 1_000

Rows: TypeAlias = Sequence[Sequence[Any]]
Statement: TypeAlias = tuple[str, Sequence[Any]]
Script: TypeAlias = Generator[Statement, Rows, Any]
"""A transaction: gives statements, is given their rows, and returns what came of it."""


class Store(Protocol):
    """A database. `live`: the condition of a partial index; `locked`: what ends a SELECT whose rows are to stay as they are."""

    live: str
    locked: str

    @abstractmethod
    async def open(self) -> None:
        """Connect."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""

    @abstractmethod
    async def fetch(self, statement: str, *values: Any) -> Rows:
        """The rows of a statement that only reads."""

    @abstractmethod
    async def run(self, script: Script) -> Any:
        """Run a transaction and commit it."""

    @abstractmethod
    def stream(self, statement: str, *values: Any) -> AsyncIterator[Rows]:
        """The rows of a statement that only reads, some at a time."""

    @abstractmethod
    def lock(self, name: str) -> Script:
        """Take a lock of that name until the transaction ends."""

    @abstractmethod
    def given(self, value: UUID | datetime | date | bool) -> Any:
        """A value as the driver takes it."""

    @abstractmethod
    def id(self, value: Any) -> str:
        """An id as text with hyphens."""

    @abstractmethod
    def instant(self, value: Any) -> Any:
        """An instant as an answer holds it."""


class PostgresqlStore(Store):
    """asyncpg, with two pools: whoever writes never waits for whoever reads."""

    live = "live"
    locked = " FOR NO KEY UPDATE"

    def __init__(self, address: str) -> None:
        self._address = address
        self._pools: list[Any] = []

    async def open(self) -> None:
        self._pools = [
            await asyncpg.create_pool(self._address, min_size=0, max_size=CONNECTIONS) for _ in range(2)
        ]

    async def close(self) -> None:
        for pool in self._pools:
            await pool.close()

    async def fetch(self, statement: str, *values: Any) -> Rows:
        rows: Rows = await self._pools[0].fetch(statement, *values)
        return rows

    async def run(self, script: Script) -> Any:
        async with self._pools[1].acquire() as connection, connection.transaction():
            statement, values = next(script)
            while True:
                rows = await connection.fetch(statement, *values)
                try:
                    statement, values = script.send(rows)
                except StopIteration as end:
                    return end.value

    async def stream(self, statement: str, *values: Any) -> AsyncIterator[Rows]:
        async with self._pools[0].acquire() as connection, connection.transaction(readonly=True):
            cursor = await connection.cursor(statement, *values)
            while rows := await cursor.fetch(CHUNK):
                yield rows

    def lock(self, name: str) -> Script:
        yield "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", (name,)

    def given(self, value: UUID | datetime | date | bool) -> Any:
        return value

    def id(self, value: Any) -> str:
        return str(value)

    def instant(self, value: Any) -> Any:
        return value


class SqliteStore(Store):
    """sqlite3 in threads: some that read, each with a connection of its own, and one that writes."""

    live = "live = 1"
    locked = ""

    def __init__(self, file: str) -> None:
        self._file = file
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, "reader", self._connect, ("query_only = ON",))
        self._writer = ThreadPoolExecutor(
            1, "writer", self._connect, ("synchronous = FULL", "foreign_keys = ON")
        )

    async def open(self) -> None:
        await self.fetch("SELECT 1")

    async def close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in self._connections:
            connection.close()

    async def fetch(self, statement: str, *values: Any) -> Rows:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._fetched, statement, values)

    async def run(self, script: Script) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._ran, script)

    async def stream(self, statement: str, *values: Any) -> AsyncIterator[Rows]:
        loop = asyncio.get_running_loop()
        # A connection of its own: the threads that read do not wait for whoever takes a file.
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        try:
            cursor = await loop.run_in_executor(
                self._readers, connection.execute, _numbered(statement), values
            )
            while rows := await loop.run_in_executor(self._readers, cursor.fetchmany, CHUNK):
                yield rows
        finally:
            connection.close()

    def lock(self, name: str) -> Script:
        # Whoever writes is alone.
        yield from ()

    def given(self, value: UUID | datetime | date | bool) -> Any:
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")
        return value.isoformat() if isinstance(value, date) else int(value)

    def id(self, value: Any) -> str:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"

    def instant(self, value: Any) -> Any:
        return f"{value[:10]}T{value[11:].removesuffix('.000000')}Z"

    def _connect(self, *pragmas: str) -> None:
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout = 30000", "journal_mode = WAL", *pragmas):
            connection.execute(f"PRAGMA {pragma}")
        self._own.connection = connection
        self._connections.append(connection)

    def _fetched(self, statement: str, values: Sequence[Any]) -> Rows:
        rows: Rows = self._own.connection.execute(_numbered(statement), values).fetchall()
        return rows

    def _ran(self, script: Script) -> Any:
        execute: Callable[..., sqlite3.Cursor] = self._own.connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            statement, values = next(script)
            while True:
                statement, values = script.send(execute(_numbered(statement), values).fetchall())
        except StopIteration as end:
            execute("COMMIT")
            return end.value
        except BaseException:
            execute("ROLLBACK")
            raise


@cache
def _numbered(statement: str) -> str:
    """SQLite numbers its parameters with a question mark."""
    return statement.replace("$", "?")


def store_of(address: str) -> Store:
    """The store at an address such as sqlite:///file or postgresql://…"""
    if address.startswith("sqlite:///"):
        return SqliteStore(address.removeprefix("sqlite:///"))
    return PostgresqlStore(address)


def json_text(value: Any) -> str:
    """A value as a column of JSON takes it."""
    return orjson.dumps(value).decode()
