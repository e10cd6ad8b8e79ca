"""Conditions that several lists filter by. Each gives no condition at all for a filter that says "any"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

from core.domain.calendar_rules import local_days
from core.domain.text import folded

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class OneOf:
    """The column holds one of several values."""

    column: Mapped[Any]
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Few:
    """A condition that few rows meet, so few that sorting them costs nothing."""

    clause: ColumnElement[bool]


Conditions = list[ColumnElement[bool] | OneOf | Few]


def clauses(conditions: Conditions) -> list[ColumnElement[bool]]:
    """The conditions as SQL."""
    return [_clause(condition) for condition in conditions]


def equals(column: Mapped[ValueT], value: ValueT | None) -> Conditions:
    """The column holds the value."""
    return [] if value is None else [column == value]


def is_just(column: Mapped[ValueT], value: ValueT | None) -> Conditions:
    """The column, in which each value is rare, holds the value."""
    return [] if value is None else [Few(column == value)]


def one_of(column: Mapped[ValueT], values: Iterable[ValueT] | None) -> Conditions:
    """The column holds one of the values."""
    if values is None:
        return []
    wanted = list(values)
    return [column == wanted[0]] if len(wanted) == 1 else [OneOf(column, wanted)]


def name_part(column: Mapped[str], search: str | None) -> Conditions:
    """The folded name holds these characters, which have no other meaning."""
    return [] if search is None else [column.contains(folded(search), autoescape=True)]


def between_days(column: Mapped[date], first: date | None, last: date | None) -> Conditions:
    """The day lies between two days, both included."""
    after: Conditions = [] if first is None else [column >= first]
    before: Conditions = [] if last is None else [column <= last]
    return [*after, *before]


def on_local_days(column: Mapped[datetime], first: date | None, last: date | None) -> Conditions:
    """The instant lies on one of the local days from one to the other, both included."""
    start, end = local_days(first, last)
    after: Conditions = [] if start is None else [column >= start]
    before: Conditions = [] if end is None else [column < end]
    return [*after, *before]


def _clause(condition: ColumnElement[bool] | OneOf | Few) -> ColumnElement[bool]:
    if isinstance(condition, OneOf):
        return condition.column.in_(condition.values)
    return condition.clause if isinstance(condition, Few) else condition
