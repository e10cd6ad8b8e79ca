"""The collection routine's parameters, runs and decisions in memory."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from adapters.memory.records import Records, Unique
from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.branch import Branch
from core.domain.bureau import Environment
from core.domain.collection import CollectionDecision, CollectionItem, CollectionParameters, CollectionRun
from core.domain.errors import Conflict
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.listing import CollectionItemFilter, CollectionOrder, CollectionRunFilter
from core.domain.paging import KeyValue, Order, Page, Window
from core.domain.subjects import Customer
from ports.stores import CollectionItems, CollectionRuns, CollectionSettings


class MemoryCollectionSettings(CollectionSettings):
    """The parameters, by branch; the company's are those of no branch."""

    def __init__(self, transaction: Transaction) -> None:
        self._table = Table(transaction, CollectionParameters.__name__, CollectionParameters)

    async def of(self, branch_ids: Collection[UUID]) -> dict[UUID | None, CollectionParameters]:
        found = ((branch_id, self._table.get(branch_id)) for branch_id in (None, *branch_ids))
        return {branch_id: saved for branch_id, saved in found if saved is not None}

    async def save(self, parameters: CollectionParameters) -> None:
        self._table.put(parameters.branch_id, parameters)


class MemoryCollectionRuns(
    Records[CollectionRun, CollectionRunFilter, Order[CollectionOrder]], CollectionRuns
):
    """The runs."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, CollectionRun, (Unique(_real_date, _run_exists),))

    def lets_through(self, record: CollectionRun, matching: CollectionRunFilter) -> bool:
        return (
            (matching.run_from is None or matching.run_from <= record.run_date)
            and (matching.run_to is None or record.run_date <= matching.run_to)
            and matching.dry_run in (None, record.dry_run)
        )

    def order_value(self, record: CollectionRun, order: Order[CollectionOrder]) -> KeyValue:
        return record.number

    async def of_date(self, run_date: date) -> CollectionRun | None:
        return next((run for run in self.table.all() if _real_date(run) == run_date), None)


class _Items(Records[CollectionItem, CollectionItemFilter, Order[CollectionOrder]]):
    def lets_through(self, record: CollectionItem, matching: CollectionItemFilter) -> bool:
        return (
            record.run_id == matching.run_id
            and (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.decision in (None, record.decision)
        )

    def order_value(self, record: CollectionItem, order: Order[CollectionOrder]) -> KeyValue:
        return record.number


class MemoryCollectionItems(CollectionItems):
    """The decisions: a store of records without the ways to change one."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        self._items = _Items(storage, transaction, CollectionItem)
        self._customers = Table(transaction, Customer.__name__, Customer)
        self._invoices = Table(transaction, Invoice.__name__, Invoice)
        self._branches = Table(transaction, Branch.__name__, Branch)
        self._integrations = Table(transaction, Integration.__name__, Integration)

    async def add(self, items: Sequence[CollectionItem]) -> None:
        self._items.table.require_writable()
        for item in items:
            await self._items.add(item)

    async def registered_contracts(
        self, run_id: UUID, environment: Environment, debts: Collection[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        found = set()
        for item in self._items.table.all():
            if item.run_id != run_id or item.decision is not CollectionDecision.REGISTERED:
                continue
            invoice, branch = self._invoices.get(item.invoice_id), self._branches.get(item.branch_id)
            customer = invoice and self._customers.get(invoice.customer_id)
            integration = branch and self._integrations.get(branch.integration_id)
            if not invoice or not customer or not integration or integration.environment is not environment:
                continue
            if invoice.contract_number is not None:
                found.add((customer.document.number, invoice.contract_number))
        return found & set(debts)

    async def page(
        self, matching: CollectionItemFilter, order: Order[CollectionOrder], window: Window
    ) -> Page[CollectionItem]:
        return await self._items.page(matching, order, window)

    async def count(self, matching: CollectionItemFilter) -> int:
        return await self._items.count(matching)

    async def pages(
        self, matching: Sequence[CollectionItemFilter], order: Order[CollectionOrder], window: Window
    ) -> list[Page[CollectionItem]]:
        return await self._items.pages(matching, order, window)

    async def counts(self, matching: Sequence[CollectionItemFilter]) -> list[int]:
        return await self._items.counts(matching)


def _real_date(run: CollectionRun) -> date | None:
    return None if run.dry_run else run.run_date


def _run_exists(run: CollectionRun) -> Conflict:
    return Conflict(reason="COLLECTION_RUN_EXISTS", params={"date": run.run_date.isoformat()})
