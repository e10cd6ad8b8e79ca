"""Replace an invoice by an agreement (renegociar boleto). This never calls the bureau."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.domain.access import Caller
from core.domain.invoice import Invoice, InvoiceStatus
from core.use_cases.close_invoice import CloseInvoice, Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class RenegotiateInvoiceCommand:
    """renegotiated_on: the local day on which it was replaced by the agreement, None for today."""

    caller: Caller
    invoice_id: UUID
    renegotiated_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenegotiateInvoice:
    """Policy: see CloseInvoice.

    Raises NotFound, InvalidInput (DATE_IN_FUTURE, DATE_OUT_OF_RANGE at `renegotiatedOn`), Conflict INVOICE_NOT_OPEN.
    """

    close: CloseInvoice

    async def __call__(self, command: RenegotiateInvoiceCommand) -> Invoice:
        """Renegotiate it; the same again changes nothing."""
        closing = Closing(
            status=InvoiceStatus.RENEGOTIATED, on=command.renegotiated_on, path="renegotiatedOn"
        )
        return await self.close(command.caller, command.invoice_id, closing)
