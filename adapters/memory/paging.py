"""Pages of a list that lies in memory."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from core.domain.paging import Cursor, Direction, Edge, KeyValue, Order, Page, Window

RecordT = TypeVar("RecordT")


def page_of(
    records: Iterable[RecordT], cursor: Callable[[RecordT], Cursor], order: Order[Any], window: Window
) -> Page[RecordT]:
    """The part of the list that `window` asks for."""
    edges = sorted((Edge(record, cursor(record)) for record in records), key=_place)
    inside = [
        edge
        for edge in edges
        if (window.after is None or _lies_beyond(edge.cursor, window.after, order.direction))
        and (window.before is None or _lies_beyond(window.before, edge.cursor, order.direction))
    ]
    if order.direction is Direction.DESC:
        inside.reverse()
    more = len(inside) > window.size
    if window.backward:
        return Page(tuple(inside[max(0, len(inside) - window.size) :]), has_next=False, has_previous=more)
    return Page(tuple(inside[: window.size]), has_next=more, has_previous=False)


def _place(edge: Edge[Any]) -> tuple[KeyValue, int]:
    return _key(edge.cursor)


def _key(cursor: Cursor) -> tuple[Any, int]:
    return (cursor.value, cursor.number)


def _lies_beyond(later: Cursor, earlier: Cursor, direction: Direction) -> bool:
    if direction is Direction.DESC:
        return _key(later) < _key(earlier)
    return _key(later) > _key(earlier)
