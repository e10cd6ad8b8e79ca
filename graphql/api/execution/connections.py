"""Plans of lists: which columns to read, and how a page of rows becomes the connection that was asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from graphql import SelectionSetNode

from api.context import Context
from api.cursors import encode_cursor
from api.execution.arguments import Arguments, Variables
from api.execution.fields import Many, Shape
from api.execution.functions import Unplanned
from api.execution.selections import Selected, Selections
from api.execution.writing import MakeWrite, Write, Writer
from api.paging import ListKind, PageArguments, cursors_are_sealed, read_window
from core.domain.paging import Cursor, KeyValue, Order, Window
from ports.rows import Columns, Form, ListName, Row, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A list inside the records of another."""

    many: Many
    plan: "ConnectionPlan"
    arguments: Arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlan:
    """How rows become objects. at: behind which column the place in the list stands."""

    columns: Columns
    inner: tuple[Inner, ...]

    async def lists_inside(self, run: "Run", rows: Sequence[Row]) -> Sequence[list[Any]]:
        """For each row, what the lists inside it hold."""
        if not self.inner or not rows:
            return [[]] * len(rows)
        ids = [_uuid(row[self.columns.index("id")]) for row in rows]
        found = [await each.plan.inside(run, each, ids) for each in self.inner]
        return [list(of_one) for of_one in zip(*found, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPlan:
    """A list. parts: the fields of the connection, by key, in order; each is made of a page."""

    kind: ListKind[Any, Any, Any]
    of: ListName
    record: RecordPlan
    parts: Mapping[str, "Part"]
    counts: bool

    async def page(self, run: "Run", matching: Any, order: Order[Any], page: PageArguments) -> dict[str, Any]:
        """The connection of a list. Raises InvalidInput for wrong arguments."""
        window = read_window(run.context, self.kind, order, page)
        found = await run.rows.page(self.of, self.record.columns, matching, order, window)
        total = await run.rows.count(self.of, matching) if self.counts else None
        (made,) = await self._made(run, order, window, [found], [total])
        return made

    async def inside(self, run: "Run", inner: Inner, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """The connections inside records. Raises Forbidden, InvalidInput."""
        many = inner.many
        run.context.caller.require(*many.scopes)
        page = PageArguments(**inner.arguments.of(run.variables))
        window = read_window(run.context, self.kind, many.order, page)
        filters = [many.matching(run.context, record_id) for record_id in ids]
        found = await run.rows.pages(self.of, self.record.columns, filters, many.order, window)
        return await self._made(run, many.order, window, found, [None] * len(found))

    async def _made(
        self,
        run: "Run",
        order: Order[Any],
        window: Window,
        found: Sequence[Sequence[Row]],
        totals: Sequence[int | None],
    ) -> list[dict[str, Any]]:
        pages = [_in_order(rows, window) for rows in found]
        inside = iter(await self.record.lists_inside(run, [row for rows in pages for row in rows]))
        cursor = run.cursors(self.kind, order)
        at = len(self.record.columns)
        made = {key: part.make(run, cursor) for key, part in self.parts.items()}
        answers = []
        for rows, every, total in zip(pages, found, totals, strict=True):
            page = Page(
                rows=rows,
                lists=[next(inside) for _ in rows],
                more=len(every) > window.size,
                backward=window.backward,
                total=total,
                ends=[cursor(rows[0][at], rows[0][at + 1]), cursor(rows[-1][at], rows[-1][at + 1])]
                if rows and self.names_ends
                else [None, None],
            )
            answers.append({key: write(page) for key, write in made.items()})
        return answers

    @property
    def names_ends(self) -> bool:
        """Whether the first and the last cursor were asked for."""
        return any(part.names_ends for part in self.parts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in the list's order, and what is known of it."""

    rows: Sequence[Row]
    lists: Sequence[list[Any]]
    more: bool
    backward: bool
    total: int | None
    ends: list[str | None]


WritePart = Callable[[Page], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A field of a connection."""

    make: Callable[["Run", Callable[[Any, Any], str]], WritePart]
    names_ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a plan needs while it answers one request."""

    context: Context
    rows: Rows
    variables: Variables

    def sees(self) -> Callable[[str], bool] | None:
        """Tells whether the caller reaches a branch, by its id as text; None when it reaches all."""
        reached = self.context.caller.branch_ids
        if reached is None:
            return None
        return {str(branch_id) for branch_id in reached}.__contains__

    def id_text(self, value: Any) -> str:
        """An id as text."""
        text: str = self.rows.forms.get(Form.ID, str)(value)
        return text

    def write(self, make: MakeWrite, cursor: Callable[[Any, Any], str]) -> Write:
        """The function that makes objects for this caller."""
        return make(self.context.sees_whole_documents(), self.sees(), self.context.report_link, cursor)

    def cursors(self, kind: ListKind[Any, Any, Any], order: Order[Any]) -> Callable[[Any, Any], str]:
        """Makes cursors of the places that rows end with."""
        if cursors_are_sealed(self.context, kind, order):
            return no_cursor
        value_type, instant = kind.values[order.field], self.rows.forms.get(Form.INSTANT)

        def cursor(value: Any, number: int) -> str:
            return encode_cursor(kind.name, order, Cursor(_key_value(value_type, instant, value), number))

        return cursor


def _key_value(value_type: type[KeyValue], instant: Callable[[Any], Any] | None, value: Any) -> KeyValue:
    if value_type is datetime and not isinstance(value, datetime):
        return datetime.fromisoformat(instant(value) if instant else value)
    if value_type is date and not isinstance(value, date):
        return date.fromisoformat(value)
    found: KeyValue = value
    return found


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _in_order(rows: Sequence[Row], window: Window) -> Sequence[Row]:
    page = rows[: window.size]
    return page[::-1] if window.backward else page


def plan_connection(
    selections: Selections,
    functions: Mapping[str, Callable[..., Any]],
    kind: ListKind[Any, Any, Any],
    type_name: str,
    shape: Shape,
    selected: Sequence[SelectionSetNode],
    *,
    outermost: bool,
) -> ConnectionPlan:
    """The plan of a list. Raises Unplanned."""
    writer = Writer(selections=selections, functions=functions)
    expressions: dict[str, str] = {}
    parts: dict[str, Part] = {}
    counts = False
    for each in selections.of(type_name, selected):
        match each.name:
            case "__typename":
                parts[each.key] = _constant(type_name)
            case "nodes":
                expressions[each.key] = writer.record(shape, each.inside)
            case "edges":
                expressions[each.key] = _edge(writer, f"{shape.type}Edge", shape, each.inside)
            case "pageInfo":
                parts[each.key] = _page_info(selections.of("PageInfo", each.inside))
            case "totalCount" if outermost:
                counts = True
                parts[each.key] = Part(make=lambda run, cursor: lambda page: page.total)
            case _:
                raise Unplanned
        parts.setdefault(each.key, _NOT_YET)
    record = plan_record(writer, shape)
    for key, expression in expressions.items():
        parts[key] = _rows(writer.compiled(expression))
    return ConnectionPlan(kind=kind, of=shape.of, record=record, parts=parts, counts=counts)


def plan_record(writer: Writer, shape: Shape) -> RecordPlan:
    """What is read of each record for what the writer has put together."""
    inner = tuple(
        Inner(
            many=many,
            plan=plan_connection(
                writer.selections,
                writer.functions,
                many.kind,
                many.type,
                many.shape(),
                selected.inside,
                outermost=False,
            ),
            arguments=Arguments(writer.selections.field(shape.type, selected.name), selected.nodes[0]),
        )
        for many, selected in writer.inside
    )
    if inner:
        writer.column("id")
    return RecordPlan(columns=tuple(writer.columns), inner=inner)


def _constant(value: str) -> Part:
    return Part(make=lambda run, cursor: lambda page: value)


_NOT_YET = _constant("")


def _rows(make: MakeWrite) -> Part:
    def made(run: Run, cursor: Callable[[Any, Any], str]) -> WritePart:
        write = run.write(make, cursor)
        return lambda page: [write(row, lists) for row, lists in zip(page.rows, page.lists, strict=True)]

    return Part(make=made)


def _edge(writer: Writer, type_name: str, shape: Shape, selected: Sequence[SelectionSetNode]) -> str:
    made = []
    for each in writer.selections.of(type_name, selected):
        match each.name:
            case "__typename":
                made.append(f"{each.key!r}: {type_name!r}")
            case "cursor":
                made.append(f"{each.key!r}: cursor(row[at], row[at + 1])")
            case "node":
                made.append(f"{each.key!r}: {writer.record(shape, each.inside)}")
            case _:
                raise Unplanned
    return "{" + ", ".join(made) + "}"


_PAGE_INFO: Mapping[str, Callable[[Page], Any]] = {
    "__typename": lambda page: "PageInfo",
    "hasNextPage": lambda page: page.more and not page.backward,
    "hasPreviousPage": lambda page: page.more and page.backward,
    "startCursor": lambda page: page.ends[0],
    "endCursor": lambda page: page.ends[1],
}


def _page_info(selected: Sequence[Selected]) -> Part:
    fields = {each.key: _PAGE_INFO[each.name] for each in selected}
    return Part(
        make=lambda run, cursor: lambda page: {key: of(page) for key, of in fields.items()},
        names_ends=any(each.name in ("startCursor", "endCursor") for each in selected),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    """A record that is found by its id. branch: which of its columns tells where it lies."""

    of: ListName
    record: RecordPlan
    make: MakeWrite
    branch: int

    async def find(self, run: "Run", record_id: UUID) -> dict[str, Any] | None:
        """The record's object, or None when it is not there or lies outside the caller's branches."""
        rows = await run.rows.of_ids(self.of, self.record.columns, [record_id])
        sees = run.sees()
        if not rows or (sees is not None and not sees(run.id_text(rows[0][self.branch]))):
            return None
        (lists,) = await self.record.lists_inside(run, rows)
        return run.write(self.make, no_cursor)(rows[0], lists)


def plan_node(
    selections: Selections,
    functions: Mapping[str, Callable[..., Any]],
    shape: Shape,
    selected: Sequence[SelectionSetNode],
) -> NodePlan:
    """The plan of a record found by its id. Raises Unplanned."""
    writer = Writer(selections=selections, functions=functions)
    expression = writer.record(shape, selected)
    writer.column(shape.branch)
    record = plan_record(writer, shape)
    return NodePlan(
        of=shape.of,
        record=record,
        make=writer.compiled(expression),
        branch=record.columns.index(shape.branch),
    )


def no_cursor(value: Any, number: Any) -> str:
    """A cursor that no plan makes: it is sealed anew each time, or there is no list to have a place in. Raises Unplanned."""
    raise Unplanned
