"""Resend what ended in an error (reenvio de negativação com erro)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import (
    ConflictError,
    CreditAnalysisDisabledError,
    IdempotencyConflictError,
    InvalidInputError,
    NotFoundError,
)
from api.errors.records import NotEligibleError, NotResendableError
from api.fields import mutation
from api.idempotency import REPEATABLE
from api.inputs import InputReader
from api.permissions import needs
from api.types.negativation import Negativation
from core.domain.access import Scope
from core.use_cases.resend_negativation import ResendNegativationCommand


@strawberry.input(description="What resendNegativation wants to know (dados do reenvio).")
class ResendNegativationInput:
    negativation_id: strawberry.ID = strawberry.field(description="The negativation (negativação).")
    force: bool = strawberry.field(
        default=False, description="Resend although nothing changed (forçar reenvio)."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=REPEATABLE,
    )


@strawberry.type(description="It was queued again (reenvio solicitado).")
class ResendNegativationSuccess:
    negativation: Negativation = strawberry.field(description="The negativation, queued again (negativação).")


ResendNegativationResult = Annotated[
    ResendNegativationSuccess
    | NotResendableError
    | NotEligibleError
    | CreditAnalysisDisabledError
    | InvalidInputError
    | NotFoundError
    | ConflictError
    | IdempotencyConflictError,
    strawberry.union("ResendNegativationResult", description="What came of resendNegativation (resultado)."),
]


@mutation(
    "Resends a negativation or a clearing that the bureau rejected (reenvio de negativação com erro), with the customer's data as they are now. The data go to the bureau in the background; the provider may bill an inclusion. After a validation error something must have changed, or `force` be given.",
    permission=needs(Scope.RESEND),
)
async def resend_negativation(
    info: Info,
    data: Annotated[
        ResendNegativationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> ResendNegativationResult:
    reader = InputReader()
    negativation_id = reader.id("Negativation", data.negativation_id, "negativationId")
    reader.raise_if_any()
    done = await info.context.use_cases.resend_negativation(
        ResendNegativationCommand(
            caller=info.context.caller,
            negativation_id=negativation_id,
            force=data.force,
            idempotency_key=data.idempotency_key,
        )
    )
    return ResendNegativationSuccess(negativation=Negativation.of(done))
