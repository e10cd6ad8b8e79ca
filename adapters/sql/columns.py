"""How columns hold values, for statements that are written by hand: just as SQLAlchemy's own statements have it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped

from adapters.sql.processors import to_driver
from adapters.sql.tables import METADATA

ValueT = TypeVar("ValueT")

_WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. type: what the database calls it, without its order. processed: makes of a value what the driver takes."""

    type: str
    processed: Callable[[Any], Any]


@cache
def columns_of(table: str, on_sqlite: bool) -> dict[str, Column]:
    """The columns of a table, by name."""
    dialect = sqlite.aiosqlite.dialect() if on_sqlite else postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]
    return {
        column.name: Column(
            column.type.compile(dialect).partition(" COLLATE ")[0],
            to_driver(column.type, dialect) or _as_it_is,
        )
        for column in METADATA.tables[table].columns
    }


def holds(column: Mapped[Any]) -> ColumnElement[bool]:
    """The column holds the only value that `wanted` passes. PostgreSQL plans this once, and for one among an unknown number of
    values each time.
    """
    known: Any = column
    is_it: ColumnElement[bool] = known == bindparam(_WANTED, type_=known.type)
    return is_it


def holds_one_of(column: Mapped[Any], *, on_sqlite: bool) -> ColumnElement[bool]:
    """The column holds one of the values that `wanted` passes. They are one parameter however many there are, so that a
    statement can be put together once.
    """
    known: Any = column
    if not on_sqlite:
        among: ColumnElement[bool] = known == any_(bindparam(_WANTED, type_=ARRAY(known.type)))
        return among
    each = func.json_each(bindparam(_WANTED, type_=Text())).table_valued("value")
    found: ColumnElement[bool] = known.in_(select(each.c.value))
    return found


def wanted(column: Mapped[ValueT], values: Collection[ValueT], *, on_sqlite: bool) -> dict[str, Any]:
    """The parameters of a statement that asks which rows hold one of the values, or the only one."""
    known: Any = column
    if len(values) == 1:
        return {_WANTED: next(iter(values))}
    if not on_sqlite:
        return {_WANTED: list(values)}
    processed = columns_of(known.class_.__tablename__, on_sqlite)[known.key].processed
    return {_WANTED: orjson.dumps([processed(value) for value in values]).decode()}


def _as_it_is(value: Any) -> Any:
    return value
