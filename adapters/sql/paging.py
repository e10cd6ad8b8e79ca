"""Pages by keyset: a page is found by its place in an index, so the last one costs what the first one costs."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, bindparam, literal, select, tuple_, union_all

from adapters.sql.conditions import Conditions, Few, OneOf, clauses
from adapters.sql.tables import Row
from adapters.sql.work import table_of
from core.domain.paging import Cursor, Direction, Edge, Page, Window

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT")

_HIGHEST = 2**63 - 1
_MOST_SPREAD = 16


class Keyset:
    """An order: by one column, then by number, in one direction."""

    def __init__(self, row_type: type[Row], column: str, direction: Direction) -> None:
        columns = table_of(row_type).columns
        self._column = columns[column]
        self._number = columns["number"]
        self._descending = direction is Direction.DESC

    def page(self, row_type: type[RowT], conditions: Conditions, window: Window) -> Select[RowT]:
        """The query for that part of the list and one row more. Backward pages come in reverse."""
        spread = _spread(conditions)
        if spread is None:
            return self._part(select(row_type).where(*clauses(conditions)), window)
        # No index is in order across several values of its first column, but for each value there is one: the page lies
        # among the pages of each. Otherwise all that match would be sorted for every page.
        rest = clauses([each for each in conditions if each is not spread])
        parts = (
            self._part(select(self._number).where(spread.column == value, *rest), window).subquery()
            for value in spread.values
        )
        numbers = union_all(*(select(part.c.number) for part in parts))
        return self._ordered(select(row_type).where(self._number.in_(numbers)), window)

    def pages(self, row_type: type[RowT], conditions: Sequence[Conditions], window: Window) -> Select[Any]:
        """One query for `page` of each of the conditions: their rows, each beside the place of its conditions."""
        parts = (
            self.page(row_type, each, window)
            .with_only_columns(self._number, literal(place, Integer).label("place"))
            .subquery()
            for place, each in enumerate(conditions)
        )
        found = union_all(*(select(part.c.number, part.c.place) for part in parts)).subquery()
        joined = select(row_type, found.c.place).join(found, self._number == found.c.number)
        return joined.order_by(found.c.place, *self._order(window))

    def cursor(self, row: Row) -> Cursor:
        """The place of a row."""
        return Cursor(getattr(row, self._column.key), getattr(row, self._number.key))

    def _part(self, statement: Select[Any], window: Window) -> Select[Any]:
        """Those rows of a query that lie in the window."""
        if window.after is not None:
            statement = statement.where(self._beyond(window.after, descending=self._descending))
        if window.before is not None:
            statement = statement.where(self._beyond(window.before, descending=not self._descending))
        return self._ordered(statement, window)

    def _ordered(self, statement: Select[Any], window: Window) -> Select[Any]:
        return statement.order_by(*self._order(window)).limit(window.size + 1)

    def _order(self, window: Window) -> list[ColumnElement[Any]]:
        reverse = self._descending != window.backward
        columns = dict.fromkeys((self._column, self._number))
        return [column.desc() if reverse else column.asc() for column in columns]

    def _beyond(self, cursor: Cursor, *, descending: bool) -> ColumnElement[bool]:
        number = bindparam(None, max(-1, min(cursor.number, _HIGHEST)), self._number.type)
        if self._column is self._number:
            return self._number < number if descending else self._number > number
        here = tuple_(self._column, self._number)
        there = tuple_(bindparam(None, cursor.value, self._column.type), number)
        return here < there if descending else here > there


def page_of(records: Sequence[tuple[RecordT, Cursor]], window: Window) -> Page[RecordT]:
    """The page, out of what the query of `Keyset.page` found."""
    more = len(records) > window.size
    edges = tuple(Edge(record, cursor) for record, cursor in records[: window.size])
    if window.backward:
        return Page(edges[::-1], has_next=False, has_previous=more)
    return Page(edges, has_next=more, has_previous=False)


def _spread(conditions: Conditions) -> OneOf | None:
    """The condition whose values are looked up one by one, if that is worth it."""
    if any(isinstance(condition, Few) for condition in conditions):
        return None
    several = (condition for condition in conditions if isinstance(condition, OneOf))
    return next((each for each in several if 2 <= len(each.values) <= _MOST_SPREAD), None)
