"""Resend several of what ended in an error (reenvio de negativações com erro)."""

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
from api.mutations.resend_negativation import ResendNegativationResult, ResendNegativationSuccess
from api.permissions import needs
from api.types.filters import NegativationFilterInput
from api.types.negativation import Negativation
from core.domain.access import Scope
from core.domain.errors import DomainError
from core.domain.listing import NegativationFilter
from core.use_cases.resend_negativations import MAX_BATCH, ResendNegativationsCommand, Resent


@strawberry.input(
    description="What resendNegativations wants to know (dados do reenvio): either `negativationIds` or `filter`."
)
class ResendNegativationsInput:
    negativation_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description=f"The negativations, at most {MAX_BATCH} (negativações)."
    )
    filter: NegativationFilterInput | None = strawberry.field(
        default=None,
        description=f"Which of the error inbox (filtro): of what it lets through, the oldest {MAX_BATCH} that are REJECTED or CLEARING_REJECTED. An empty filter means all of them.",
    )
    force: bool = strawberry.field(
        default=False, description="Resend although nothing changed (forçar reenvio)."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=f"Makes the request repeatable (chave de idempotência): the same key with the same input resends each negativation once. What a filter selects is looked up afresh, and what was resent is no longer among it. {KEPT}",
    )


@strawberry.type(description="What came of one of the negativations (resultado de uma negativação).")
class ResendNegativationsRow:
    record_id: strawberry.Private[UUID]
    negativation_id: strawberry.ID = strawberry.field(
        description="The negativation's id (identificador da negativação)."
    )
    outcome: ResendNegativationResult = strawberry.field(
        description="What resendNegativation would have answered for this one alone (resultado)."
    )

    @resolved(
        "The negativation as it stands now (negativação); null when it does not exist or lies outside the token's branches."
    )
    async def negativation(self, info: Info) -> Negativation | None:
        return await Negativation.find(info.context, self.record_id)

    @classmethod
    def of(cls, resent: Resent, context: Context) -> "ResendNegativationsRow":
        """The outcome as the schema shows it."""
        outcome = resent.outcome
        shown = (
            error_of_part(outcome, context)
            if isinstance(outcome, DomainError)
            else ResendNegativationSuccess(negativation=Negativation.of(outcome))
        )
        return cls(
            record_id=resent.negativation_id,
            negativation_id=strawberry.ID(encode_id("Negativation", resent.negativation_id)),
            outcome=cast("ResendNegativationResult", shown),
        )


@strawberry.type(description="Each negativation was decided about (reenvios solicitados ou recusados).")
class ResendNegativationsSuccess:
    results: list[ResendNegativationsRow] = strawberry.field(
        description="One result each (resultados), in the order of the ids, or oldest first: some may have failed."
    )


ResendNegativationsResult = Annotated[
    ResendNegativationsSuccess | InvalidInputError | IdempotencyConflictError,
    strawberry.union(
        "ResendNegativationsResult", description="What came of resendNegativations (resultado)."
    ),
]


@mutation(
    "Resends several negativations or clearings that the bureau rejected, each with its own result (reenvio de negativações com erro), with the customers' data as they are now. The data go to the bureau in the background; the provider may bill an inclusion.",
    permission=needs(Scope.RESEND),
)
async def resend_negativations(
    info: Info,
    data: Annotated[
        ResendNegativationsInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> ResendNegativationsResult:
    caller = info.context.caller
    reader = InputReader()
    if (data.negativation_ids is None) == (data.filter is None):
        reader.add(("filter",), "EXACTLY_ONE_OF", fields="negativationIds, filter")
    given = data.negativation_ids
    ids = None if given is None else reader.ids_at_most(MAX_BATCH, "Negativation", given, "negativationIds")
    chosen = data.filter
    matching = None if chosen is None else reader.attempt(lambda: chosen.read(caller))
    reader.raise_if_any()
    resent = await info.context.use_cases.resend_negativations(
        ResendNegativationsCommand(
            caller=caller,
            matching=matching or NegativationFilter(),
            negativation_ids=ids,
            force=data.force,
            idempotency_key=data.idempotency_key,
        )
    )
    return ResendNegativationsSuccess(
        results=[ResendNegativationsRow.of(each, info.context) for each in resent]
    )
