"""Invoices."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.fields import resolved
from api.ids import encode_id
from api.types.node import Node
from api.types.values import Money
from core.domain import invoice as domain
from core.domain.invoice import InvoiceStatus, SettlementMethod


@strawberry.type(
    description="An invoice of a customer, the debt that is negativated when it stays unpaid (boleto)."
)
class Invoice(Node):
    record: strawberry.Private[domain.Invoice]
    number: int = strawberry.field(description="The sequential number of the screens (ID).")
    external_id: str | None = strawberry.field(
        description="The integrator's own id, unique among invoices (código externo)."
    )
    contract_number: str | None = strawberry.field(
        description="What names the debt at the bureau (número do contrato); without one it is `FAT-` and the number."
    )
    amount: Money = strawberry.field(description="What is owed (valor).")
    issued_on: date = strawberry.field(description="When it was issued (emissão).")
    due_on: date = strawberry.field(description="When it was to be paid (vencimento).")
    status: InvoiceStatus = strawberry.field(description="Where it stands (situação).")
    closed_on: date | None = strawberry.field(
        description="The day on which it stopped being open (data do recebimento ou cancelamento)."
    )
    settlement_method: SettlementMethod | None = strawberry.field(
        description="How it was paid (forma de recebimento)."
    )
    contract_rescinded_on: date | None = strawberry.field(
        description="When the service contract was rescinded (rescisão do contrato)."
    )
    created_at: datetime = strawberry.field(description="When it was created here (criado em).")
    updated_at: datetime = strawberry.field(description="When it was last changed (alterado em).")

    @resolved("The branch it belongs to (filial).")
    async def branch(self, info: Info) -> "Branch":
        return await Branch.of_record(info.context, self.record.branch_id)

    @resolved("Who owes it (cliente); null when the customer lies outside the token's branches.")
    async def customer(self, info: Info) -> "Customer | None":
        return await Customer.find(info.context, self.record.customer_id)

    @classmethod
    async def find(cls, context: Context, record_id: UUID) -> "Invoice | None":
        """The invoice with that id, when it exists within the caller's branches."""
        found = await context.loaders.invoices.load(record_id)
        return None if found is None else cls.of(found)

    @classmethod
    def of(cls, record: domain.Invoice) -> "Invoice":
        """The invoice as the schema shows it."""
        return cls(
            id=strawberry.ID(encode_id("Invoice", record.id)),
            record=record,
            number=record.number,
            external_id=record.external_id,
            contract_number=record.contract_number,
            amount=Money.of(record.amount),
            issued_on=record.issued_on,
            due_on=record.due_on,
            status=record.status,
            closed_on=record.closed_on,
            settlement_method=record.settlement_method,
            contract_rescinded_on=record.contract_rescinded_on,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )


# The types refer to one another, so these stand last.
from api.types.branch import Branch  # noqa: E402
from api.types.people import Customer  # noqa: E402
