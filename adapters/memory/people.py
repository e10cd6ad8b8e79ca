"""Customers, leads, prospects and invoices in memory."""

from typing import TypeVar
from uuid import UUID

from adapters.memory.records import KnownRecords
from adapters.memory.storage import MemoryStorage, Transaction
from core.domain.invoice import Invoice
from core.domain.listing import InvoiceFilter, InvoiceOrder, PersonFilter, PersonOrder
from core.domain.paging import KeyValue, Order
from core.domain.subjects import Customer, Lead, Prospect
from core.domain.text import folded
from ports.stores import Customers, Invoices, Leads, Prospects

PersonT = TypeVar("PersonT", bound=Customer | Lead | Prospect)


class People(KnownRecords[PersonT, PersonFilter, Order[PersonOrder]]):
    """What customers, leads and prospects have in common."""

    def lets_through(self, record: PersonT, matching: PersonFilter) -> bool:
        document = record.document.number if record.document is not None else None
        return (
            (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and (matching.search is None or folded(matching.search) in folded(record.name))
            and matching.document in (None, document)
            and matching.external_id in (None, record.external_id)
        )

    def order_value(self, record: PersonT, order: Order[PersonOrder]) -> KeyValue:
        return folded(record.name) if order.field is PersonOrder.NAME else record.number


class MemoryCustomers(People[Customer], Customers):
    """The customers."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Customer)


class MemoryLeads(People[Lead], Leads):
    """The leads."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Lead)


class MemoryProspects(People[Prospect], Prospects):
    """The prospects."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Prospect)


class MemoryInvoices(KnownRecords[Invoice, InvoiceFilter, Order[InvoiceOrder]], Invoices):
    """The invoices."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Invoice)

    def lets_through(self, record: Invoice, matching: InvoiceFilter) -> bool:
        return (
            (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.customer_id in (None, record.customer_id)
            and (matching.status is None or record.status in matching.status)
            and (matching.due_from is None or matching.due_from <= record.due_on)
            and (matching.due_to is None or record.due_on <= matching.due_to)
            and matching.external_id in (None, record.external_id)
        )

    async def numbered(self, matching: InvoiceFilter, after: int, limit: int) -> list[tuple[int, UUID]]:
        found = sorted((record.number, record.id) for record in self._matching(matching))
        return [each for each in found if each[0] > after][:limit]

    def order_value(self, record: Invoice, order: Order[InvoiceOrder]) -> KeyValue:
        return record.due_on if order.field is InvoiceOrder.DUE_ON else record.number
