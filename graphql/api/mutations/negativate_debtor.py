"""Register an overdue invoice at the bureau (negativar)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import CredentialsRefusedError
from api.errors.general import (
    ConflictError,
    CreditAnalysisDisabledError,
    IdempotencyConflictError,
    IntegrationNotLinkedError,
    InvalidInputError,
    NotFoundError,
)
from api.errors.records import AlreadyNegativatedError, NotEligibleError
from api.fields import mutation
from api.idempotency import REPEATABLE
from api.inputs import InputReader
from api.permissions import needs
from api.types.negativation import Negativation
from core.domain.access import Scope
from core.use_cases.negativate_debtor import NegativateDebtorCommand


@strawberry.input(description="What negativateDebtor wants to know (dados da negativação).")
class NegativateDebtorInput:
    invoice_id: strawberry.ID = strawberry.field(description="The invoice (boleto).")
    restriction_code: str | None = strawberry.field(
        default=None,
        description="The kind of debt (código de restrição); the integration's default unless given.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=REPEATABLE,
    )


@strawberry.type(description="The negativation was queued (negativação solicitada).")
class NegativateDebtorSuccess:
    negativation: Negativation = strawberry.field(description="The negativation, queued (negativação).")


NegativateDebtorResult = Annotated[
    NegativateDebtorSuccess
    | NotEligibleError
    | AlreadyNegativatedError
    | CreditAnalysisDisabledError
    | IntegrationNotLinkedError
    | CredentialsRefusedError
    | InvalidInputError
    | NotFoundError
    | ConflictError
    | IdempotencyConflictError,
    strawberry.union("NegativateDebtorResult", description="What came of negativateDebtor (resultado)."),
]


@mutation(
    "Registers an overdue invoice of a customer at the credit bureau (negativar). The customer's data and the debt go to the bureau in the background; the answer is the negativation as QUEUED, its status tells what becomes of it. The provider may bill an inclusion. Everything that forbids it is named at once and nothing is sent.",
    permission=needs(Scope.NEGATIVATE),
)
async def negativate_debtor(
    info: Info,
    data: Annotated[
        NegativateDebtorInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> NegativateDebtorResult:
    reader = InputReader()
    invoice_id = reader.id("Invoice", data.invoice_id, "invoiceId")
    reader.raise_if_any()
    done = await info.context.use_cases.negativate_debtor(
        NegativateDebtorCommand(
            caller=info.context.caller,
            invoice_id=invoice_id,
            restriction_code=data.restriction_code,
            idempotency_key=data.idempotency_key,
        )
    )
    return NegativateDebtorSuccess(negativation=Negativation.of(done))
