"""Note that an invoice was paid (receber boleto). This never calls the bureau."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.domain.access import Caller
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.use_cases.close_invoice import CloseInvoice, Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleInvoiceCommand:
    """settled_on: the local day of payment, None for today."""

    caller: Caller
    invoice_id: UUID
    method: SettlementMethod
    settled_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleInvoice:
    """Policy: see CloseInvoice.

    Raises NotFound, InvalidInput (DATE_IN_FUTURE, DATE_OUT_OF_RANGE at `settledOn`), Conflict INVOICE_NOT_OPEN.
    """

    close: CloseInvoice

    async def __call__(self, command: SettleInvoiceCommand) -> Invoice:
        """Settle it; the same again changes nothing."""
        closing = Closing(
            status=InvoiceStatus.SETTLED, on=command.settled_on, path="settledOn", method=command.method
        )
        return await self.close(command.caller, command.invoice_id, closing)
