"""Clear a negativation (baixa de negativação)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, IdempotencyConflictError, InvalidInputError, NotFoundError
from api.errors.records import NotClearableError
from api.fields import mutation
from api.idempotency import REPEATABLE
from api.inputs import InputReader
from api.permissions import needs
from api.types.negativation import Negativation
from core.domain.access import Scope
from core.use_cases.clear_negativation import ClearNegativationCommand


@strawberry.input(description="What clearNegativation wants to know (dados da baixa).")
class ClearNegativationInput:
    negativation_id: strawberry.ID = strawberry.field(description="The negativation (negativação).")
    clearing_code: str | None = strawberry.field(
        default=None, description="Why (código para baixa); the integration's default unless given."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=REPEATABLE,
    )


@strawberry.type(description="The clearing was taken on (baixa solicitada).")
class ClearNegativationSuccess:
    negativation: Negativation = strawberry.field(
        description="The negativation as it stands now (negativação)."
    )


ClearNegativationResult = Annotated[
    ClearNegativationSuccess
    | NotClearableError
    | InvalidInputError
    | NotFoundError
    | ConflictError
    | IdempotencyConflictError,
    strawberry.union("ClearNegativationResult", description="What came of clearNegativation (resultado)."),
]


@mutation(
    "Clears a negativation (baixa de negativação). The clearing goes to the bureau in the background; one that was never sent is cancelled without a call, and one in flight is cleared as soon as the bureau confirmed it. Not billed. Possible also while credit analysis is switched off. Settling an invoice never does this by itself.",
    permission=needs(Scope.CLEAR),
)
async def clear_negativation(
    info: Info,
    data: Annotated[
        ClearNegativationInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> ClearNegativationResult:
    reader = InputReader()
    negativation_id = reader.id("Negativation", data.negativation_id, "negativationId")
    reader.raise_if_any()
    done = await info.context.use_cases.clear_negativation(
        ClearNegativationCommand(
            caller=info.context.caller,
            negativation_id=negativation_id,
            clearing_code=data.clearing_code,
            idempotency_key=data.idempotency_key,
        )
    )
    return ClearNegativationSuccess(negativation=Negativation.of(done))
