"""What every store of records does."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import Field, dataclass, replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

from adapters.memory.paging import page_of
from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.errors import Conflict, DomainError
from core.domain.paging import Cursor, KeyValue, Order, Page, Window


class Numbered(Protocol):
    """A record with an id and a sequential number."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def id(self) -> UUID:
        """What the record is known by."""

    @property
    def number(self) -> int:
        """What people call it by."""


class Known(Numbered, Protocol):
    """A record that an integrator may know by an id of its own."""

    @property
    def external_id(self) -> str | None:
        """The integrator's id."""


RecordT = TypeVar("RecordT", bound=Numbered)
KnownT = TypeVar("KnownT", bound=Known)
FilterT = TypeVar("FilterT")
OrderT = TypeVar("OrderT", bound=Order[Any])


@dataclass(frozen=True, slots=True)
class Unique(Generic[RecordT]):
    """A uniqueness rule: a key (None: the rule does not concern the record) and the error of a second record with it."""

    key: Callable[[RecordT], Hashable | None]
    error: Callable[[RecordT], DomainError]


def external_id_taken(record: Known) -> Conflict:
    """The error of a second record with the same external id."""
    return Conflict(reason="EXTERNAL_ID_TAKEN", params={"externalId": record.external_id or ""})


class Records(ABC, Generic[RecordT, FilterT, OrderT]):
    """A store of one kind of record; a subclass says what it filters and orders by."""

    def __init__(
        self,
        storage: MemoryStorage,
        transaction: Transaction,
        record_type: type[RecordT],
        unique: Sequence[Unique[RecordT]] = (),
    ) -> None:
        self._storage = storage
        self._name = record_type.__name__
        self.table: Table[RecordT] = Table(transaction, self._name, record_type)
        self._unique = unique

    @abstractmethod
    def lets_through(self, record: RecordT, matching: FilterT) -> bool:
        """Whether the filter lets the record through."""

    @abstractmethod
    def order_value(self, record: RecordT, order: OrderT) -> KeyValue:
        """The value that the record is ordered by."""

    async def add(self, record: RecordT) -> RecordT:
        self.table.require_writable()
        if record.id in self.table:
            raise ValueError(f"a second {self._name} with the id {record.id}")
        self._require_unique(record)
        numbered = replace(record, number=self._storage.next_number(self._name))
        self.table.put(record.id, numbered)
        return self._stored(record.id)

    async def save(self, record: RecordT) -> None:
        self.table.require_writable()
        number = self._stored(record.id).number
        self._require_unique(record)
        self.table.put(record.id, replace(record, number=number))

    async def get(self, record_id: UUID, *, lock: bool = False) -> RecordT | None:
        if lock:
            self.table.require_writable()
        return self.table.get(record_id)

    async def get_many(self, ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, RecordT]:
        if lock:
            self.table.require_writable()
        found = ((record_id, self.table.get(record_id)) for record_id in ids)
        return {record_id: record for record_id, record in found if record is not None}

    async def page(self, matching: FilterT, order: OrderT, window: Window) -> Page[RecordT]:
        def cursor(record: RecordT) -> Cursor:
            return Cursor(self.order_value(record, order), record.number)

        return page_of(self._matching(matching), cursor, order, window)

    async def count(self, matching: FilterT) -> int:
        return len(self._matching(matching))

    async def pages(self, matching: Sequence[FilterT], order: OrderT, window: Window) -> list[Page[RecordT]]:
        return [await self.page(each, order, window) for each in matching]

    async def counts(self, matching: Sequence[FilterT]) -> list[int]:
        return [await self.count(each) for each in matching]

    def _matching(self, matching: FilterT) -> list[RecordT]:
        return [record for record in self.table.all() if self.lets_through(record, matching)]

    def _stored(self, record_id: UUID) -> RecordT:
        record = self.table.get(record_id)
        if record is None:
            raise LookupError(f"no {self._name} with the id {record_id}")
        return record

    def _require_unique(self, record: RecordT) -> None:
        for rule in self._unique:
            key = rule.key(record)
            if key is not None and any(
                rule.key(other) == key for other in self.table.all() if other.id != record.id
            ):
                raise rule.error(record)


class KnownRecords(Records[KnownT, FilterT, OrderT]):
    """A store of records that an integrator may know by ids of its own."""

    def __init__(
        self,
        storage: MemoryStorage,
        transaction: Transaction,
        record_type: type[KnownT],
        unique: Sequence[Unique[KnownT]] = (),
    ) -> None:
        taken: Unique[KnownT] = Unique(lambda record: record.external_id, external_id_taken)
        super().__init__(storage, transaction, record_type, (taken, *unique))

    async def by_external_ids(self, external_ids: Collection[str]) -> dict[str, KnownT]:
        wanted = set(external_ids)
        return {
            record.external_id: record
            for record in self.table.all()
            if record.external_id is not None and record.external_id in wanted
        }
