"""Connections that transactions run on: the databases' drivers, and SQLAlchemy over the same connection."""

import asyncio
import sqlite3
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.sql.engine import CONNECT_SECONDS

_LOOK_AGAIN_SECONDS = 0.005
"""How often a writer looks whether another process has written."""

UNDOING_SECONDS = 2.0
"""How long PostgreSQL may take to roll back before the connection is given up: it does so at once, or it is gone."""


class Session(Protocol):
    """A connection. `errors`: what its driver raises of its own. `new`: no transaction was begun on it yet.

    connection: for statements that are put together anew each time. SQLAlchemy takes it for one that commits by itself.
    """

    connection: AsyncConnection
    errors: tuple[type[Exception], ...]
    new: bool

    @abstractmethod
    async def begin(self, *, writable: bool) -> None:
        """Begin a transaction: one that writes, or one that only reads and sees one moment. TimeoutError: nobody is there any more."""

    @abstractmethod
    async def commit(self) -> None:
        """End it, and keep what it did."""

    @abstractmethod
    async def fetch(self, statement: str, values: Sequence[Any], *, few: bool) -> Sequence[Sequence[Any]]:
        """The rows that a statement gives. few: an index finds them at once."""

    @abstractmethod
    async def change(self, statement: str, values: Sequence[Any], *, few: bool) -> int:
        """Run a statement that gives no rows; tells how many it touched. few: an index finds them at once."""

    @abstractmethod
    async def rollback(self) -> None:
        """Undo what was not committed, if anything was begun."""

    @abstractmethod
    def lost(self, error: Exception) -> bool:
        """Whether the connection is of no use any more, as an error of its own says."""

    async def end(self) -> None:
        """Close the connection."""
        await self.connection.close()


class SqliteSession(Session):
    """aiosqlite. Statements on few rows take less than the way into the connection's thread and back, so they are run without it,
    as long as they wait for nothing: neither for the disk to have written, nor for others to have.

    Writers take the right to write as they begin, and never midway, where it may fail.
    """

    errors = (sqlite3.Error,)

    def __init__(self, connection: AsyncConnection, driver: Any, busy_timeout: timedelta) -> None:
        self.connection = connection
        self.new = True
        self._driver = driver
        self._patience = busy_timeout.total_seconds()
        self._writable = False

    async def begin(self, *, writable: bool) -> None:
        self._writable = writable
        if writable:
            await self._take_the_right_to_write()
        else:
            self._driver.rows_and_count_at_once("BEGIN")
        self.new = False

    async def commit(self) -> None:
        if self._writable:
            await self._driver.rows_and_count("COMMIT")
        else:
            self._driver.rows_and_count_at_once("COMMIT")

    async def fetch(self, statement: str, values: Sequence[Any], *, few: bool) -> Sequence[Sequence[Any]]:
        rows, _ = await self._run(statement, values, few)
        return rows

    async def change(self, statement: str, values: Sequence[Any], *, few: bool) -> int:
        _, count = await self._run(statement, values, few)
        return count

    async def rollback(self) -> None:
        await self._driver.rollback()

    def lost(self, error: Exception) -> bool:
        return False

    async def calm(self) -> None:
        """Wait until a statement that was given up has ended, which it is told to."""
        waiting = asyncio.ensure_future(self._driver.rows_and_count("SELECT 1"))
        while not waiting.done():
            await self._driver.interrupt()
            await asyncio.wait((waiting,), timeout=0.01)
        waiting.exception()  # it may have been told, too

    async def _run(self, statement: str, values: Sequence[Any], few: bool) -> tuple[Sequence[Any], int]:
        if few:
            done: tuple[Sequence[Any], int] = self._driver.rows_and_count_at_once(statement, values)
        else:
            done = await self._driver.rows_and_count(statement, values)
        return done

    async def _take_the_right_to_write(self) -> None:
        """Wait for other processes as SQLite would, by looking again, but without a thread that waits."""
        clock = asyncio.get_running_loop().time
        latest = clock() + self._patience
        while True:
            try:
                self._driver.rows_and_count_at_once("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or clock() >= latest:
                    raise
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            else:
                return


class PostgresqlSession(Session):
    """asyncpg, which prepares each statement once per connection."""

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        # An extra of the package: whoever keeps to SQLite does not have it.
        asyncpg = import_module("asyncpg")
        self._confused: type[Exception] = asyncpg.InternalClientError
        self._failed: type[Exception] = asyncpg.InFailedSQLTransactionError
        self.errors = (asyncpg.PostgresError, asyncpg.InterfaceError, self._confused)
        self.connection = connection
        self.new = True
        self._driver = driver

    async def begin(self, *, writable: bool) -> None:
        reading = "" if writable else " ISOLATION LEVEL REPEATABLE READ READ ONLY"
        # It is answered at once, or by nobody: it takes no work, and no lock.
        await self._driver.execute(f"BEGIN{reading}", timeout=CONNECT_SECONDS)
        self.new = False

    async def commit(self) -> None:
        # Where a statement failed and somebody went on, the server rolls back and calls that a success.
        if await self._driver.execute("COMMIT") != "COMMIT":
            raise self._failed("a statement of this transaction failed, so nothing of it was kept")

    async def fetch(self, statement: str, values: Sequence[Any], *, few: bool) -> Sequence[Sequence[Any]]:
        return await self._driver.fetch(statement, *values)  # type: ignore[no-any-return]

    async def change(self, statement: str, values: Sequence[Any], *, few: bool) -> int:
        status: str = await self._driver.execute(statement, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def rollback(self) -> None:
        await self._driver.execute("ROLLBACK", timeout=UNDOING_SECONDS)

    def lost(self, error: Exception) -> bool:
        # The server's last word may have come, but not yet the end of the connection: the driver is confused then.
        return isinstance(error, self._confused) or bool(self._driver.is_closed())


async def open_sqlite(engine: AsyncEngine, busy_timeout: timedelta) -> SqliteSession:
    """A connection of the engine, for as long as it is of use."""
    connection = await engine.connect()
    return SqliteSession(connection, await _driver_of(connection), busy_timeout)


async def open_postgresql(engine: AsyncEngine) -> PostgresqlSession:
    """A connection of the engine, for as long as it is of use."""
    connection = await engine.connect()
    return PostgresqlSession(connection, await _driver_of(connection))


async def _driver_of(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


async def thrown_away(session: Session) -> None:
    """Close a connection of which it is not known what it is doing."""
    with suppress(*session.errors, OSError):
        await session.connection.invalidate()
        await session.connection.close()
