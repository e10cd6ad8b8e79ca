"""Conditions that several lists filter by. Each gives no condition at all for a filter that says "any"."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, bindparam, false
from sqlalchemy.orm import Mapped
from sqlalchemy.types import TypeEngine

from core.domain.calendar_rules import local_days
from core.domain.text import folded

ValueT = TypeVar("ValueT")

_PREFIX = "value_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a filter demands of a column: `made_of` turns values, or parameters that stand for them, into SQL.

    shape: what sets the SQL apart, whatever the values. few: so few rows meet it that sorting them costs nothing.
    one_of: it holds when the column has one of the values, and `made_of` also takes a single one.
    """

    shape: tuple[object, ...]
    values: tuple[Any, ...]
    type: TypeEngine[Any] | None
    made_of: Callable[..., ColumnElement[bool]]
    few: bool = False
    one_of: bool = False

    @property
    def clause(self) -> ColumnElement[bool]:
        """The condition as SQL, with its values in it."""
        return self.made_of(*self.values)


Conditions = list[Condition]


def clauses(conditions: Conditions) -> list[ColumnElement[bool]]:
    """The conditions as SQL."""
    return [condition.clause for condition in conditions]


class Numbered:
    """Makes parameters that are known by their number instead of holding values."""

    def __init__(self) -> None:
        self._made = 0

    def __call__(self, value: Any, type_: TypeEngine[Any] | None) -> ColumnElement[Any]:
        parameter = bindparam(f"{_PREFIX}{self._made}", type_=type_)
        self._made += 1
        return parameter


def shaped(conditions: Conditions) -> list[ColumnElement[bool]]:
    """The conditions as SQL, with numbered parameters for their values."""
    parameter = Numbered()
    return [each.made_of(*(parameter(value, each.type) for value in each.values)) for each in conditions]


def numbered(values: Iterable[Any]) -> dict[str, Any]:
    """The values by the names of numbered parameters."""
    return {f"{_PREFIX}{number}": value for number, value in enumerate(values)}


def fixed(name: str, clause: ColumnElement[bool], *, wanted: bool = True) -> Conditions:
    """A condition without values, if it is wanted."""
    return [Condition(shape=(name,), values=(), type=None, made_of=lambda: clause)] if wanted else []


def equals(column: Mapped[ValueT], value: ValueT | None) -> Conditions:
    """The column holds the value."""
    return [] if value is None else [_on(column, "=", (value,), column.__eq__)]


def is_just(column: Mapped[ValueT], value: ValueT | None) -> Conditions:
    """The column, in which each value is rare, holds the value."""
    return [] if value is None else [_on(column, "=", (value,), column.__eq__, few=True)]


def one_of(column: Mapped[ValueT], values: Iterable[ValueT] | None) -> Conditions:
    """The column holds one of the values."""
    if values is None:
        return []
    wanted = tuple(values)
    if not wanted:
        return fixed("nothing", false())
    if len(wanted) == 1:
        return [_on(column, "=", wanted, column.__eq__)]
    return [_on(column, "IN", wanted, lambda *among: column.in_(among), one_of=True)]


def name_part(column: Mapped[str], search: str | None) -> Conditions:
    """The folded name holds these characters, which have no other meaning."""
    if search is None:
        return []
    escaped = folded(search).replace("/", "//").replace("%", "/%").replace("_", "/_")
    return [_on(column, "LIKE", (f"%{escaped}%",), lambda pattern: column.like(pattern, escape="/"))]


def between_days(column: Mapped[date], first: date | None, last: date | None) -> Conditions:
    """The day lies between two days, both included."""
    return [
        *([] if first is None else [_on(column, ">=", (first,), column.__ge__)]),
        *([] if last is None else [_on(column, "<=", (last,), column.__le__)]),
    ]


def on_local_days(column: Mapped[datetime], first: date | None, last: date | None) -> Conditions:
    """The instant lies on one of the local days from one to the other, both included."""
    start, end = local_days(first, last)
    return [
        *([] if start is None else [_on(column, ">=", (start,), column.__ge__)]),
        *([] if end is None else [_on(column, "<", (end,), column.__lt__)]),
    ]


def _on(
    column: Mapped[Any],
    operator: str,
    values: tuple[Any, ...],
    made_of: Callable[..., ColumnElement[bool]],
    *,
    few: bool = False,
    one_of: bool = False,
) -> Condition:
    key, type_ = _described(column)
    return Condition(
        shape=(key, operator, len(values)),
        values=values,
        type=type_,
        made_of=made_of,
        few=few,
        one_of=one_of,
    )


@cache
def _described(column: Mapped[Any]) -> tuple[str | None, TypeEngine[Any]]:
    """The name and the type of a column. A mapped attribute finds them out anew each time it is asked."""
    known = cast("ColumnElement[Any]", column)
    return known.key, known.type
