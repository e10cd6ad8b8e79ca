"""Lists as Relay connections, read by keyset: page N costs what page 1 costs."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

from api.context import Context
from api.cursors import decode_cursor, encode_cursor, open_cursor, seal_cursor
from api.fields import resolved
from api.inputs import InputReader
from core.domain.paging import MAX_PAGE, Cursor, KeyValue, Order, Page, Window
from ports.stores import Listing, NestedListing
from ports.unit_of_work import UnitOfWork

DEFAULT_PAGE = 20

RecordT = TypeVar("RecordT")
NodeT = TypeVar("NodeT")
FilterT = TypeVar("FilterT")
OrderFieldT = TypeVar("OrderFieldT", bound=StrEnum)

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many records from the beginning, or after `after` (primeiros): 0 to {MAX_PAGE}, "
        f"{DEFAULT_PAGE} when neither `first` nor `last` is given."
    ),
]
After: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="A cursor of this list in this order; the page begins after it (a partir de)."
    ),
]
Last: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many records from the end, or before `before` (últimos): 0 to {MAX_PAGE}. Not together with `first`."
    ),
]
Before: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="A cursor of this list in this order; the page ends before it (até)."),
]


@strawberry.type(description="Where a page lies in its list (informações da página).")
class PageInfo:
    has_next_page: bool = strawberry.field(
        description="Whether more records follow, when paging forward (há próxima página)."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether more records precede, when paging backward (há página anterior)."
    )
    start_cursor: str | None = strawberry.field(
        description="The first record's cursor, for `before` (cursor inicial); null when the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The last record's cursor, for `after` (cursor final); null when the page is empty."
    )


@strawberry.type(description="A record and its place in the list (item da lista).")
class Edge(Generic[NodeT]):
    cursor: str = strawberry.field(
        description="Opaque; good for `after` and `before` of the same list in the same order (cursor)."
    )
    node: NodeT = strawberry.field(description="The record (registro).")


@strawberry.type(description="A page of a list (página de uma lista).")
class Connection(Generic[NodeT]):
    edges: list[Edge[NodeT]] = strawberry.field(description="The page's records with their cursors (itens).")
    page_info: PageInfo = strawberry.field(
        description="Where the page lies in the list (informações da página)."
    )
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @resolved("The page's records (registros).")
    def nodes(self) -> list[NodeT]:
        return [edge.node for edge in self.edges]

    @resolved(
        "How many records the filter lets through on all pages (total); counted only when asked for, and exactly: without a "
        "filter that is all of them, so ask once and not for each page."
    )
    async def total_count(self) -> int:
        return await self.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArguments:
    """Which part of a list a client asks for, as it asked."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind(Generic[RecordT, FilterT, OrderFieldT]):
    """A list of the API: its name (which its cursors carry), where it is stored, what its order's fields hold."""

    name: str
    store: Callable[[UnitOfWork], Listing[RecordT, FilterT, Order[OrderFieldT]]]
    values: Mapping[OrderFieldT, type[KeyValue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedKind(ListKind[RecordT, FilterT, OrderFieldT]):
    """A list that also stands inside the records of other lists."""

    store: Callable[[UnitOfWork], NestedListing[RecordT, FilterT, Order[OrderFieldT]]]


def read_window(
    context: Context,
    kind: ListKind[RecordT, FilterT, OrderFieldT],
    order: Order[OrderFieldT],
    page: PageArguments,
) -> Window:
    """The window that `page` asks for. Raises InvalidInput with every problem of its arguments."""
    reader = InputReader()
    for name, size in (("first", page.first), ("last", page.last)):
        if size is not None and not 0 <= size <= MAX_PAGE:
            reader.add((name,), "PAGE_SIZE_OUT_OF_RANGE", max=MAX_PAGE)
    if page.first is not None and page.last is not None:
        reader.add(("last",), "FIRST_AND_LAST")
    value_type = kind.values[order.field]

    def decode(text: str, name: str) -> Cursor:
        if cursors_are_sealed(context, kind, order):
            text = open_cursor(context.vault, kind.name, text, name)
        return decode_cursor(kind.name, order, value_type, text, name)

    def place(text: str | None, name: str) -> Cursor | None:
        return None if text is None else reader.attempt(lambda: decode(text, name))

    after, before = place(page.after, "after"), place(page.before, "before")
    reader.raise_if_any()
    if page.last is not None:
        return Window(size=page.last, backward=True, after=after, before=before)
    size = DEFAULT_PAGE if page.first is None else page.first
    return Window(size=size, after=after, before=before)


async def read_connection(
    context: Context,
    kind: ListKind[RecordT, FilterT, OrderFieldT],
    matching: FilterT,
    order: Order[OrderFieldT],
    page: PageArguments,
    wrap: Callable[[RecordT], NodeT],
) -> Connection[NodeT]:
    """Read a page. Raises InvalidInput when its arguments are wrong."""
    window = read_window(context, kind, order, page)
    async with context.units_of_work.read() as work:
        found = await kind.store(work).page(matching, order, window)

    async def count() -> int:
        async with context.units_of_work.read() as work:
            return await kind.store(work).count(matching)

    return _connection(context, kind, order, found, wrap, count)


async def read_nested_connection(
    context: Context,
    kind: NestedKind[RecordT, FilterT, OrderFieldT],
    matching: FilterT,
    order: Order[OrderFieldT],
    page: PageArguments,
    wrap: Callable[[RecordT], NodeT],
) -> Connection[NodeT]:
    """Read a page inside a record: those inside all records of a list are read together. Raises InvalidInput."""
    window = read_window(context, kind, order, page)
    found = await context.loaders.pages(kind.name, kind.store).load((matching, order, window))

    async def count() -> int:
        return await context.loaders.counts(kind.name, kind.store).load(matching)

    return _connection(context, kind, order, found, wrap, count)


def cursors_are_sealed(
    context: Context, kind: ListKind[RecordT, FilterT, OrderFieldT], order: Order[OrderFieldT]
) -> bool:
    """Whether the list's cursors hold names that the caller may not see."""
    return kind.values[order.field] is str and not context.sees_whole_documents()


def _connection(
    context: Context,
    kind: ListKind[RecordT, FilterT, OrderFieldT],
    order: Order[OrderFieldT],
    found: Page[RecordT],
    wrap: Callable[[RecordT], NodeT],
    count: Callable[[], Awaitable[int]],
) -> Connection[NodeT]:
    sealed = cursors_are_sealed(context, kind, order)

    def cursor(place: Cursor) -> str:
        text = encode_cursor(kind.name, order, place)
        return seal_cursor(context.vault, kind.name, text) if sealed else text

    edges = [Edge(cursor=cursor(edge.cursor), node=wrap(edge.record)) for edge in found.edges]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=found.has_next,
            has_previous_page=found.has_previous,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )
