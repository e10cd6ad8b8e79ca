"""A transaction, and the few ways in which stores talk to the database in it."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, Executable, Select, Table, UpdateBase, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped

from adapters.sql.constraints import violated
from adapters.sql.tables import METADATA, Row
from adapters.sql.tables.base import RecordRow
from core.domain.errors import DomainError
from ports.clock import Clock
from ports.unit_of_work import WriteInReadOnlyUnit

RowT = TypeVar("RowT", bound=Row)
ValueT = TypeVar("ValueT")

CHUNK = 10_000
"""How many values one IN list holds: SQLite takes 32,766 parameters, PostgreSQL 32,767."""

Errors = Mapping[str, Callable[[], DomainError]]
"""For unique indexes, by name, the errors that their violations mean."""


def table_of(row_type: type[Row]) -> Table:
    """The table behind a class of rows."""
    return METADATA.tables[str(row_type.__tablename__)]


def values_of(row: Row) -> dict[str, Any]:
    """What a row holds, by column, without the number, which the database gives."""
    names = (column.name for column in table_of(type(row)).columns if column.name != "number")
    return {name: getattr(row, name) for name in names}


@dataclass(slots=True)
class Work:
    """One transaction. `wakes` is set by changes that the queue must hear of after the commit.

    What is found comes as plain rows whose values are called like the columns. To make objects of the tables' classes, remember them
    and watch them for changes would be a good part of what reading costs, and they are only read.
    """

    connection: AsyncConnection
    clock: Clock
    on_sqlite: bool
    writable: bool
    wakes: bool = False

    async def now(self) -> datetime:
        """This instant: by the clock of PostgreSQL where several machines share one, else by our own."""
        if self.on_sqlite:
            return self.clock.now()
        return await self.scalar(select(func.clock_timestamp()))

    async def all(self, statement: Select[RowT]) -> Sequence[RowT]:
        """Every row that a query finds."""
        found: Sequence[Any] = (await self.connection.execute(statement)).all()
        return found

    async def placed(self, statement: Select[Any]) -> list[tuple[Any, int]]:
        """Every row that a query finds, with the number that stands behind it."""
        return [(row, row[-1]) for row in await self.connection.execute(statement)]

    async def first(self, statement: Select[RowT]) -> RowT | None:
        """The first row that a query finds."""
        found = await self.all(statement.limit(1))
        return found[0] if found else None

    async def scalar(self, statement: Select[ValueT]) -> ValueT:
        """The one value of a query that always has one."""
        return (await self.connection.execute(statement)).scalar_one()

    async def row(self, statement: Executable) -> tuple[Any, ...]:
        """The one row of a query that always has one."""
        return tuple((await self.connection.execute(statement)).one())

    async def among(
        self,
        row_type: type[RowT],
        column: Mapped[ValueT],
        values: Collection[ValueT],
        *conditions: ColumnElement[bool],
        lock: bool = False,
    ) -> list[RowT]:
        """The rows that hold one of the values and meet the conditions: one query, however many (to 10,000)."""
        wanted = list(dict.fromkeys(values))
        rows: list[RowT] = []
        for start in range(0, len(wanted), CHUNK):
            statement = select(row_type).where(column.in_(wanted[start : start + CHUNK]), *conditions)
            if lock:
                # In one order everywhere: two that lock the same rows must not wait for each other.
                statement = self.locking(statement.order_by(*table_of(row_type).primary_key))
            rows += await self.all(statement)
        return rows

    def locking(self, statement: Select[RowT]) -> Select[RowT]:
        """The query, keeping what it finds from others until the transaction ends.

        Not from those who only refer to it by a foreign key: a registration of a customer that is locked may be added.
        """
        self.require_writable()
        return statement if self.on_sqlite else statement.with_for_update(key_share=True)

    def require_writable(self) -> None:
        """Raise WriteInReadOnlyUnit when this transaction only reads."""
        if not self.writable:
            raise WriteInReadOnlyUnit

    async def change(self, statement: UpdateBase) -> int:
        """Run a change; tells how many rows it touched."""
        self.require_writable()
        result = await self.connection.execute(statement)
        assert isinstance(result, CursorResult)  # noqa: S101 - narrows what SQLAlchemy leaves open
        return result.rowcount

    async def insert(self, row: Row, errors: Errors) -> int:
        """Insert a row; the answer is its number. What came before stays valid when one of `errors` is raised."""
        self.require_writable()
        table = table_of(type(row))
        statement = table.insert().values(values_of(row)).returning(table.c.number)
        async with self._guarded(errors):
            number: int = (await self.connection.execute(statement)).scalar_one()
        return number

    async def insert_all(self, rows: Sequence[RecordRow], errors: Errors) -> dict[UUID, int]:
        """Insert rows of one kind, in their order, all or none; the answer is their numbers by id."""
        self.require_writable()
        table = table_of(type(rows[0]))
        statement = table.insert().returning(table.c.id, table.c.number)
        async with self._guarded(errors):
            inserted = await self.connection.execute(statement, [values_of(row) for row in rows])
            return {row.id: row.number for row in inserted}

    async def insert_many(self, rows: Sequence[Row], *, new: Sequence[str] = ()) -> None:
        """Insert rows of one kind, in their order; with `new`, only those whose values there are not taken yet."""
        self.require_writable()
        if rows:
            statement = self._insert(table_of(type(rows[0])))
            if new:
                statement = statement.on_conflict_do_nothing(index_elements=new)
            await self.connection.execute(statement, [values_of(row) for row in rows])

    async def insert_new(self, *rows: Row) -> int:
        """Insert those rows of one kind whose primary key is not there already; tells how many."""
        self.require_writable()
        table = table_of(type(rows[0]))
        key = list(table.primary_key)
        statement = self._insert(table).on_conflict_do_nothing(index_elements=key).returning(*key)
        inserted = await self.connection.execute(statement, [values_of(row) for row in rows])
        return len(inserted.all())

    async def put(self, row: Row) -> None:
        """Insert a row, or replace the one with its primary key."""
        self.require_writable()
        table, values = table_of(type(row)), values_of(row)
        key = [column.name for column in table.primary_key]
        changed = {name: value for name, value in values.items() if name not in key}
        statement = self._insert(table).values(values)
        await self.change(statement.on_conflict_do_update(index_elements=key, set_=changed))

    async def replace(self, row: Row, errors: Errors) -> None:
        """Replace the row with this `id`. Raises LookupError when there is none."""
        table, values = table_of(type(row)), values_of(row)
        row_id = values.pop("id")
        async with self._guarded(errors):
            replaced = await self.change(table.update().where(table.c.id == row_id).values(values))
        if not replaced:
            raise LookupError(f"no row with the id {row_id} in {table.name}")

    def _insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(table) if self.on_sqlite else postgresql.insert(table)

    @asynccontextmanager
    async def _guarded(self, errors: Errors) -> AsyncIterator[None]:
        """Turn violations into errors. PostgreSQL would give the whole transaction up, so it gets a savepoint."""
        try:
            if self.on_sqlite or not errors:
                yield
            else:
                async with self.connection.begin_nested():
                    yield
        except IntegrityError as error:
            found = errors.get(violated(error) or "")
            if found is None:
                raise
            raise found() from None
