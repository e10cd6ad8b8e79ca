"""Registrations and their history in memory."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from uuid import UUID

from adapters.memory.records import Records, Unique
from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.bureau import Environment
from core.domain.calendar_rules import local_date
from core.domain.errors import Conflict
from core.domain.listing import (
    ClearingTaskFilter,
    ClearingTaskOrder,
    NegativationFilter,
    NegativationOrder,
)
from core.domain.money import ZERO
from core.domain.negativation import HistoryEntry, Negativation, NegativationTotals
from core.domain.paging import KeyValue, Order, Page, Window
from ports.stores import ClearingTasks, Negativations


class MemoryNegativations(Records[Negativation, NegativationFilter, Order[NegativationOrder]], Negativations):
    """The registrations."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        unique = (
            Unique(_live_invoice, _live),
            Unique(_live_debt, _live),
            Unique(lambda record: record.inclusion_key, _generation_taken),
        )
        super().__init__(storage, transaction, Negativation, unique)
        self._history = Table(transaction, HistoryEntry.__name__, tuple[UUID, HistoryEntry])

    def lets_through(self, record: Negativation, matching: NegativationFilter) -> bool:
        day = local_date(record.created_at)
        return (
            (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and (matching.status is None or record.status in matching.status)
            and matching.form in (None, record.form)
            and matching.environment in (None, record.environment)
            and matching.customer_id in (None, record.customer_id)
            and matching.invoice_id in (None, record.invoice_id)
            and matching.integration_id in (None, record.integration_id)
            and matching.debtor_document in (None, record.debtor.document.number)
            and (matching.created_from is None or matching.created_from <= day)
            and (matching.created_to is None or day <= matching.created_to)
            and (not matching.clearing_due or record.awaits_clearing)
        )

    def order_value(self, record: Negativation, order: Order[NegativationOrder]) -> KeyValue:
        values: dict[NegativationOrder, KeyValue] = {
            NegativationOrder.NUMBER: record.number,
            NegativationOrder.CREATED_AT: record.created_at,
            NegativationOrder.UPDATED_AT: record.updated_at,
        }
        return values[order.field]

    async def live_of_invoices(self, invoice_ids: Collection[UUID]) -> dict[UUID, Negativation]:
        wanted = set(invoice_ids)
        return {record.invoice_id: record for record in self._live_ones() if record.invoice_id in wanted}

    async def live_among(self, invoice_ids: Collection[UUID]) -> set[UUID]:
        return {record.invoice_id for record in self._live_ones()} & set(invoice_ids)

    async def live_contracts(
        self, debts: Collection[tuple[str, str]], environment: Environment
    ) -> set[tuple[str, str]]:
        here = (record for record in self._live_ones() if record.environment is environment)
        return {(record.debtor.document.number, record.contract) for record in here} & set(debts)

    async def add_many(self, records: Sequence[Negativation]) -> list[int]:
        return [(await self.add(record)).number for record in records]

    async def latest_of_invoices(self, invoice_ids: Collection[UUID]) -> dict[UUID, Negativation]:
        wanted = set(invoice_ids)
        found = sorted(self.table.all(), key=lambda record: record.generation)
        return {record.invoice_id: record for record in found if record.invoice_id in wanted}

    async def by_inclusion_keys(self, keys: Collection[str]) -> dict[str, Negativation]:
        self.table.require_writable()
        wanted = set(keys)
        return {record.inclusion_key: record for record in self.table.all() if record.inclusion_key in wanted}

    async def add_history(self, entries: Mapping[UUID, Sequence[HistoryEntry]]) -> None:
        self.table.require_writable()
        for negativation_id, of_one in entries.items():
            for entry in of_one:
                number = self._storage.next_number(HistoryEntry.__name__)
                self._history.put(number, (negativation_id, entry))

    async def histories(self, negativation_ids: Collection[UUID]) -> dict[UUID, list[HistoryEntry]]:
        found: dict[UUID, list[HistoryEntry]] = {record_id: [] for record_id in negativation_ids}
        for negativation_id, entry in self._history.all():
            if negativation_id in found:
                found[negativation_id].append(entry)
        return found

    async def totals(self, matching: Sequence[NegativationFilter]) -> list[NegativationTotals]:
        return [self._totals(each) for each in matching]

    def _totals(self, matching: NegativationFilter) -> NegativationTotals:
        found = self._matching(matching)
        return NegativationTotals(
            count=len(found),
            amount=sum((record.amount for record in found), ZERO),
            live=sum(record.status.live for record in found),
        )

    async def count_live(self, integration_id: UUID) -> int:
        return sum(record.integration_id == integration_id for record in self._live_ones())

    def _live_ones(self) -> list[Negativation]:
        return [record for record in self.table.all() if record.status.live]


class _Tasks(Records[Negativation, ClearingTaskFilter, Order[ClearingTaskOrder]]):
    def lets_through(self, record: Negativation, matching: ClearingTaskFilter) -> bool:
        return (
            record.awaits_clearing
            and (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.form in (None, record.form)
        )

    def order_value(self, record: Negativation, order: Order[ClearingTaskOrder]) -> KeyValue:
        if record.clearing_due_on is None:
            raise LookupError("a registration without a deadline awaits no clearing")
        return record.clearing_due_on


class MemoryClearingTasks(ClearingTasks):
    """The registrations that somebody must clear: a list alone."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        self._tasks = _Tasks(storage, transaction, Negativation)

    async def page(
        self, matching: ClearingTaskFilter, order: Order[ClearingTaskOrder], window: Window
    ) -> Page[Negativation]:
        return await self._tasks.page(matching, order, window)

    async def count(self, matching: ClearingTaskFilter) -> int:
        return await self._tasks.count(matching)


def _live_invoice(record: Negativation) -> Hashable | None:
    return record.invoice_id if record.status.live else None


def _live_debt(record: Negativation) -> Hashable | None:
    if not record.status.live:
        return None
    return (record.environment, record.debtor.document.number, record.contract)


def _live(record: Negativation) -> Conflict:
    return Conflict(reason="NEGATIVATION_LIVE")


def _generation_taken(record: Negativation) -> Conflict:
    return Conflict(reason="GENERATION_TAKEN")
