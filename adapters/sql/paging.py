"""Pages by keyset: a page is found by its place in an index, so the last one costs what the first one costs."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, tuple_

from adapters.sql.tables import Row
from adapters.sql.work import table_of
from core.domain.paging import Cursor, Direction, Edge, Page, Window

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT")

_HIGHEST = 2**63 - 1


class Keyset:
    """An order: by one column, then by number, in one direction."""

    def __init__(self, row_type: type[Row], column: str, direction: Direction) -> None:
        columns = table_of(row_type).columns
        self._column = columns[column]
        self._number = columns["number"]
        self._descending = direction is Direction.DESC

    def window(self, statement: Select[RowT], window: Window) -> Select[RowT]:
        """The query for that part of the list and one row more. Backward pages come in reverse."""
        if window.after is not None:
            statement = statement.where(self._beyond(window.after, descending=self._descending))
        if window.before is not None:
            statement = statement.where(self._beyond(window.before, descending=not self._descending))
        reverse = self._descending != window.backward
        columns = dict.fromkeys((self._column, self._number))
        order = (column.desc() if reverse else column.asc() for column in columns)
        return statement.order_by(*order).limit(window.size + 1)

    def cursor(self, row: Row) -> Cursor:
        """The place of a row."""
        return Cursor(getattr(row, self._column.key), getattr(row, self._number.key))

    def _beyond(self, cursor: Cursor, *, descending: bool) -> ColumnElement[bool]:
        number = bindparam(None, max(-1, min(cursor.number, _HIGHEST)), self._number.type)
        if self._column is self._number:
            return self._number < number if descending else self._number > number
        here = tuple_(self._column, self._number)
        there = tuple_(bindparam(None, cursor.value, self._column.type), number)
        return here < there if descending else here > there


def page_of(records: Sequence[tuple[RecordT, Cursor]], window: Window) -> Page[RecordT]:
    """The page, out of what the query of `Keyset.window` found."""
    more = len(records) > window.size
    edges = tuple(Edge(record, cursor) for record, cursor in records[: window.size])
    if window.backward:
        return Page(edges[::-1], has_next=False, has_previous=more)
    return Page(edges, has_next=more, has_previous=False)
