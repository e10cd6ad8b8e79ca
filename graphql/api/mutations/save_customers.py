"""Save customers by hundreds (cadastrar ou atualizar clientes)."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Context, Info
from api.errors.general import InvalidInputError
from api.fields import mutation
from api.inputs import left_out, value_or_none
from api.permissions import needs_one_of
from api.types.address_input import AddressChangesInput
from api.types.people import Customer
from api.types.saved_row import SavedRow, SavedRowCounts, error_of_row
from core.domain import subjects as domain
from core.domain.access import Scope
from core.domain.subjects import Gender, NegativationHold
from core.use_cases import save_rows
from core.use_cases.save_customer import CustomerFields
from core.use_cases.save_customers import CustomerRow, SaveCustomersCommand
from core.use_cases.save_rows import MAX_ROWS


@strawberry.input(
    description="A customer as an integrator knows it (cliente). Optional fields that are left out stay as they are at a known record, null clears them."
)
class CustomerRowInput:
    external_id: str = strawberry.field(
        description="The integrator's own id, unique among customers (código externo): a known one is updated, a new one created."
    )
    branch_external_id: str = strawberry.field(
        description="The `externalId` of the branch it belongs to (filial); a known customer stays in its branch."
    )
    name: str = strawberry.field(description="Name or company name (nome ou razão social).")
    document: str = strawberry.field(
        description="CPF or CNPJ, numeric or alphanumeric, punctuated or not (CPF/CNPJ)."
    )
    gender: strawberry.Maybe[Gender | None] = strawberry.field(description="Gender, of a person (gênero).")
    born_on: strawberry.Maybe[date | None] = strawberry.field(
        description="Birth date, of a person (data de nascimento)."
    )
    mobile: strawberry.Maybe[str | None] = strawberry.field(
        description="Mobile phone with area code (celular)."
    )
    email: strawberry.Maybe[str | None] = strawberry.field(description="E-mail (e-mail).")
    address: strawberry.Maybe[AddressChangesInput | None] = strawberry.field(
        description="Address (endereço): parts that are left out stay, null clears all of it."
    )
    hold: strawberry.Maybe[NegativationHold | None] = strawberry.field(
        description="Why nothing of this customer is to be negativated (bloqueio de negativação); null: no hold."
    )

    def row(self) -> CustomerRow:
        """The row as use cases take it."""
        address, kept_parts = AddressChangesInput.whole(self.address)
        kept = left_out(
            gender=self.gender,
            born_on=self.born_on,
            mobile=self.mobile,
            email=self.email,
            hold=self.hold,
        )
        return CustomerRow(
            branch_external_id=self.branch_external_id,
            fields=CustomerFields(
                name=self.name,
                document=self.document,
                gender=value_or_none(self.gender),
                born_on=value_or_none(self.born_on),
                mobile=value_or_none(self.mobile),
                email=value_or_none(self.email),
                address=address,
                hold=value_or_none(self.hold),
                external_id=self.external_id,
            ),
            kept=kept | kept_parts,
        )


@strawberry.input(description="What saveCustomers wants to know (clientes a salvar).")
class SaveCustomersInput:
    rows: list[CustomerRowInput] = strawberry.field(
        description=f"The customers, at most {MAX_ROWS} (clientes). Of two rows with the same `externalId` the second updates the first."
    )


@strawberry.type(description="What became of one customer (resultado da linha).")
class SavedCustomer(SavedRow):
    customer: Customer | None = strawberry.field(
        description="The customer as it is now (cliente); null when the row was refused."
    )

    @classmethod
    def of(
        cls, row: CustomerRowInput, saved: save_rows.SavedRow[domain.Customer], context: Context
    ) -> "SavedCustomer":
        """The result as the schema shows it."""
        return cls(
            external_id=row.external_id,
            how=saved.how,
            error=error_of_row(saved, context),
            customer=None if saved.record is None else Customer.of(saved.record),
        )


@strawberry.type(description="Each row was saved or refused (clientes cadastrados ou recusados).")
class SaveCustomersSuccess:
    results: list[SavedCustomer] = strawberry.field(
        description="One result per row, in the order given (resultados): some may have been refused."
    )
    counts: SavedRowCounts = strawberry.field(description="How many had which result (totais).")


SaveCustomersResult = Annotated[
    SaveCustomersSuccess | InvalidInputError,
    strawberry.union("SaveCustomersResult", description="What came of saveCustomers (resultado)."),
]


@mutation(
    "Creates and updates customers by hundreds, each row with its own result (cadastrar ou atualizar clientes): a row that is refused does not touch the others. Sending the same rows again changes nothing. Nothing goes to the bureau.",
    permission=needs_one_of(Scope.IMPORT, Scope.WRITE_RECORDS),
)
async def save_customers(
    info: Info,
    data: Annotated[
        SaveCustomersInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> SaveCustomersResult:
    saved = await info.context.use_cases.save_customers(
        SaveCustomersCommand(caller=info.context.caller, rows=[row.row() for row in data.rows])
    )
    return SaveCustomersSuccess(
        results=[
            SavedCustomer.of(row, result, info.context) for row, result in zip(data.rows, saved, strict=True)
        ],
        counts=SavedRowCounts.of(saved),
    )
