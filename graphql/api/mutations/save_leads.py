"""Save leads by hundreds (cadastrar ou atualizar leads)."""

from typing import Annotated

import strawberry

from api.context import Context, Info
from api.errors.general import InvalidInputError
from api.fields import mutation
from api.inputs import left_out, value_or_none
from api.permissions import needs_one_of
from api.types.people import Lead
from api.types.saved_row import SavedRow, SavedRowCounts, error_of_row
from core.domain import subjects as domain
from core.domain.access import Scope
from core.use_cases import save_rows
from core.use_cases.contact_record import ContactFields
from core.use_cases.save_contacts import ContactRow, SaveContactsCommand
from core.use_cases.save_rows import MAX_ROWS


@strawberry.input(
    description="A lead as an integrator knows it (lead). Optional fields that are left out stay as they are at a known record, null clears them."
)
class LeadRowInput:
    external_id: str = strawberry.field(
        description="The integrator's own id, unique among leads (código externo): a known one is updated, a new one created."
    )
    branch_external_id: str = strawberry.field(
        description="The `externalId` of the branch it belongs to (filial); a known lead stays in its branch."
    )
    name: str = strawberry.field(description="Name or company name (nome ou razão social).")
    document: strawberry.Maybe[str | None] = strawberry.field(
        description="CPF or CNPJ, punctuated or not, once known (CPF/CNPJ)."
    )
    state_code: strawberry.Maybe[str | None] = strawberry.field(description="State, two letters (UF).")
    phone: strawberry.Maybe[str | None] = strawberry.field(description="Phone with area code (telefone).")
    email: strawberry.Maybe[str | None] = strawberry.field(description="E-mail (e-mail).")

    def row(self) -> ContactRow:
        """The row as use cases take it."""
        return ContactRow(
            branch_external_id=self.branch_external_id,
            fields=ContactFields(
                name=self.name,
                document=value_or_none(self.document),
                state_code=value_or_none(self.state_code),
                phone=value_or_none(self.phone),
                email=value_or_none(self.email),
                external_id=self.external_id,
            ),
            kept=left_out(
                document=self.document, state_code=self.state_code, phone=self.phone, email=self.email
            ),
        )


@strawberry.input(description="What saveLeads wants to know (leads a salvar).")
class SaveLeadsInput:
    rows: list[LeadRowInput] = strawberry.field(
        description=f"The leads, at most {MAX_ROWS} (leads). Of two rows with the same `externalId` the second updates the first."
    )


@strawberry.type(description="What became of one lead (resultado da linha).")
class SavedLead(SavedRow):
    lead: Lead | None = strawberry.field(
        description="The lead as it is now (lead); null when the row was refused."
    )

    @classmethod
    def of(cls, row: LeadRowInput, saved: save_rows.SavedRow[domain.Lead], context: Context) -> "SavedLead":
        """The result as the schema shows it."""
        return cls(
            external_id=row.external_id,
            how=saved.how,
            error=error_of_row(saved, context),
            lead=None if saved.record is None else Lead.of(saved.record),
        )


@strawberry.type(description="Each row was saved or refused (leads cadastrados ou recusados).")
class SaveLeadsSuccess:
    results: list[SavedLead] = strawberry.field(
        description="One result per row, in the order given (resultados): some may have been refused."
    )
    counts: SavedRowCounts = strawberry.field(description="How many had which result (totais).")


SaveLeadsResult = Annotated[
    SaveLeadsSuccess | InvalidInputError,
    strawberry.union("SaveLeadsResult", description="What came of saveLeads (resultado)."),
]


@mutation(
    "Creates and updates leads by hundreds, each row with its own result (cadastrar ou atualizar leads): a row that is refused does not touch the others. Sending the same rows again changes nothing. Nothing goes to the bureau.",
    permission=needs_one_of(Scope.IMPORT, Scope.WRITE_RECORDS),
)
async def save_leads(
    info: Info,
    data: Annotated[
        SaveLeadsInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> SaveLeadsResult:
    saved = await info.context.use_cases.save_leads(
        SaveContactsCommand(caller=info.context.caller, rows=[row.row() for row in data.rows])
    )
    return SaveLeadsSuccess(
        results=[
            SavedLead.of(row, result, info.context) for row, result in zip(data.rows, saved, strict=True)
        ],
        counts=SavedRowCounts.of(saved),
    )
