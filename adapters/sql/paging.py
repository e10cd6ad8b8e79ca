"""Pages by keyset: a page is found by its place in an index, so the last one costs what the first one costs."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.types import TypeEngine

from adapters.sql.conditions import Condition, Conditions
from adapters.sql.tables import Row
from adapters.sql.work import table_of
from core.domain.paging import Cursor, Direction, Edge, Page, Window

RowT = TypeVar("RowT", bound=Row)
RecordT = TypeVar("RecordT")

_HIGHEST = 2**63 - 1
_MOST_SPREAD = 16

Parameter: TypeAlias = Callable[[Any, TypeEngine[Any]], ColumnElement[Any]]
"""Makes of a value what stands for it in a statement."""


def unnamed(value: Any, type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """A parameter that holds its value."""
    return bindparam(None, value, type_)


class Keyset:
    """An order: by one column, then by number, in one direction."""

    def __init__(self, row_type: type[Row], column: str, direction: Direction) -> None:
        columns = table_of(row_type).columns
        self._row_type = row_type
        self._column = columns[column]
        self._number = columns["number"]
        self._descending = direction is Direction.DESC

    @property
    def shape(self) -> tuple[object, ...]:
        """What sets statements in this order apart from those in another."""
        return (self._row_type, self._column.key, self._descending)

    @property
    def place(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """The columns that a cursor is made of."""
        return (self._column, self._number)

    def page(
        self, of: Select[Any], conditions: Conditions, window: Window, parameter: Parameter = unnamed
    ) -> Select[Any]:
        """`of`, narrowed to that part of the list and one row more. Backward pages come in reverse."""
        bound = [self._bound(condition, parameter) for condition in conditions]
        beyond = self._beyond(window, parameter)
        written = written_limit(conditions, window)
        limit = (
            parameter(window.size + 1, Integer())
            if written is None
            else literal_column(str(written), Integer)
        )
        spread = _spread(conditions)
        if spread is None:
            met = (condition.made_of(*values) for condition, values in bound)
            return self._ordered(of.where(*met, *beyond), window, limit)
        # No index is in order across several values of its first column, but for each value there is one: the page lies
        # among the pages of each. Otherwise all that match would be sorted for every page.
        rest = [condition.made_of(*values) for condition, values in bound if condition is not spread]
        among = next(values for condition, values in bound if condition is spread)
        parts = (
            self._ordered(
                select(self._number).where(spread.made_of(value), *rest, *beyond), window, limit
            ).subquery()
            for value in among
        )
        numbers = union_all(*(select(part.c.number) for part in parts))
        return self._ordered(of.where(self._number.in_(numbers)), window, limit)

    def pages(
        self,
        of: Select[Any],
        conditions: Sequence[Conditions],
        window: Window,
        parameter: Parameter = unnamed,
    ) -> Select[Any]:
        """One query for `page` of each of the conditions: what `of` selects, each beside the place of its conditions."""
        parts = (
            self.page(
                select(self._number, literal(place, Integer).label("place")), each, window, parameter
            ).subquery()
            for place, each in enumerate(conditions)
        )
        found = union_all(*(select(part.c.number, part.c.place) for part in parts)).subquery()
        joined = of.add_columns(found.c.place).join(found, self._number == found.c.number)
        return joined.order_by(found.c.place, *self._order(window))

    def values(self, conditions: Conditions, window: Window) -> list[Any]:
        """The values for which `page` asks for parameters, in the same order."""
        values = [value for condition in conditions for value in condition.values]
        for cursor in (window.after, window.before):
            if cursor is not None:
                values += [each for each, _ in self._place(cursor)]
        return [*values, window.size + 1] if written_limit(conditions, window) is None else values

    def cursor(self, row: Row) -> Cursor:
        """The place of a row."""
        return Cursor(getattr(row, self._column.key), getattr(row, self._number.key))

    def _bound(
        self, condition: Condition, parameter: Parameter
    ) -> tuple[Condition, list[ColumnElement[Any]]]:
        return condition, [parameter(value, _type(condition)) for value in condition.values]

    def _beyond(self, window: Window, parameter: Parameter) -> list[ColumnElement[bool]]:
        """What the window's bounds demand."""
        beyond = []
        for cursor, descending in (
            (window.after, self._descending),
            (window.before, not self._descending),
        ):
            if cursor is not None:
                there = [parameter(value, column.type) for value, column in self._place(cursor)]
                here = [column for _, column in self._place(cursor)]
                if len(here) == 1:
                    beyond.append(here[0] < there[0] if descending else here[0] > there[0])
                else:
                    left, right = tuple_(*here), tuple_(*there)
                    beyond.append(left < right if descending else left > right)
        return beyond

    def _place(self, cursor: Cursor) -> list[tuple[Any, Any]]:
        """The cursor's values, each with its column."""
        number = (max(-1, min(cursor.number, _HIGHEST)), self._number)
        return [number] if self._column is self._number else [(cursor.value, self._column), number]

    def _ordered(self, statement: Select[Any], window: Window, limit: ColumnElement[Any]) -> Select[Any]:
        return statement.order_by(*self._order(window)).limit(limit)

    def _order(self, window: Window) -> list[ColumnElement[Any]]:
        reverse = self._descending != window.backward
        columns = dict.fromkeys((self._column, self._number))
        return [column.desc() if reverse else column.asc() for column in columns]


def page_of(records: Sequence[tuple[RecordT, Cursor]], window: Window) -> Page[RecordT]:
    """The page, out of what the query of `Keyset.page` found."""
    more = len(records) > window.size
    edges = tuple(Edge(record, cursor) for record, cursor in records[: window.size])
    if window.backward:
        return Page(edges[::-1], has_next=False, has_previous=more)
    return Page(edges, has_next=more, has_previous=False)


def written_limit(conditions: Conditions, window: Window) -> int | None:
    """The limit, where it is part of the statement and none of its values.

    PostgreSQL keeps a plan whose limit it knows; to another one it mostly finds a new plan each time, which takes longer than a page. So
    it is told where every page is found in the same way: among all rows, or among few. Not where some values may be rare: a plan
    that is kept would walk through everybody's rows for them.
    """
    same_way = not conditions or (len(conditions) == 1 and conditions[0].few)
    return window.size + 1 if same_way else None


def _type(condition: Condition) -> TypeEngine[Any]:
    if condition.type is None:
        raise AssertionError("a condition without values has no parameters")
    return condition.type


def _spread(conditions: Conditions) -> Condition | None:
    """The condition whose values are looked up one by one, if that is worth it."""
    if any(condition.few for condition in conditions):
        return None
    several = (condition for condition in conditions if condition.one_of)
    return next((each for each in several if 2 <= len(each.values) <= _MOST_SPREAD), None)
