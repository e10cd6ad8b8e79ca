"""Register several overdue invoices at the bureau (negativar vários boletos)."""

from typing import Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.errors.general import IdempotencyConflictError, InvalidInputError
from api.errors.handlers import error_of_part
from api.fields import mutation, resolved
from api.idempotency import KEPT
from api.ids import encode_id
from api.inputs import InputReader
from api.mutations.negativate_debtor import NegativateDebtorResult, NegativateDebtorSuccess
from api.permissions import needs
from api.types.invoice import Invoice
from api.types.negativation import Negativation
from core.domain import negativation as domain
from core.domain.access import Scope
from core.domain.errors import DomainError
from core.use_cases.negativate_debtors import MAX_BATCH, NegativateDebtorsCommand


@strawberry.input(description="What negativateDebtors wants to know (dados das negativações).")
class NegativateDebtorsInput:
    invoice_ids: list[strawberry.ID] = strawberry.field(
        description=f"The invoices, at most {MAX_BATCH} (boletos)."
    )
    restriction_code: str | None = strawberry.field(
        default=None,
        description="The kind of debt of all of them (código de restrição); each integration's default unless given.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=f"Makes the request repeatable (chave de idempotência): the same key with the same input registers each invoice once and gives the same answer. {KEPT}",
    )


@strawberry.type(description="What came of one of the invoices (resultado de um boleto).")
class NegativateDebtorsRow:
    record_id: strawberry.Private[UUID]
    invoice_id: strawberry.ID = strawberry.field(description="The invoice's id, as it was given (boleto).")
    outcome: NegativateDebtorResult = strawberry.field(
        description="What negativateDebtor would have answered for this invoice alone (resultado)."
    )

    @resolved("The invoice (boleto); null when it does not exist or lies outside the token's branches.")
    async def invoice(self, info: Info) -> Invoice | None:
        return await Invoice.find(info.context, self.record_id)

    @classmethod
    def of(
        cls, invoice_id: UUID, outcome: domain.Negativation | DomainError, context: Context
    ) -> "NegativateDebtorsRow":
        """The outcome as the schema shows it."""
        shown = (
            error_of_part(outcome, context)
            if isinstance(outcome, DomainError)
            else NegativateDebtorSuccess(negativation=Negativation.of(outcome))
        )
        return cls(
            record_id=invoice_id,
            invoice_id=strawberry.ID(encode_id("Invoice", invoice_id)),
            outcome=cast("NegativateDebtorResult", shown),
        )


@strawberry.type(description="Each invoice was decided about (negativações solicitadas ou recusadas).")
class NegativateDebtorsSuccess:
    results: list[NegativateDebtorsRow] = strawberry.field(
        description="One result per invoice, in the order given (resultados): some may have failed."
    )


NegativateDebtorsResult = Annotated[
    NegativateDebtorsSuccess | InvalidInputError | IdempotencyConflictError,
    strawberry.union("NegativateDebtorsResult", description="What came of negativateDebtors (resultado)."),
]


@mutation(
    "Registers several overdue invoices at the credit bureau, each with its own result (negativar vários boletos): what is wrong with one does not keep the others from being registered. The customers' data and the debts go to the bureau in the background; the provider may bill an inclusion.",
    permission=needs(Scope.NEGATIVATE),
)
async def negativate_debtors(
    info: Info,
    data: Annotated[
        NegativateDebtorsInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> NegativateDebtorsResult:
    reader = InputReader()
    invoice_ids = reader.ids_at_most(MAX_BATCH, "Invoice", data.invoice_ids, "invoiceIds")
    reader.raise_if_any()
    outcomes = await info.context.use_cases.negativate_debtors(
        NegativateDebtorsCommand(
            caller=info.context.caller,
            invoice_ids=invoice_ids,
            restriction_code=data.restriction_code,
            idempotency_key=data.idempotency_key,
        )
    )
    return NegativateDebtorsSuccess(
        results=[
            NegativateDebtorsRow.of(invoice_id, outcome, info.context)
            for invoice_id, outcome in zip(invoice_ids, outcomes, strict=True)
        ]
    )
