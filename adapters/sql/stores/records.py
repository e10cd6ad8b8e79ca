"""What every store of records does."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import repeat
from operator import itemgetter
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal, select, union_all
from sqlmodel import col

from adapters.sql.conditions import Conditions, clauses
from adapters.sql.paging import Keyset, page_of
from adapters.sql.tables.base import KnownRow, RecordRow
from adapters.sql.work import Errors, Work
from core.domain.errors import Conflict, DomainError
from core.domain.paging import Cursor, Order, Page, Window

RecordT = TypeVar("RecordT")
RowT = TypeVar("RowT", bound=RecordRow)
KnownRowT = TypeVar("KnownRowT", bound=KnownRow)
FilterT = TypeVar("FilterT")
OrderT = TypeVar("OrderT", bound=Order[Any])


class Records(ABC, Generic[RecordT, RowT, FilterT, OrderT]):
    """A store of one kind of record; a subclass says how it maps, filters, orders, and what makes records collide.

    kept: they are few and read over and over, as `Work.record` wants them.
    """

    kept: ClassVar[bool] = False

    def __init__(
        self,
        work: Work,
        row_type: type[RowT],
        to_row: Callable[[RecordT], RowT],
        to_record: Callable[[RowT], RecordT],
    ) -> None:
        self._work = work
        self._row_type = row_type
        self._to_row = to_row
        self._to_record = to_record

    @abstractmethod
    def conditions(self, matching: FilterT) -> Conditions:
        """What the filter demands."""

    @abstractmethod
    def keyset(self, order: OrderT) -> Keyset:
        """The column to order by."""

    def errors(self, row: RowT) -> Errors:
        """What violations of unique indexes mean for this row."""
        return {}

    async def add(self, record: RecordT) -> RecordT:
        row = self._to_row(record)
        vars(row)["number"] = await self._work.insert(row, self.errors(row))
        return self._to_record(row)

    async def save(self, record: RecordT) -> None:
        row = self._to_row(record)
        if self.kept:
            self._work.forget(self._to_record, row.id)
        await self._work.replace(row, self.errors(row))

    async def get(self, record_id: UUID, *, lock: bool = False) -> RecordT | None:
        statement = _by_id(self._row_type)
        if self.kept:
            return await self._work.record(statement, self._to_record, lock=lock, id=record_id)
        return self._maybe(await self._work.row(statement, lock=lock, id=record_id))

    async def get_many(self, ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, RecordT]:
        if self.kept and len(ids) == 1:
            (record_id,) = ids
            record = await self.get(record_id, lock=lock)
            return {} if record is None else {record_id: record}
        rows = await self._work.among(self._row_type, col(self._row_type.id), ids, lock=lock)
        return {row.id: self._to_record(row) for row in rows}

    async def page(self, matching: FilterT, order: OrderT, window: Window) -> Page[RecordT]:
        keyset = self.keyset(order)
        rows = await self._work.all(keyset.page(select(self._row_type), self.conditions(matching), window))
        return page_of([(self._to_record(row), keyset.cursor(row)) for row in rows], window)

    async def count(self, matching: FilterT) -> int:
        statement = select(func.count()).select_from(self._row_type)
        return await self._work.scalar(statement.where(*clauses(self.conditions(matching))))

    async def pages(self, matching: Sequence[FilterT], order: OrderT, window: Window) -> list[Page[RecordT]]:
        if not matching:
            return []
        keyset, every = self.keyset(order), padded(matching)
        statement = keyset.pages(select(self._row_type), [self.conditions(each) for each in every], window)
        found: list[list[tuple[RecordT, Cursor]]] = [[] for _ in every]
        for row, place in await self._work.placed(statement):
            found[place].append((self._to_record(row), keyset.cursor(row)))
        return [page_of(records, window) for records in found[: len(matching)]]

    async def counts(self, matching: Sequence[FilterT]) -> list[int]:
        if not matching:
            return []
        totals = (
            select(func.count()).select_from(self._row_type).where(*clauses(self.conditions(each)))
            for each in padded(matching)
        )
        found = await self._work.figures(select(*(total.scalar_subquery() for total in totals)))
        return list(found[: len(matching)])

    async def sums(self, matching: Sequence[FilterT], *figures: ColumnElement[Any]) -> list[tuple[Any, ...]]:
        """The figures of what each of the filters lets through, by one query."""
        if not matching:
            return []
        parts = (
            select(literal(place, Integer).label("place"), *figures)
            .select_from(self._row_type)
            .where(*clauses(self.conditions(each)))
            for place, each in enumerate(matching)
        )
        found = await self._work.connection.execute(union_all(*parts))
        return [tuple(figures) for _, *figures in sorted(found, key=itemgetter(0))]

    def _maybe(self, row: RowT | None) -> RecordT | None:
        return None if row is None else self._to_record(row)


@cache
def _by_id(row_type: type[RowT]) -> Select[RowT]:
    return select(row_type).where(col(row_type.id) == bindparam("id"))


def padded(filters: Sequence[FilterT]) -> list[FilterT]:
    """The filters, the last one repeated up to a power of two.

    A statement is put together anew for each number of filters, which takes longer than running it; so there are few.
    """
    size = 1 << (len(filters) - 1).bit_length()
    return [*filters, *repeat(filters[-1], size - len(filters))]


class KnownRecords(Records[RecordT, KnownRowT, FilterT, OrderT]):
    """A store of records that an integrator may know by ids of its own."""

    def errors(self, row: KnownRowT) -> Errors:
        if row.external_id is None:
            return {}
        return {f"uq_{row.__tablename__}_external_id": lambda: _external_id_taken(row)}

    async def by_external_ids(self, external_ids: Collection[str]) -> dict[str, RecordT]:
        column = col(self._row_type.external_id)
        rows = await self._work.among(self._row_type, column, external_ids)
        return {row.external_id: self._to_record(row) for row in rows if row.external_id is not None}


def _external_id_taken(row: KnownRow) -> DomainError:
    return Conflict(reason="EXTERNAL_ID_TAKEN", params={"externalId": row.external_id or ""})
