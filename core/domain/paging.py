"""Pages of long lists by keyset: a page starts where a key left off, so the last page costs what the first one costs."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

MAX_PAGE = 100
"""The most records of one page."""

KeyValue = str | int | date | datetime

RecordT = TypeVar("RecordT")
OrderFieldT = TypeVar("OrderFieldT", bound=StrEnum)


class Direction(StrEnum):
    """The direction of an order."""

    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Order(Generic[OrderFieldT]):
    """An order by one field; records that are equal in it follow their number, in the same direction."""

    field: OrderFieldT
    direction: Direction


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an ordered list: the value of the order's field and the record's number, which breaks ties."""

    value: KeyValue
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What part of a list is wanted: the first `size` after `after`, or (backward) the last `size` before `before`.

    Both bounds hold whenever both are given. size: 0 to 100.
    """

    size: int
    backward: bool = False
    after: Cursor | None = None
    before: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Edge(Generic[RecordT]):
    """A record and its place."""

    record: RecordT
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Page(Generic[RecordT]):
    """A part of a list, in the list's order, and whether more lies on the side that was paged towards."""

    edges: tuple[Edge[RecordT], ...]
    has_next: bool
    has_previous: bool
