"""A transaction, and the few ways in which stores talk to the database in it."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Select,
    Table,
    UpdateBase,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped

from adapters.sql.columns import holds, holds_one_of, wanted
from adapters.sql.constraints import violated
from adapters.sql.prepared import Key, Statements
from adapters.sql.tables import METADATA, Row
from adapters.sql.transaction import Transaction
from core.domain.errors import DomainError
from ports.clock import Clock
from ports.unit_of_work import WriteInReadOnlyUnit

RowT = TypeVar("RowT", bound=Row)
ValueT = TypeVar("ValueT")
RecordT = TypeVar("RecordT")

FEW = 20
"""How many values may be looked for, or rows be stored, at once without a thread: some hundred microseconds for SQLite."""

Insert: TypeAlias = sqlite.Insert | postgresql.Insert

_CLOCK: Select[Any] = select(func.clock_timestamp().label("now"))

Errors = Mapping[str, Callable[[], DomainError]]
"""For unique indexes, by name, the errors that their violations mean."""


def table_of(row_type: type[Row]) -> Table:
    """The table behind a class of rows."""
    return METADATA.tables[str(row_type.__tablename__)]


@cache
def names_of(row_type: type[Row]) -> tuple[str, ...]:
    """The columns of a class of rows, without the number, which the database gives."""
    return tuple(column.name for column in table_of(row_type).columns if column.name != "number")


def values_of(row: Row) -> dict[str, Any]:
    """What a row holds, by column, without the number."""
    return {name: getattr(row, name) for name in names_of(type(row))}


@dataclass(slots=True)
class Work:
    """One transaction. `wakes` is set by changes that the queue must hear of after the commit.

    What is found comes as plain rows whose values are called like the columns. To make objects of the tables' classes, remember them
    and watch them for changes would be a good part of what reading costs, and they are only read.

    Statements whose shape is fixed go straight to the driver: `rows`, `row` and `changed` take constants whose parameters are
    named, and the values beside them. They find or change what an index finds at once, unless it is said that they do not. The
    others (lists, several values at once) are put together anew each time and run by SQLAlchemy.
    """

    transaction: Transaction
    statements: Statements
    clock: Clock
    on_sqlite: bool
    writable: bool
    wakes: bool = False

    @property
    def connection(self) -> AsyncConnection:
        """For statements that are put together anew each time."""
        return self.transaction.connection

    async def now(self) -> datetime:
        """This instant: by the clock of PostgreSQL where several machines share one, else by our own."""
        if self.on_sqlite:
            return self.clock.now()
        now: datetime = (await self.rows(_CLOCK))[0].now
        return now

    async def rows(
        self, statement: Select[RowT], *, lock: bool = False, few: bool = True, **values: object
    ) -> list[RowT]:
        """Every row that a constant statement finds; with `lock`, kept from others as by `locking`. few: an index finds them at
        once, and they are no more than `FEW`.
        """
        return await self._rows(*self._known(statement, lock=lock), values, few=few)

    async def row(self, statement: Select[RowT], *, lock: bool = False, **values: object) -> RowT | None:
        """The first row that a constant statement finds. The statement says how many are looked for."""
        found = await self.rows(statement, lock=lock, few=True, **values)
        return found[0] if found else None

    async def record(
        self,
        statement: Select[RowT],
        made: Callable[[RowT], RecordT],
        *,
        lock: bool = False,
        **values: object,
    ) -> RecordT | None:
        """What is `made` of the first row, as `row` finds it: for the few records that all the others need, which seldom change
        and hold no customer's data. They are read each time, and the same row becomes the same object, a changed one a new one.
        Where what was made of the row must not outlast its change until then, as with passwords, `forget` lets go of it.
        """
        known = self.statements.of(*self._known(statement, lock=lock))
        found = await self.transaction.fetch(known.text, known.bound(values), few=True)
        record: RecordT | None = self.statements.record((made, *values.values()), known, found, made)
        return record

    def forget(self, made: Callable[[RowT], RecordT], *values: object) -> None:
        """Keep nothing of what `record` made of the row with these values."""
        self.statements.forget((made, *values))

    async def changed(self, statement: UpdateBase, **values: object) -> int:
        """Run a constant change; tells how many rows it touched."""
        self.require_writable()
        return await self._change((statement,), lambda: statement, values)

    async def remembered(
        self, key: Key, make: Callable[[], Executable], values: Mapping[str, Any]
    ) -> list[Any]:
        """Every row that a statement finds which is made when `key`, its shape, is met for the first time. Its parameters are
        named, as in `rows`.
        """
        return await self._rows(key, make, values, few=False)

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

    async def figures(self, statement: Executable) -> tuple[Any, ...]:
        """The one row of a query that always has one."""
        return tuple((await self.connection.execute(statement)).one())

    async def among(
        self,
        row_type: type[RowT],
        column: Mapped[ValueT],
        values: Collection[ValueT],
        *conditions: ColumnElement[bool],
        only: tuple[Mapped[Any], ...] = (),
        lock: bool = False,
        **parameters: object,
    ) -> list[RowT]:
        """The rows that hold one of the values and meet the conditions: one query, however many.

        conditions: constants, whose own values are `parameters`, by name. only: the columns that are read, when it is not all.
        """
        if lock:
            self.require_writable()
        if not values:
            return []
        several = len(values) > 1

        def make() -> Executable:
            held = holds_one_of(column, on_sqlite=self.on_sqlite) if several else holds(column)
            statement: Select[Any] = (select(*only) if only else select(row_type)).where(held, *conditions)
            # In one order everywhere: two that lock the same rows must not wait for each other.
            return self.locking(statement.order_by(*table_of(row_type).primary_key)) if lock else statement

        held = wanted(column, values, on_sqlite=self.on_sqlite)
        key = (row_type, column, several, conditions, only, lock)
        return await self._rows(key, make, {**held, **parameters}, few=len(values) <= FEW)

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

        def make() -> Executable:
            return table.insert().returning(table.c.number)

        async with self.guarded(errors):
            (inserted,) = await self._rows(("insert", table), make, vars(row), names_of(type(row)), few=True)
        number: int = inserted.number
        return number

    async def insert_new(self, row: Row) -> bool:
        """Insert a row unless its primary key is there already; tells whether."""
        self.require_writable()
        table = table_of(type(row))
        key = list(table.primary_key)

        def make() -> Executable:
            return self._insert(table).on_conflict_do_nothing(index_elements=key).returning(*key)

        found = await self._rows(("insert new", table), make, vars(row), names_of(type(row)), few=True)
        return bool(found)

    async def put(self, row: Row) -> None:
        """Insert a row, or replace the one with its primary key."""
        self.require_writable()
        table, names = table_of(type(row)), names_of(type(row))

        def make() -> Insert:
            statement = self._insert(table)
            key = [column.name for column in table.primary_key]
            changed = {name: statement.excluded[name] for name in names if name not in key}
            return statement.on_conflict_do_update(index_elements=key, set_=changed)

        await self._change(("put", table), make, vars(row), names)

    async def replace(self, row: Row, errors: Errors) -> None:
        """Replace the row with this `id`. Raises LookupError when there is none."""
        self.require_writable()
        table = table_of(type(row))

        def make() -> Executable:
            return table.update().where(table.c.id == bindparam("id"))

        names = [name for name in names_of(type(row)) if name != "id"]
        async with self.guarded(errors):
            replaced = await self._change(("replace", table), make, vars(row), names)
        if not replaced:
            raise LookupError(f"no row with the id {vars(row)['id']} in {table.name}")

    def _known(self, statement: Select[Any], *, lock: bool) -> tuple[Key, Callable[[], Executable]]:
        """What a constant statement is known by, and what makes the statement that is sent."""
        if lock:
            self.require_writable()
        return (statement, lock), lambda: self.locking(statement) if lock else statement

    async def _rows(
        self,
        key: Key,
        make: Callable[[], Executable],
        values: Mapping[str, Any],
        sets: Sequence[str] = (),
        *,
        few: bool,
    ) -> list[Any]:
        known = self.statements.of(key, make, sets)
        return known.rows(await self.transaction.fetch(known.text, known.bound(values), few=few))

    async def _change(
        self, key: Key, make: Callable[[], Executable], values: Mapping[str, Any], sets: Sequence[str] = ()
    ) -> int:
        known = self.statements.of(key, make, sets)
        return await self.transaction.change(known.text, known.bound(values), few=True)

    def _insert(self, table: Table) -> Insert:
        return sqlite.insert(table) if self.on_sqlite else postgresql.insert(table)

    @asynccontextmanager
    async def guarded(self, errors: Errors) -> AsyncIterator[None]:
        """Turn violations into errors. PostgreSQL would give the whole transaction up, so it gets a savepoint."""
        with naming(errors):
            if self.on_sqlite or not errors:
                yield
            else:
                async with self.transaction.part():
                    yield


@contextmanager
def naming(errors: Errors) -> Iterator[None]:
    """Turn violations into errors. PostgreSQL gives the transaction up with them."""
    try:
        yield
    except DBAPIError as error:
        found = errors.get(violated(error) or "")
        if found is None:
            raise
        raise found() from None
