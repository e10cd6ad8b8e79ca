"""Create an invoice (cadastrar boleto)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.invoice import Invoice
from core.domain.access import Scope
from core.use_cases.save_invoice import CreateInvoiceCommand, InvoiceFields


@strawberry.input(description="A new invoice (dados do boleto).")
class CreateInvoiceInput:
    customer_id: strawberry.ID = strawberry.field(description="Who owes it (cliente).")
    amount: Decimal = strawberry.field(description="What is owed, in reais (valor).")
    issued_on: date = strawberry.field(description="When it was issued (emissão).")
    due_on: date = strawberry.field(description="When it is to be paid (vencimento).")
    contract_number: str | None = strawberry.field(
        default=None,
        description="What names the debt at the bureau: up to 16 of 0-9 A-Z / - . space (número do contrato).",
    )
    contract_rescinded_on: date | None = strawberry.field(
        default=None, description="When the service contract was rescinded (rescisão do contrato)."
    )
    external_id: str | None = strawberry.field(
        default=None,
        description="The integrator's own id, unique among invoices (código externo). Sending the same record twice answers with the first; other data under a known id is a conflict.",
    )


@strawberry.type(description="The invoice was created (boleto cadastrado).")
class CreateInvoiceSuccess:
    invoice: Invoice = strawberry.field(description="The invoice (boleto).")


CreateInvoiceResult = Annotated[
    CreateInvoiceSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("CreateInvoiceResult", description="What came of createInvoice (resultado)."),
]


@mutation(
    "Creates an invoice of a customer (cadastrar boleto); it belongs to the customer's branch. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def create_invoice(
    info: Info,
    data: Annotated[
        CreateInvoiceInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CreateInvoiceResult:
    reader = InputReader()
    customer_id = reader.id("Customer", data.customer_id, "customerId")
    reader.raise_if_any()
    done = await info.context.use_cases.create_invoice(
        CreateInvoiceCommand(
            caller=info.context.caller,
            customer_id=customer_id,
            fields=InvoiceFields(
                amount=data.amount,
                issued_on=data.issued_on,
                due_on=data.due_on,
                contract_number=data.contract_number,
                contract_rescinded_on=data.contract_rescinded_on,
                external_id=data.external_id,
            ),
        )
    )
    return CreateInvoiceSuccess(invoice=Invoice.of(done))
