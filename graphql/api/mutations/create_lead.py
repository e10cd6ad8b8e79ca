"""Create a lead (cadastrar lead)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.people import Lead
from core.domain.access import Scope
from core.use_cases.contact_record import ContactFields
from core.use_cases.save_lead import CreateLeadCommand


@strawberry.input(description="A new lead (dados do lead).")
class CreateLeadInput:
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
        description="The integrator's own id, unique among leads (código externo). Sending the same record twice answers with the first; other data under a known id is a conflict.",
    )


@strawberry.type(description="The lead was created (lead cadastrado).")
class CreateLeadSuccess:
    lead: Lead = strawberry.field(description="The lead (lead).")


CreateLeadResult = Annotated[
    CreateLeadSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("CreateLeadResult", description="What came of createLead (resultado)."),
]


@mutation(
    "Creates a lead (cadastrar lead); the document may come later. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def create_lead(
    info: Info,
    data: Annotated[
        CreateLeadInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> CreateLeadResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.create_lead(
        CreateLeadCommand(
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
    return CreateLeadSuccess(lead=Lead.of(done))
