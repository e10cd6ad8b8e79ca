"""Customers, leads, prospects and invoices."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import Executable, Integer, bindparam, select
from sqlmodel import col

from adapters.sql.conditions import (
    Conditions,
    between_days,
    is_just,
    name_part,
    numbered,
    one_of,
    shaped,
)
from adapters.sql.mapping.people import (
    customer_of,
    customer_row,
    invoice_of,
    invoice_row,
    lead_of,
    lead_row,
    prospect_of,
    prospect_row,
)
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import KnownRecords
from adapters.sql.tables import CustomerRow, InvoiceRow, LeadRow, ProspectRow
from adapters.sql.work import Work
from core.domain.invoice import Invoice
from core.domain.listing import InvoiceFilter, InvoiceOrder, PersonFilter, PersonOrder
from core.domain.paging import Order
from core.domain.subjects import Customer, Lead, Prospect
from ports.stores import Customers, Invoices, Leads, Prospects

PersonT = TypeVar("PersonT", bound=Customer | Lead | Prospect)
PersonRowT = TypeVar("PersonRowT", bound=CustomerRow | LeadRow | ProspectRow)


class People(KnownRecords[PersonT, PersonRowT, PersonFilter, Order[PersonOrder]]):
    """What customers, leads and prospects have in common."""

    def conditions(self, matching: PersonFilter) -> Conditions:
        row = self._row_type
        return [
            *one_of(col(row.branch_id), matching.branch_ids),
            *name_part(col(row.name_folded), matching.search),
            *is_just(col(row.document), matching.document),
            *is_just(col(row.external_id), matching.external_id),
        ]

    def keyset(self, order: Order[PersonOrder]) -> Keyset:
        column = "name_folded" if order.field is PersonOrder.NAME else "number"
        return Keyset(self._row_type, column, order.direction)


class SqlCustomers(People[Customer, CustomerRow], Customers):
    """The customers."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, CustomerRow, customer_row, customer_of)


class SqlLeads(People[Lead, LeadRow], Leads):
    """The leads."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, LeadRow, lead_row, lead_of)


class SqlProspects(People[Prospect, ProspectRow], Prospects):
    """The prospects."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, ProspectRow, prospect_row, prospect_of)


class SqlInvoices(KnownRecords[Invoice, InvoiceRow, InvoiceFilter, Order[InvoiceOrder]], Invoices):
    """The invoices."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, InvoiceRow, invoice_row, invoice_of)

    def conditions(self, matching: InvoiceFilter) -> Conditions:
        return [
            *one_of(col(InvoiceRow.branch_id), matching.branch_ids),
            *is_just(col(InvoiceRow.customer_id), matching.customer_id),
            *one_of(col(InvoiceRow.status), matching.status),
            *between_days(col(InvoiceRow.due_on), matching.due_from, matching.due_to),
            *is_just(col(InvoiceRow.external_id), matching.external_id),
        ]

    async def numbered(self, matching: InvoiceFilter, after: int, limit: int) -> list[tuple[int, UUID]]:
        number, conditions = col(InvoiceRow.number), self.conditions(matching)

        def make() -> Executable:
            beyond = number > bindparam("after")
            chosen = select(number, col(InvoiceRow.id)).where(*shaped(conditions), beyond)
            return chosen.order_by(number).limit(bindparam("limit", type_=Integer()))

        values = numbered(value for condition in conditions for value in condition.values)
        shapes = tuple(condition.shape for condition in conditions)
        return await self._work.remembered(
            ("numbered", shapes), make, {**values, "after": after, "limit": limit}
        )

    def keyset(self, order: Order[InvoiceOrder]) -> Keyset:
        column = "due_on" if order.field is InvoiceOrder.DUE_ON else "number"
        return Keyset(InvoiceRow, column, order.direction)
