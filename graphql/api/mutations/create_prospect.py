"""Create a prospect (cadastrar prospecção)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.people import Prospect
from core.domain.access import Scope
from core.use_cases.contact_record import ContactFields
from core.use_cases.save_prospect import CreateProspectCommand


@strawberry.input(description="A new prospect (dados da prospecção).")
class CreateProspectInput:
    branch_id: strawberry.ID = strawberry.field(description="The branch it belongs to (filial).")
    name: str = strawberry.field(description="Name or company name (nome ou razão social).")
    document: str | None = strawberry.field(
        default=None, description="CPF or CNPJ, punctuated or not, once known (CPF/CNPJ)."
    )
    state_code: str | None = strawberry.field(default=None, description="State, two letters (UF).")
    phone: str | None = strawberry.field(default=None, description="Phone with area code (telefone).")
    email: str | None = strawberry.field(default=None, description="E-mail (e-mail).")
    external_id: str | None = strawberry.field(
        default=None,
        description="The integrator's own id, unique among prospects (código externo). Sending the same record twice answers with the first; other data under a known id is a conflict.",
    )


@strawberry.type(description="The prospect was created (prospecção cadastrada).")
class CreateProspectSuccess:
    prospect: Prospect = strawberry.field(description="The prospect (prospecção).")


CreateProspectResult = Annotated[
    CreateProspectSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("CreateProspectResult", description="What came of createProspect (resultado)."),
]


@mutation(
    "Creates a prospect (cadastrar prospecção); the document may come later. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def create_prospect(
    info: Info,
    data: Annotated[
        CreateProspectInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CreateProspectResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.create_prospect(
        CreateProspectCommand(
            caller=info.context.caller,
            branch_id=branch_id,
            fields=ContactFields(
                name=data.name,
                document=data.document,
                state_code=data.state_code,
                phone=data.phone,
                email=data.email,
                external_id=data.external_id,
            ),
        )
    )
    return CreateProspectSuccess(prospect=Prospect.of(done))
