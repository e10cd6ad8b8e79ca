"""Replace an invoice by an agreement (renegociar boleto)."""

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
from core.use_cases.renegotiate_invoice import RenegotiateInvoiceCommand


@strawberry.input(description="What renegotiateInvoice wants to know (dados da renegociação).")
class RenegotiateInvoiceInput:
    invoice_id: strawberry.ID = strawberry.field(description="The invoice (boleto).")
    renegotiated_on: date | None = strawberry.field(
        default=None, description="The day of the agreement; today unless given (data da renegociação)."
    )


@strawberry.type(description="The invoice is renegotiated (boleto renegociado).")
class RenegotiateInvoiceSuccess:
    invoice: Invoice = strawberry.field(description="The invoice, renegotiated (boleto).")


RenegotiateInvoiceResult = Annotated[
    RenegotiateInvoiceSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("RenegotiateInvoiceResult", description="What came of renegotiateInvoice (resultado)."),
]


@mutation(
    "Notes that an invoice was replaced by an agreement (renegociar boleto). This never calls the bureau: a live negativation stays until it is cleared, and gets its legal deadline in `clearingDueOn`.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def renegotiate_invoice(
    info: Info,
    data: Annotated[
        RenegotiateInvoiceInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> RenegotiateInvoiceResult:
    reader = InputReader()
    invoice_id = reader.id("Invoice", data.invoice_id, "invoiceId")
    reader.raise_if_any()
    done = await info.context.use_cases.renegotiate_invoice(
        RenegotiateInvoiceCommand(
            caller=info.context.caller, invoice_id=invoice_id, renegotiated_on=data.renegotiated_on
        )
    )
    return RenegotiateInvoiceSuccess(invoice=Invoice.of(done))
