"""Change a lead (editar lead)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.general import ConflictError, InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader, change
from api.permissions import needs
from api.types.people import Lead
from core.domain.access import Scope
from core.use_cases.contact_record import ContactChanges
from core.use_cases.save_lead import UpdateLeadCommand


@strawberry.input(description="What is to change at a lead (alterações do lead).")
class UpdateLeadInput:
    lead_id: strawberry.ID = strawberry.field(description="The lead (lead).")
    name: strawberry.Maybe[str] = strawberry.field(description="Name or company name (nome ou razão social).")
    document: strawberry.Maybe[str | None] = strawberry.field(
        description="CPF or CNPJ, punctuated or not (CPF/CNPJ)."
    )
    state_code: strawberry.Maybe[str | None] = strawberry.field(description="State, two letters (UF).")
    phone: strawberry.Maybe[str | None] = strawberry.field(description="Phone with area code (telefone).")
    email: strawberry.Maybe[str | None] = strawberry.field(description="E-mail (e-mail).")
    external_id: strawberry.Maybe[str | None] = strawberry.field(
        description="The integrator's own id, unique among leads (código externo)."
    )


@strawberry.type(description="The lead was changed (lead alterado).")
class UpdateLeadSuccess:
    lead: Lead = strawberry.field(description="The lead after the change (lead).")


UpdateLeadResult = Annotated[
    UpdateLeadSuccess | InvalidInputError | NotFoundError | ConflictError,
    strawberry.union("UpdateLeadResult", description="What came of updateLead (resultado)."),
]


@mutation(
    "Changes a lead (editar lead); fields left out stay, null clears. Nothing goes to the bureau.",
    permission=needs(Scope.WRITE_RECORDS),
)
async def update_lead(
    info: Info,
    data: Annotated[
        UpdateLeadInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> UpdateLeadResult:
    reader = InputReader()
    lead_id = reader.id("Lead", data.lead_id, "leadId")
    reader.raise_if_any()
    done = await info.context.use_cases.update_lead(
        UpdateLeadCommand(
            caller=info.context.caller,
            lead_id=lead_id,
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
    return UpdateLeadSuccess(lead=Lead.of(done))
