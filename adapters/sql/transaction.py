"""Transactions as the databases' drivers run them, on connections that SQLAlchemy's pools lend.

What a statement costs in SQLAlchemy is a multiple of what it costs the driver, so it is asked only for what is put together
anew each time. Both ways speak over one connection, in one transaction, which is begun and ended here: SQLAlchemy takes the
connection for one that commits by itself.
"""

import asyncio
import sqlite3
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

ResultT = TypeVar("ResultT")


class Session(Protocol):
    """A driver's connection. `errors`: what it raises of its own."""

    errors: tuple[type[Exception], ...]
    begins: ClassVar[dict[bool, str]]
    """How a transaction begins: one that writes, or (False) one that only reads."""

    @abstractmethod
    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows that a statement gives."""

    @abstractmethod
    async def change(self, statement: str, values: Sequence[Any]) -> int:
        """Run a statement that gives no rows; tells how many it touched."""

    @abstractmethod
    async def rollback(self) -> None:
        """Undo what was not committed, if anything was begun."""

    @abstractmethod
    def lost(self, error: Exception) -> bool:
        """Whether the connection is of no use any more, as an error of its own says."""


class SqliteSession(Session):
    """aiosqlite. Writers take the right to write as they begin, and never midway, where it may fail."""

    errors = (sqlite3.Error,)
    begins: ClassVar[dict[bool, str]] = {True: "BEGIN IMMEDIATE", False: "BEGIN"}

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        rows, _ = await self._driver.rows_and_count(statement, values)
        return rows  # type: ignore[no-any-return]

    async def change(self, statement: str, values: Sequence[Any]) -> int:
        _, count = await self._driver.rows_and_count(statement, values)
        return int(count)

    async def rollback(self) -> None:
        await self._driver.rollback()

    def lost(self, error: Exception) -> bool:
        return False


class PostgresqlSession(Session):
    """asyncpg, which prepares each statement once per connection."""

    begins: ClassVar[dict[bool, str]] = {
        True: "BEGIN",
        False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    }

    def __init__(self, driver: Any) -> None:
        # An extra of the package: whoever keeps to SQLite does not have it.
        asyncpg = import_module("asyncpg")
        self._confused: type[Exception] = asyncpg.InternalClientError
        self.errors = (asyncpg.PostgresError, asyncpg.InterfaceError, self._confused)
        self._driver = driver

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._driver.fetch(statement, *values)  # type: ignore[no-any-return]

    async def change(self, statement: str, values: Sequence[Any]) -> int:
        status: str = await self._driver.execute(statement, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def rollback(self) -> None:
        await self._driver.execute("ROLLBACK")

    def lost(self, error: Exception) -> bool:
        # The server's last word may have come, but not yet the end of the connection: the driver is confused then.
        return isinstance(error, self._confused) or bool(self._driver.is_closed())


class Transaction:
    """A transaction under way. Its errors are the same, whichever way a statement goes.

    connection: for statements that are put together anew each time.
    """

    def __init__(self, connection: AsyncConnection, session: Session) -> None:
        self.connection = connection
        self._session = session
        self._cut_off = False

    async def fetch(self, statement: str, values: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
        """The rows that a statement gives."""
        return await self._told(statement, self._session.fetch(statement, values))

    async def change(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement that gives no rows; tells how many it touched."""
        return await self._told(statement, self._session.change(statement, values))

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of it that can fail without the rest: what came before stays valid."""
        await self.change("SAVEPOINT part")
        try:
            yield
        except Exception:
            await self.change("ROLLBACK TO part")
            raise
        await self.change("RELEASE part")

    async def _told(self, statement: str, running: Awaitable[ResultT]) -> ResultT:
        try:
            return await running
        except self._session.errors as error:
            lost = self._session.lost(error)
            raise DBAPIError(
                statement, None, error, hide_parameters=True, connection_invalidated=lost
            ) from error
        except asyncio.CancelledError:
            self._cut_off = True
            raise

    async def undo(self) -> None:
        """Roll back. A connection that cannot do that is thrown away, and with it whatever it holds; so is one whose statement
        was cut off: it may still be running.
        """
        undone = False
        try:
            if not (self._cut_off or self.connection.invalidated):
                with suppress(*self._session.errors, OSError):
                    await self._session.rollback()
                    undone = True
        finally:
            if not undone:
                await self.connection.invalidate()


@asynccontextmanager
async def transaction(engine: AsyncEngine, *, writable: bool) -> AsyncIterator[Transaction]:
    """A transaction that commits when its block ends, and rolls back when the block raises."""
    session_of = SqliteSession if engine.dialect.name == "sqlite" else PostgresqlSession
    async with engine.connect() as connection:
        lent = connection.sync_connection
        assert lent is not None  # noqa: S101 - it is there while the block lasts
        session = session_of(lent.connection.driver_connection)
        begun = Transaction(connection, session)
        try:
            await begun.change(session.begins[writable])
            yield begun
            await begun.change("COMMIT")
        except BaseException:
            await begun.undo()
            raise
