"""Conditions that several lists filter by. Each gives no condition at all for a filter that says "any"."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped

from core.domain.calendar_rules import local_days
from core.domain.text import folded

ValueT = TypeVar("ValueT")

Conditions = list[ColumnElement[bool]]


def equals(column: Mapped[ValueT], value: ValueT | None) -> Conditions:
    """The column holds the value."""
    return [] if value is None else [column == value]


def one_of(column: Mapped[ValueT], values: Iterable[ValueT] | None) -> Conditions:
    """The column holds one of the values. One value alone is compared, so that an index keeps its order."""
    if values is None:
        return []
    wanted = list(values)
    return [column == wanted[0]] if len(wanted) == 1 else [column.in_(wanted)]


def name_part(column: Mapped[str], search: str | None) -> Conditions:
    """The folded name holds these characters, which have no other meaning."""
    return [] if search is None else [column.contains(folded(search), autoescape=True)]


def between_days(column: Mapped[date], first: date | None, last: date | None) -> Conditions:
    """The day lies between two days, both included."""
    after = [] if first is None else [column >= first]
    before = [] if last is None else [column <= last]
    return [*after, *before]


def on_local_days(column: Mapped[datetime], first: date | None, last: date | None) -> Conditions:
    """The instant lies on one of the local days from one to the other, both included."""
    start, end = local_days(first, last)
    after = [] if start is None else [column >= start]
    before = [] if end is None else [column < end]
    return [*after, *before]
