"""Note that an invoice was paid (receber boleto)."""

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
from core.domain.invoice import SettlementMethod
from core.use_cases.settle_invoice import SettleInvoiceCommand


@strawberry.input(description="What settleInvoice wants to know (dados do recebimento).")
class SettleInvoiceInput:
    invoice_id: strawberry.ID = strawberry.field(description="The invoice (boleto).")
    method: SettlementMethod = strawberry.field(description="How it was paid (forma de recebimento).")
    settled_on: date | None = strawberry.field(
        default=None, description="The day of payment; today unless given (data do recebimento)."
    )


@strawberry.type(description="The invoice is settled (boleto recebido).")
class SettleInvoiceSuccess:
    invoice: Invoice = strawberry.field(description="The invoice, settled (boleto).")


SettleInvoiceResult = Annotated[
    SettleInvoiceSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("SettleInvoiceResult", description="What came of settleInvoice (resultado)."),
]


@mutation(
    "Notes that an invoice was paid (receber boleto). This never calls the bureau: a live negativation stays until it is cleared, and gets its legal deadline in `clearingDueOn`.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def settle_invoice(
    info: Info,
    data: Annotated[
        SettleInvoiceInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> SettleInvoiceResult:
    reader = InputReader()
    invoice_id = reader.id("Invoice", data.invoice_id, "invoiceId")
    reader.raise_if_any()
    done = await info.context.use_cases.settle_invoice(
        SettleInvoiceCommand(
            caller=info.context.caller, invoice_id=invoice_id, method=data.method, settled_on=data.settled_on
        )
    )
    return SettleInvoiceSuccess(invoice=Invoice.of(done))
