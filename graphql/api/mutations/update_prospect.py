"""Change a prospect (editar prospecção)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, change
from api.permissions import needs
from api.types.people import Prospect
from core.domain.access import Scope
from core.use_cases.contact_record import ContactChanges
from core.use_cases.save_prospect import UpdateProspectCommand


@strawberry.input(description="What is to change at a prospect (alterações da prospecção).")
class UpdateProspectInput:
    prospect_id: strawberry.ID = strawberry.field(description="The prospect (prospecção).")
    name: strawberry.Maybe[str] = strawberry.field(description="Name or company name (nome ou razão social).")
    document: strawberry.Maybe[str | None] = strawberry.field(
        description="CPF or CNPJ, punctuated or not (CPF/CNPJ)."
    )
    state_code: strawberry.Maybe[str | None] = strawberry.field(description="State, two letters (UF).")
    phone: strawberry.Maybe[str | None] = strawberry.field(description="Phone with area code (telefone).")
    email: strawberry.Maybe[str | None] = strawberry.field(description="E-mail (e-mail).")
    external_id: strawberry.Maybe[str | None] = strawberry.field(
        description="The integrator's own id, unique among prospects (código externo)."
    )


@strawberry.type(description="The prospect was changed (prospecção alterada).")
class UpdateProspectSuccess:
    prospect: Prospect = strawberry.field(description="The prospect after the change (prospecção).")


UpdateProspectResult = Annotated[
    UpdateProspectSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("UpdateProspectResult", description="What came of updateProspect (resultado)."),
]


@mutation(
    "Changes a prospect (editar prospecção); fields left out stay, null clears. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def update_prospect(
    info: Info,
    data: Annotated[
        UpdateProspectInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateProspectResult:
    reader = InputReader()
    prospect_id = reader.id("Prospect", data.prospect_id, "prospectId")
    reader.raise_if_any()
    done = await info.context.use_cases.update_prospect(
        UpdateProspectCommand(
            caller=info.context.caller,
            prospect_id=prospect_id,
            changes=ContactChanges(
                name=change(data.name),
                document=change(data.document),
                state_code=change(data.state_code),
                phone=change(data.phone),
                email=change(data.email),
                external_id=change(data.external_id),
            ),
        )
    )
    return UpdateProspectSuccess(prospect=Prospect.of(done))
