"""All that is held of one person or company, by its document."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from core.domain.access import Caller
from core.domain.audit import AuditAction, AuditEvent, audited
from core.domain.consultation import Consultation
from core.domain.documents import Document
from core.domain.invoice import Invoice
from core.domain.listing import (
    ConsultationFilter,
    ConsultationOrderField,
    InvoiceFilter,
    InvoiceOrder,
    MonitorFilter,
    MonitorOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.monitoring import Monitor
from core.domain.negativation import Negativation
from core.domain.paging import Direction, Order, Window
from core.domain.subjects import Customer, Lead, Prospect
from ports.stores import Listing
from ports.unit_of_work import UnitOfWork

RecordT = TypeVar("RecordT")
FilterT = TypeVar("FilterT")
OrderT = TypeVar("OrderT")

_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRecords:
    """The records with that document, and those of its customers; oldest first."""

    customers: list[Customer]
    leads: list[Lead]
    prospects: list[Prospect]
    invoices: list[Invoice]
    consultations: list[Consultation]
    negativations: list[Negativation]
    monitors: list[Monitor]

    @property
    def ids(self) -> list[UUID]:
        """The ids of all of them."""
        return [
            *(each.id for each in self.customers),
            *(each.id for each in self.leads),
            *(each.id for each in self.prospects),
            *(each.id for each in self.invoices),
            *(each.id for each in self.consultations),
            *(each.id for each in self.negativations),
            *(each.id for each in self.monitors),
        ]


async def subject_records(work: UnitOfWork, document: Document) -> SubjectRecords:
    """Everything in every branch."""
    number = document.number
    person, by_number = PersonFilter(document=number), Order(PersonOrder.NUMBER, Direction.ASC)
    customers = [each async for each in everything(work.customers, person, by_number)]
    invoices: list[Invoice] = []
    negativations: dict[int, Negativation] = {}
    wanted = [NegativationFilter(debtor_document=number)]
    for customer in customers:
        of_customer = InvoiceFilter(customer_id=customer.id)
        in_order = Order(InvoiceOrder.NUMBER, Direction.ASC)
        invoices += [each async for each in everything(work.invoices, of_customer, in_order)]
        wanted.append(NegativationFilter(customer_id=customer.id))
    for matching in wanted:
        registered = Order(NegativationOrder.NUMBER, Direction.ASC)
        async for negativation in everything(work.negativations, matching, registered):
            negativations[negativation.number] = negativation
    asked = Order(ConsultationOrderField.NUMBER, Direction.ASC)
    watched = MonitorFilter(document=number, stopped=True)
    return SubjectRecords(
        customers=customers,
        leads=[each async for each in everything(work.leads, person, by_number)],
        prospects=[each async for each in everything(work.prospects, person, by_number)],
        invoices=invoices,
        consultations=[
            each async for each in everything(work.consultations, ConsultationFilter(document=number), asked)
        ],
        negativations=[negativations[key] for key in sorted(negativations)],
        monitors=[
            each
            async for each in everything(work.monitors, watched, Order(MonitorOrder.NUMBER, Direction.ASC))
        ],
    )


def subject_event(
    caller: Caller,
    action: AuditAction,
    *,
    event_id: UUID,
    at: datetime,
    subject: str,
    **counts: int,
) -> AuditEvent:
    """What the trail says of a person's request. subject: a keyed digest of the document, which itself is not kept there."""
    about = ("Subject", None)
    return audited(
        caller, action, event_id=event_id, at=at, record=about, branch_id=None, subject=subject, **counts
    )


async def everything(
    listing: Listing[RecordT, FilterT, OrderT], matching: FilterT, order: OrderT
) -> AsyncIterator[RecordT]:
    """Every record that the filter lets through, read a page at a time."""
    window = Window(size=_AT_ONCE)
    while True:
        page = await listing.page(matching, order, window)
        for edge in page.edges:
            yield edge.record
        if not page.has_next:
            return
        window = Window(size=_AT_ONCE, after=page.edges[-1].cursor)
