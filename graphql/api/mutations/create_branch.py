"""Create a branch (cadastrar filial)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError
from api.fields import mutation
from api.permissions import needs
from api.types.branch import Branch
from core.domain.access import Scope
from core.use_cases.save_branch import BranchFields, CreateBranchCommand


@strawberry.input(description="A new branch (dados da filial).")
class CreateBranchInput:
    name: str = strawberry.field(description="The name (nome da filial).")
    document: str = strawberry.field(description="The branch's CNPJ, punctuated or not (CNPJ).")
    state_code: str = strawberry.field(description="The state it lies in, two letters (UF).")
    city: str = strawberry.field(description="The city it lies in (cidade).")
    requires_rescission: bool = strawberry.field(
        default=False,
        description="Whether debts are negativated only after the contract was rescinded (exige rescisão; Anatel Resolution 765/2023).",
    )
    external_id: str | None = strawberry.field(
        default=None,
        description="The integrator's own id, unique among branches (código externo). Sending the same record twice answers with the first; other data under a known id is a conflict.",
    )


@strawberry.type(description="The branch was created (filial cadastrada).")
class CreateBranchSuccess:
    branch: Branch = strawberry.field(description="The branch (filial).")


CreateBranchResult = Annotated[
    CreateBranchSuccess | InvalidInputError | ConflictError,
    strawberry.union("CreateBranchResult", description="What came of createBranch (resultado)."),
]


@mutation(
    "Creates a branch (cadastrar filial). Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS, every_branch=True),
)
async def create_branch(
    info: Info,
    data: Annotated[
        CreateBranchInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CreateBranchResult:
    done = await info.context.use_cases.create_branch(
        CreateBranchCommand(
            caller=info.context.caller,
            fields=BranchFields(
                name=data.name,
                document=data.document,
                state_code=data.state_code,
                city=data.city,
                requires_rescission=data.requires_rescission,
                external_id=data.external_id,
            ),
        )
    )
    return CreateBranchSuccess(branch=Branch.of(done))
