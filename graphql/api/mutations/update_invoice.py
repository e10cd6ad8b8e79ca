"""Change an invoice (editar boleto)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, change
from api.permissions import needs
from api.types.invoice import Invoice
from core.domain.access import Scope
from core.use_cases.save_invoice import InvoiceChanges, UpdateInvoiceCommand


@strawberry.input(description="What is to change at an invoice (alterações do boleto).")
class UpdateInvoiceInput:
    invoice_id: strawberry.ID = strawberry.field(description="The invoice (boleto).")
    amount: strawberry.Maybe[Decimal] = strawberry.field(description="What is owed, in reais (valor).")
    issued_on: strawberry.Maybe[date] = strawberry.field(description="When it was issued (emissão).")
    due_on: strawberry.Maybe[date] = strawberry.field(description="When it is to be paid (vencimento).")
    contract_number: strawberry.Maybe[str | None] = strawberry.field(
        description="What names the debt at the bureau: up to 16 of 0-9 A-Z / - . space (número do contrato)."
    )
    contract_rescinded_on: strawberry.Maybe[date | None] = strawberry.field(
        description="When the service contract was rescinded (rescisão do contrato)."
    )
    external_id: strawberry.Maybe[str | None] = strawberry.field(
        description="The integrator's own id, unique among invoices (código externo)."
    )


@strawberry.type(description="The invoice was changed (boleto alterado).")
class UpdateInvoiceSuccess:
    invoice: Invoice = strawberry.field(description="The invoice after the change (boleto).")


UpdateInvoiceResult = Annotated[
    UpdateInvoiceSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("UpdateInvoiceResult", description="What came of updateInvoice (resultado)."),
]


@mutation(
    "Changes an invoice (editar boleto); fields left out stay, null clears. Amount, due date and contract may not change while the debt is registered. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def update_invoice(
    info: Info,
    data: Annotated[
        UpdateInvoiceInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateInvoiceResult:
    reader = InputReader()
    invoice_id = reader.id("Invoice", data.invoice_id, "invoiceId")
    reader.raise_if_any()
    done = await info.context.use_cases.update_invoice(
        UpdateInvoiceCommand(
            caller=info.context.caller,
            invoice_id=invoice_id,
            changes=InvoiceChanges(
                amount=change(data.amount),
                issued_on=change(data.issued_on),
                due_on=change(data.due_on),
                contract_number=change(data.contract_number),
                contract_rescinded_on=change(data.contract_rescinded_on),
                external_id=change(data.external_id),
            ),
        )
    )
    return UpdateInvoiceSuccess(invoice=Invoice.of(done))
