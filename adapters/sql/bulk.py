"""Many rows stored or changed by one statement, whose text does not know how many they are.

What all rows have in common is given once. The rest is one parameter on SQLite, a text of JSON, and one array for each column on
PostgreSQL. A parameter for each value costs more than storing it; and a statement that is executed for each row would, on SQLite,
need the interpreter after each of them, and wait for it as long as callers are served.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import orjson

from adapters.sql.columns import columns_of
from adapters.sql.tables import Row
from adapters.sql.tables.base import RecordRow
from adapters.sql.work import FEW, Errors, Work, naming

Columns = Mapping[str, Sequence[Any]]
"""What is stored of the rows, by column: in each as many values as there are rows, in their order."""

FromNow = Mapping[str, timedelta]
"""Columns that hold when all of the rows were stored, as `Work.now` would tell, each with what is added to it. (Less than a day: one of
PostgreSQL's may have 23 hours.) All count from the same instant, which PostgreSQL tells itself: to ask it beforehand is a way there
and back.
"""

_NO_MOMENTS: FromNow = {}

_KNOWN_STATEMENTS = 256


async def insert(work: Work, row_type: type[Row], columns: Columns) -> None:
    """Store rows in their order."""
    if given := _given(work, row_type, columns):
        await work.transaction.change(*given, few=_few(columns))


async def insert_new(
    work: Work, row_type: type[Row], columns: Columns, *key: str, from_now: FromNow = _NO_MOMENTS
) -> int:
    """Store those rows whose values in the columns of a unique `key` are not there already; tells how many."""
    given = _given(work, row_type, columns, from_now=from_now, new=key)
    return await work.transaction.change(*given, few=_few(columns)) if given else 0


async def insert_numbered(
    work: Work, row_type: type[RecordRow], columns: Columns, errors: Errors
) -> list[int]:
    """Store rows in their order, all or none; the answer is their numbers. When one of `errors` is raised the transaction can
    only be rolled back: to keep what came before would take two more statements each time.
    """
    given = _given(work, row_type, columns, returning=("id", "number"))
    if not given:
        return []
    with naming(errors):
        found: Any = await work.transaction.fetch(*given, few=_few(columns))
    numbers = dict(found)
    id_of = columns_of(str(row_type.__tablename__), work.on_sqlite)["id"].processed
    return [numbers[id_of(each)] for each in columns["id"]]


async def update(work: Work, row_type: type[Row], columns: Columns, key: str) -> None:
    """Change the rows that the column of a unique `key` names: each gets what stands beside its value in the others."""
    work.require_writable()
    if not columns[key]:
        return
    table, on_sqlite = str(row_type.__tablename__), work.on_sqlite
    known = columns_of(table, on_sqlite)
    told = [list(map(known[name].processed, values)) for name, values in columns.items()]
    statement = _update(table, on_sqlite, tuple(columns), key)
    await work.transaction.change(statement, _passed(told, on_sqlite), few=_few(columns))


def _few(columns: Columns) -> bool:
    return _count(columns) <= FEW


def _count(columns: Columns) -> int:
    """How many rows there are."""
    return len(next(iter(columns.values())))


def _given(
    work: Work,
    row_type: type[Row],
    columns: Columns,
    *,
    from_now: FromNow = _NO_MOMENTS,
    new: tuple[str, ...] = (),
    returning: tuple[str, ...] = (),
) -> tuple[str, list[Any]] | None:
    """The statement and its parameters; None when there are no rows."""
    work.require_writable()
    count = _count(columns)
    if not count:
        return None
    table, on_sqlite = str(row_type.__tablename__), work.on_sqlite
    known = columns_of(table, on_sqlite)
    same: dict[str, Any] = {}
    apart: dict[str, list[Any]] = {}
    for name, values in columns.items():
        processed = known[name].processed
        # The first column is told for each row in any case: it says how many there are. To look at the last row first
        # saves going through most columns that differ.
        if apart and (count == 1 or (values[-1] == values[0] and values.count(values[0]) == count)):
            same[name] = processed(values[0])
        else:
            apart[name] = list(map(processed, values))
    moments: tuple[str, ...] = ()
    after: list[timedelta] = []
    if from_now and on_sqlite:
        now = work.clock.now()
        same |= {name: known[name].processed(now + later) for name, later in from_now.items()}
    elif from_now:
        moments, after = tuple(from_now), list(from_now.values())
    statement = _insert(table, on_sqlite, tuple(same), moments, tuple(apart), new, returning)
    return statement, [*same.values(), *after, *_passed(list(apart.values()), on_sqlite)]


def _passed(told: list[list[Any]], on_sqlite: bool) -> list[Any]:
    """Columns as the parameters that `_rows_of` reads."""
    return [orjson.dumps(list(zip(*told, strict=True))).decode()] if on_sqlite else told


@lru_cache(_KNOWN_STATEMENTS)
def _insert(
    table: str,
    on_sqlite: bool,
    same: tuple[str, ...],
    moments: tuple[str, ...],
    apart: tuple[str, ...],
    new: tuple[str, ...],
    returning: tuple[str, ...],
) -> str:
    known = columns_of(table, on_sqlite)
    given = ["?" if on_sqlite else f"${place}::{known[name].type}" for place, name in enumerate(same, 1)]
    given += [f"moment.now + ${place}::INTERVAL" for place, _ in enumerate(moments, len(same) + 1)]
    told, rows = _rows_of(table, on_sqlite, apart, len(given))
    if moments:
        rows += ", moment"
    into, values = ", ".join(_quoted((*same, *moments, *apart))), ", ".join((*given, *told))
    # SQLite would take ON CONFLICT for the condition of a join if no WHERE came before it.
    text = f'INSERT INTO "{table}" ({into}) SELECT {values} FROM {rows} WHERE true'  # noqa: S608 - our own names
    if new:
        text += f" ON CONFLICT ({', '.join(_quoted(new))}) DO NOTHING"
    if returning:
        text += f" RETURNING {', '.join(_quoted(returning))}"
    if moments:
        # Asked once: in the place of each value the clock would be asked anew, and tell another instant.
        text = f"WITH moment AS (SELECT clock_timestamp() AS now) {text}"
    return text


@lru_cache(_KNOWN_STATEMENTS)
def _update(table: str, on_sqlite: bool, names: tuple[str, ...], key: str) -> str:
    told, rows = _rows_of(table, on_sqlite, names, 0)
    value_of = dict(zip(names, told, strict=True))
    changes = ", ".join(f'"{name}" = {value}' for name, value in value_of.items() if name != key)
    return f'UPDATE "{table}" SET {changes} FROM {rows} WHERE "{table}"."{key}" = {value_of[key]}'  # noqa: S608 - our own names


def _rows_of(table: str, on_sqlite: bool, names: tuple[str, ...], after: int) -> tuple[list[str], str]:
    """What reads each column of the rows that are passed, and what they are read from. after: how many parameters come before."""
    if on_sqlite:
        return [
            f"json_extract(told.value, '$[{place}]')" for place in range(len(names))
        ], "json_each(?) AS told"
    known, quoted = columns_of(table, on_sqlite), _quoted(names)
    arrays = [f"${place}::{known[name].type}[]" for place, name in enumerate(names, after + 1)]
    return [f"told.{name}" for name in quoted], f"unnest({', '.join(arrays)}) AS told ({', '.join(quoted)})"


def _quoted(names: tuple[str, ...]) -> list[str]:
    return [f'"{name}"' for name in names]
