"""The databases' own drivers, for reading where every layer between would show."""

import asyncio
import sqlite3
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import reduce
from importlib import import_module
from typing import Any, ClassVar, Protocol

import aiosqlite
import orjson
from sqlalchemy import URL, ColumnElement, Dialect, Select, Text, cast, func, literal, literal_column, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql

from adapters.sql.engine import CONNECT_SECONDS, connecting_bounded
from adapters.sql.places import Places
from adapters.sql.sqlite_file import SqliteFile
from adapters.sql.together import Together
from adapters.sql.types import Instant, Json
from ports.rows import Form

READERS = 4
"""How many SQLite connections read side by side: each is a thread."""

_ALONE = {"max_parallel_workers_per_gather": "0"}
"""What reads pages and chunks gets no processes of PostgreSQL besides its own: to start them takes longer than to find a thousand rows."""

_LONGEST_PREPARED = 1_000_000
"""In characters: pages inside the records of a page are one statement with a part for each of them."""

_MOST_ARGUMENTS = 100

_TOOK_TOO_LONG = "25P04"
"""With this SQLSTATE PostgreSQL ends a connection whose transaction lasted longer than it allows."""

_ENDING_SECONDS = 2.0
"""How long a connection that is thrown away may take to end well."""


class Driver(Protocol):
    """Runs a statement in a transaction of its own."""

    dialect: Dialect
    forms: ClassVar[Mapping[Form, Callable[[Any], Any]]]

    @abstractmethod
    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows that the statement finds. Raises NoConnectionFree, and what the database raises."""

    @abstractmethod
    def packed(self, query: Select[Any]) -> Select[Any]:
        """The query in the form whose rows `unpacked` fetches best."""

    @abstractmethod
    async def unpacked(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows of a statement that was made of a packed query. Raises what `fetch` raises."""

    @abstractmethod
    def listed(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """All values of a column as one JSON array, NULL where there may be none: instants as texts of UTC without their zone, days
        as texts, documents of JSON as the texts they are.
        """

    @abstractmethod
    async def glance(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Like `fetch`, for the few rows that an index finds at once."""

    @abstractmethod
    async def close(self) -> None:
        """Close every connection."""


class PostgresqlDriver(Driver):
    """asyncpg: statements are prepared once per connection. Where the server ended a connection, it is asked once more on another:
    to read is to change nothing, and it may have ended the connection while nobody used it.
    """

    forms: ClassVar[Mapping[Form, Callable[[Any], Any]]] = {Form.ID: str, Form.JSON: orjson.loads}

    def __init__(self, url: URL, *, connections: int) -> None:
        self.dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
        # An extra of the package: whoever keeps to SQLite does not have it.
        self._asyncpg = import_module("asyncpg")
        self._confused = (self._asyncpg.InternalClientError, self._asyncpg.InterfaceError)
        connect = connecting_bounded(
            url, read_only=True, max_cacheable_statement_size=_LONGEST_PREPARED, server_settings=_ALONE
        )
        self._places: Places[Any] = Places(connections, connect)
        self._glances: Together[tuple[str, tuple[Any, ...]], Sequence[Sequence[Any]]] = Together(
            lambda asked: self.fetch(*asked)
        )

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        repeated = False
        while True:
            connection = await self._places.take()
            try:
                rows: Sequence[Sequence[Any]] = await connection.fetch(statement, *values)
            except BaseException as error:
                lost = self._put_away(connection, error)
                if lost and not repeated and getattr(error, "sqlstate", None) != _TOOK_TOO_LONG:
                    repeated = True
                    await self._places.ended()  # the server has room for as many as we were told
                    continue
                if lost and isinstance(error, self._confused):
                    raise ConnectionResetError from error
                raise
            self._places.give_back(connection)
            return rows

    def packed(self, query: Select[Any]) -> Select[Any]:
        return query

    async def unpacked(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self.fetch(statement, values)

    def listed(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        if isinstance(column.type, Instant):
            return func.json_agg(func.timezone(literal_column("'UTC'"), column))
        return func.json_agg(cast(column, Text) if isinstance(column.type, Json) else column)

    async def glance(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return await self._glances.answer((statement, tuple(values)))

    async def close(self) -> None:
        for connection in self._places.leave_all():
            await connection.close(timeout=CONNECT_SECONDS)
        await self._places.ended()

    def _put_away(self, connection: Any, error: BaseException) -> bool:
        """Give back a connection on which a statement failed, or throw it away; tells whether the server had ended it."""
        given_up = isinstance(error, (asyncio.CancelledError, TimeoutError))
        if not given_up and not self._closed(connection, error):
            self._places.give_back(connection)
            return False
        self._places.drop(connection)
        if given_up:  # it may go on
            self._places.end_beside(self._cut_off(connection))
        else:
            self._places.end_beside(_ended(connection))
            self._places.throw_out(_ended)
        return not given_up

    def _closed(self, connection: Any, error: BaseException) -> bool:
        """Whether the server ended the connection. Its last word may have come, but not yet the end: the driver is confused then."""
        return isinstance(error, self._asyncpg.InternalClientError) or connection.is_closed()

    async def _cut_off(self, connection: Any) -> None:
        """Close a connection whose statement was given up. Where the server does not answer even now, nobody else need ask it."""
        if not await _ended(connection):
            self._places.throw_out(_ended)


async def _ended(connection: Any) -> bool:
    """Close a connection of asyncpg, which asks the server first to give up the statement; tells whether there was an answer."""
    try:
        await connection.close(timeout=_ENDING_SECONDS)
    except TimeoutError:
        return False
    except Exception:  # it is thrown away, for whatever reason
        return True
    return True


def _json_array(columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """The columns as one JSON array: parts of it, without their brackets, where they are more than a function of SQLite takes."""
    parts: list[ColumnElement[Any]] = [
        func.json_array(*columns[start : start + _MOST_ARGUMENTS])
        for start in range(0, len(columns), _MOST_ARGUMENTS)
    ]
    if len(parts) == 1:
        return parts[0]
    inside: Iterator[ColumnElement[Any]] = (
        func.substr(part, 2, func.length(part) - 2, type_=Text()) for part in parts
    )
    joined = reduce(lambda left, right: left + "," + right, inside)
    return func.json(literal("[") + joined + "]")


class SqliteDriver(Driver):
    """aiosqlite: one hop into a connection's thread and back for each statement.

    To glance takes less than the hop, so that is done without one, on a connection that waits for no lock. Its locks, and the look at the
    file, are a quarter of a short answer all the same; so it is done once for all who ask the same in the same round of the loop: what
    is found is forgotten before anybody's turn who comes after. Whoever is told of a commit in between comes after.
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
        self._places: Places[aiosqlite.Connection] = Places(READERS, self._connect)
        self._glancing: sqlite3.Connection | None = None
        self._seen: dict[tuple[Any, ...], Sequence[Sequence[Any]]] = {}

    async def fetch(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self._file.require()
        connection = await self._places.take()
        try:
            rows = list(await connection.execute_fetchall(statement, values))
        except asyncio.CancelledError:
            self._places.end_beside(self._calm(connection))
            raise
        except BaseException:
            self._places.give_back(connection)
            raise
        self._places.give_back(connection)
        return rows

    def packed(self, query: Select[Any]) -> Select[Any]:
        """All rows as one value. The driver needs the interpreter after each row, and waits for it as long as others are served:
        fifty rows cost several times as much as one.
        """
        return select(func.json_group_array(_json_array(list(query.subquery().c))))

    async def unpacked(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        ((rows,),) = await self.fetch(statement, values)
        found: Sequence[Sequence[Any]] = orjson.loads(rows)
        return found

    def listed(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.json_group_array(column)

    async def glance(self, statement: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        asked = (statement, *values)
        rows = self._seen.get(asked)
        if rows is not None:
            return rows
        self._file.require()
        try:
            if self._glancing is None:
                self._glancing = sqlite3.connect(self._path, timeout=0, isolation_level=None)
                self._glancing.execute("PRAGMA query_only = ON")
            rows = self._glancing.execute(statement, values).fetchall()
        except sqlite3.Error:  # a lock, for which the whole process would wait here
            return await self.fetch(statement, values)
        if not self._seen:
            asyncio.get_running_loop().call_soon(self._seen.clear)
        self._seen[asked] = rows
        return rows

    async def close(self) -> None:
        if self._glancing is not None:
            self._glancing.close()
        await self._places.ended()
        for connection in self._places.leave_all():
            await connection.close()

    async def _calm(self, connection: aiosqlite.Connection) -> None:
        """Give back a connection whose statement was given up, once that has ended: one that its thread has not begun yet cannot be
        interrupted, and whoever came next would wait for all of it.
        """
        waiting = asyncio.ensure_future(connection.execute_fetchall("SELECT 1"))
        while not waiting.done():
            await connection.interrupt()
            await asyncio.wait((waiting,), timeout=0.01)
        waiting.exception()  # it may have been told, too
        self._places.give_back(connection)

    async def _connect(self) -> aiosqlite.Connection:
        connection = aiosqlite.connect(self._path, isolation_level=None)
        try:
            await connection
            for pragma in (f"busy_timeout = {self._busy_milliseconds}", "query_only = ON"):
                await connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.stop()
            # Its thread still answers to this loop, which may be closed a moment later.
            await asyncio.to_thread(connection._thread.join, _ENDING_SECONDS)
            raise
        return connection
