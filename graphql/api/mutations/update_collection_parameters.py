"""Change the collection routine's parameters (parâmetros de cobrança)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, change
from api.permissions import needs
from api.types.collection import CollectionParameters
from core.domain.access import Scope
from core.domain.calendar_rules import MIN_DAYS_OVERDUE
from core.domain.collection import MAX_DAYS_AFTER_DUE, AutomaticNegativation
from core.use_cases.collection_settings import UpdateCollectionParametersCommand


@strawberry.input(
    description="What updateCollectionParameters is to change (alterações dos parâmetros de cobrança)."
)
class UpdateCollectionParametersInput:
    branch_id: strawberry.ID | None = strawberry.field(
        default=None, description="The branch (filial); the company's own unless given."
    )
    automatic: strawberry.Maybe[AutomaticNegativation] = strawberry.field(
        description="Whether the routine negativates by itself (negativar automaticamente); DEFAULT (Padrão) only for a branch."
    )
    days_after_due: strawberry.Maybe[int | None] = strawberry.field(
        description=f"How many calendar days after the due date, {MIN_DAYS_OVERDUE} to {MAX_DAYS_AFTER_DUE} (dias para executar); null, as the company, only for a branch."
    )


@strawberry.type(description="The parameters hold from the next run on (parâmetros alterados).")
class UpdateCollectionParametersSuccess:
    parameters: CollectionParameters = strawberry.field(
        description="All of them after the change (parâmetros)."
    )


UpdateCollectionParametersResult = Annotated[
    UpdateCollectionParametersSuccess | InvalidInputError | NotFoundError,
    strawberry.union(
        "UpdateCollectionParametersResult",
        description="What came of updateCollectionParameters (resultado).",
    ),
]


@mutation(
    "Changes when the collection routine negativates by itself, for the company or a branch (parâmetros de cobrança); fields left out stay. Nothing goes to the bureau.",
    permission=needs(Scope.CONFIGURE, besides="and for the company's own a token that reaches every branch"),
)
async def update_collection_parameters(
    info: Info,
    data: Annotated[
        UpdateCollectionParametersInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateCollectionParametersResult:
    reader = InputReader()
    branch_id = reader.optional_id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.update_collection_parameters(
        UpdateCollectionParametersCommand(
            caller=info.context.caller,
            branch_id=branch_id,
            automatic=change(data.automatic),
            days_after_due=change(data.days_after_due),
        )
    )
    return UpdateCollectionParametersSuccess(parameters=CollectionParameters.of(done))
