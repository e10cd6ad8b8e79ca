"""What happens when an invoice stops being open: the deadline for clearing its registration starts to run."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.calendar_rules import CLEARING_BUSINESS_DAYS, local_date
from core.domain.errors import InvalidInput, Problem
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.use_cases.record_input import RecordReader
from core.use_cases.visible import get_visible
from ports.business_calendar import BusinessCalendar
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

_ACTIONS = {
    InvoiceStatus.SETTLED: AuditAction.INVOICE_SETTLED,
    InvoiceStatus.CANCELLED: AuditAction.INVOICE_CANCELLED,
    InvoiceStatus.RENEGOTIATED: AuditAction.INVOICE_RENEGOTIATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How an invoice stops being open. on: the local day, None for today. path: the input field that gives it."""

    status: InvoiceStatus
    on: date | None
    path: str
    method: SettlementMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInvoice:
    """Policy.

    - The bureau is never called and the registration stands: clearing it is a decision of its own (dar baixa no boleto
      não dá baixa na negativação). But a live registration gets the last day to have it cleared: five business days from
      full payment (REsp 1.424.792, Súmula STJ 548). A BOLETO is paid when the money arrives, on the next business day.
    - Closing again in the same way answers with the invoice as it is; in any other way it is Conflict INVOICE_NOT_OPEN.
    """

    units_of_work: UnitsOfWork
    calendar: BusinessCalendar
    clock: Clock
    ids: Ids

    async def __call__(self, caller: Caller, invoice_id: UUID, closing: Closing) -> Invoice:
        """Close it and start the deadline, in one transaction."""
        caller.require(Scope.WRITE_RECORDS)
        now = self.clock.now()
        today = local_date(now)
        _require_past(closing, today)
        async with self.units_of_work.begin() as work:
            await work.lock(f"invoice:{invoice_id}")
            invoice = await get_visible(work.invoices, invoice_id, caller, "Invoice", "invoiceId", lock=True)
            if _already(invoice, closing):
                return invoice
            day = closing.on or today
            closed = invoice.closed(closing.status, on=day, method=closing.method, at=now)
            await work.invoices.save(closed)
            await self._start_deadline(work, closed, self._clearing_due_on(day, closing.method))
            await work.audit.add(
                audited(
                    caller,
                    _ACTIONS[closing.status],
                    event_id=self.ids.new(),
                    at=now,
                    record=("Invoice", closed.id),
                    branch_id=closed.branch_id,
                    number=closed.number,
                    on=day.isoformat(),
                    **({"method": closing.method.value} if closing.method else {}),
                )
            )
            return closed

    def _clearing_due_on(self, day: date, method: SettlementMethod | None) -> date:
        paid_on = self.calendar.add_business_days(day, 1) if method is SettlementMethod.BOLETO else day
        return self.calendar.add_business_days(paid_on, CLEARING_BUSINESS_DAYS)

    async def _start_deadline(self, work: UnitOfWork, invoice: Invoice, due_on: date) -> None:
        live = (await work.negativations.live_of_invoices([invoice.id])).get(invoice.id)
        current = await work.negativations.get(live.id, lock=True) if live else None
        if current is not None and current.status.live:
            await work.negativations.save(
                replace(current, clearing_due_on=due_on, updated_at=self.clock.now())
            )


def _require_past(closing: Closing, today: date) -> None:
    if closing.on is None:
        return
    if closing.on > today:
        raise InvalidInput(problems=(Problem((closing.path,), "DATE_IN_FUTURE"),))
    reader = RecordReader()
    reader.day(closing.on, closing.path)
    reader.raise_if_any()


def _already(invoice: Invoice, closing: Closing) -> bool:
    """Whether the invoice was closed in the same way before; without a date, any date is the same."""
    if (invoice.status, invoice.settlement_method) != (closing.status, closing.method):
        return False
    return closing.on is None or invoice.closed_on == closing.on
