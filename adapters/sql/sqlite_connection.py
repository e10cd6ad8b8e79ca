"""SQLite's connections as SQLAlchemy uses them, with one way to the connection's thread and back for each statement.

The driver goes there once to open a cursor, once to execute, once to fetch and once to close. Each way costs more than most of
our statements, so a cursor here does all of it in one.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import aiosqlite

_REMEMBERED = 512
"""How many statements a connection remembers as SQLite has compiled them: all of ours, and some lists."""

_UNUSED_CHUNK = 64
"""How many rows the driver fetches when it is iterated over, which nobody does."""


def connecting_to(path: str) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """Opens connections to a file; for `create_async_engine(async_creator=…)`."""

    async def connect() -> aiosqlite.Connection:
        connection = _Connection(
            lambda: sqlite3.connect(path, check_same_thread=False, cached_statements=_REMEMBERED),
            _UNUSED_CHUNK,
        )
        # A process that ends waits for no thread of a connection that nobody closed.
        connection._thread.daemon = True
        return await connection

    return connect


class _Cursor:
    """A statement and what came of it: all of its rows, which SQLAlchemy asks for at once anyway."""

    def __init__(self, connection: "_Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> "_Cursor":
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> "_Cursor":
        await self._connection.run(lambda found: found.execute(statement, values), self._keep)
        return self

    async def executemany(self, statement: str, values: Iterable[Sequence[Any]]) -> "_Cursor":
        await self._connection.run(lambda found: found.executemany(statement, values), self._keep)
        return self

    async def fetchall(self) -> Sequence[Any]:
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""

    def _keep(self, cursor: sqlite3.Cursor) -> None:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return _Cursor(self)

    async def rows_and_count(self, statement: str, values: Sequence[Any] = ()) -> tuple[Sequence[Any], int]:
        """Execute a statement; its rows, and how many it touched."""
        cursor = await _Cursor(self).execute(statement, values)
        return await cursor.fetchall(), cursor.rowcount

    def rows_and_count_at_once(self, statement: str, values: Sequence[Any] = ()) -> tuple[Sequence[Any], int]:
        """The same in the caller's thread. Nothing else may be under way on this connection."""
        cursor = self._conn.execute(statement, values)
        try:
            return cursor.fetchall(), cursor.rowcount
        finally:
            cursor.close()

    async def run(
        self,
        execute: Callable[[sqlite3.Connection], sqlite3.Cursor],
        keep: Callable[[sqlite3.Cursor], None],
    ) -> None:
        """Execute a statement and keep what came of it, both in the connection's thread."""

        def step() -> None:
            cursor = execute(self._conn)
            try:
                keep(cursor)
            finally:
                cursor.close()

        await self._execute(step)  # type: ignore[no-untyped-call]
