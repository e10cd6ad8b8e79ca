"""Withdraw an invoice (cancelar boleto)."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.invoice import Invoice
from core.domain.access import Scope
from core.use_cases.cancel_invoice import CancelInvoiceCommand


@strawberry.input(description="What cancelInvoice wants to know (dados do cancelamento).")
class CancelInvoiceInput:
    invoice_id: strawberry.ID = strawberry.field(description="The invoice (boleto).")
    cancelled_on: date | None = strawberry.field(
        default=None, description="The day it was withdrawn; today unless given (data do cancelamento)."
    )


@strawberry.type(description="The invoice is cancelled (boleto cancelado).")
class CancelInvoiceSuccess:
    invoice: Invoice = strawberry.field(description="The invoice, cancelled (boleto).")


CancelInvoiceResult = Annotated[
    CancelInvoiceSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("CancelInvoiceResult", description="What came of cancelInvoice (resultado)."),
]


@mutation(
    "Withdraws an invoice that is not owed (cancelar boleto). This never calls the bureau: a live negativation stays until it is cleared, and gets its legal deadline in `clearingDueOn`.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def cancel_invoice(
    info: Info,
    data: Annotated[
        CancelInvoiceInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CancelInvoiceResult:
    reader = InputReader()
    invoice_id = reader.id("Invoice", data.invoice_id, "invoiceId")
    reader.raise_if_any()
    done = await info.context.use_cases.cancel_invoice(
        CancelInvoiceCommand(
            caller=info.context.caller, invoice_id=invoice_id, cancelled_on=data.cancelled_on
        )
    )
    return CancelInvoiceSuccess(invoice=Invoice.of(done))
