"""Withdraw an invoice that is not owed (cancelar boleto). This never calls the bureau."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.domain.access import Caller
from core.domain.invoice import Invoice, InvoiceStatus
from core.use_cases.close_invoice import CloseInvoice, Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInvoiceCommand:
    """cancelled_on: the local day on which it was withdrawn, None for today."""

    caller: Caller
    invoice_id: UUID
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelInvoice:
    """Policy: see CloseInvoice.

    Raises NotFound, InvalidInput (DATE_IN_FUTURE, DATE_OUT_OF_RANGE at `cancelledOn`), Conflict INVOICE_NOT_OPEN.
    """

    close: CloseInvoice

    async def __call__(self, command: CancelInvoiceCommand) -> Invoice:
        """Cancel it; the same again changes nothing."""
        closing = Closing(status=InvoiceStatus.CANCELLED, on=command.cancelled_on, path="cancelledOn")
        return await self.close(command.caller, command.invoice_id, closing)
