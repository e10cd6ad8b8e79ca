"""Change a branch (editar filial)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, change
from api.permissions import needs
from api.types.branch import Branch
from core.domain.access import Scope
from core.use_cases.save_branch import BranchChanges, UpdateBranchCommand


@strawberry.input(description="What is to change at a branch (alterações da filial).")
class UpdateBranchInput:
    branch_id: strawberry.ID = strawberry.field(description="The branch (filial).")
    name: strawberry.Maybe[str] = strawberry.field(description="The name (nome da filial).")
    document: strawberry.Maybe[str] = strawberry.field(
        description="The branch's CNPJ, punctuated or not (CNPJ)."
    )
    state_code: strawberry.Maybe[str] = strawberry.field(
        description="The state it lies in, two letters (UF)."
    )
    city: strawberry.Maybe[str] = strawberry.field(description="The city it lies in (cidade).")
    requires_rescission: strawberry.Maybe[bool] = strawberry.field(
        description="Whether debts are negativated only after the contract was rescinded (exige rescisão; Anatel Resolution 765/2023)."
    )
    daily_consultation_budget: strawberry.Maybe[int | None] = strawberry.field(
        description="How many billed consultations may be ordered in its name on one day, 0 to 100000 (orçamento diário de consultas); "
        "null: no limit. Needs CONFIGURE as well."
    )
    external_id: strawberry.Maybe[str | None] = strawberry.field(
        description="The integrator's own id, unique among branches (código externo)."
    )


@strawberry.type(description="The branch was changed (filial alterada).")
class UpdateBranchSuccess:
    branch: Branch = strawberry.field(description="The branch after the change (filial).")


UpdateBranchResult = Annotated[
    UpdateBranchSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("UpdateBranchResult", description="What came of updateBranch (resultado)."),
]


@mutation(
    "Changes a branch (editar filial); fields left out stay. The CNPJ may not change while debts are registered in its name. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS, besides="and for dailyConsultationBudget also CONFIGURE"),
)
async def update_branch(
    info: Info,
    data: Annotated[
        UpdateBranchInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateBranchResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.update_branch(
        UpdateBranchCommand(
            caller=info.context.caller,
            branch_id=branch_id,
            changes=BranchChanges(
                name=change(data.name),
                document=change(data.document),
                state_code=change(data.state_code),
                city=change(data.city),
                requires_rescission=change(data.requires_rescission),
                daily_consultation_budget=change(data.daily_consultation_budget),
                external_id=change(data.external_id),
            ),
        )
    )
    return UpdateBranchSuccess(branch=Branch.of(done))
