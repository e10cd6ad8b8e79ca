"""Save invoices by hundreds (cadastrar ou atualizar boletos)."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from api.context import Context, Info
from api.errors.general import InvalidInputError
from api.fields import mutation
from api.inputs import left_out, value_or_none
from api.permissions import needs_one_of
from api.types.invoice import Invoice
from api.types.saved_row import SavedRow, SavedRowCounts, error_of_row
from core.domain import invoice as domain
from core.domain.access import Scope
from core.use_cases import save_rows
from core.use_cases.save_invoice import InvoiceFields
from core.use_cases.save_invoices import InvoiceRow, SaveInvoicesCommand
from core.use_cases.save_rows import MAX_ROWS


@strawberry.input(
    description="An invoice as an integrator knows it (boleto). Optional fields that are left out stay as they are at a known record, null clears them."
)
class InvoiceRowInput:
    external_id: str = strawberry.field(
        description="The integrator's own id, unique among invoices (código externo): a known one is updated, a new one created."
    )
    customer_external_id: str = strawberry.field(
        description="The `externalId` of the customer who owes it (cliente); a known invoice stays with its customer."
    )
    amount: Decimal = strawberry.field(description="What is owed, in reais (valor).")
    issued_on: date = strawberry.field(description="When it was issued (emissão).")
    due_on: date = strawberry.field(description="When it is to be paid (vencimento).")
    contract_number: strawberry.Maybe[str | None] = strawberry.field(
        description="What names the debt at the bureau: up to 16 of 0-9 A-Z / - . space (número do contrato)."
    )
    contract_rescinded_on: strawberry.Maybe[date | None] = strawberry.field(
        description="When the service contract was rescinded (rescisão do contrato)."
    )

    def row(self) -> InvoiceRow:
        """The row as use cases take it."""
        return InvoiceRow(
            customer_external_id=self.customer_external_id,
            fields=InvoiceFields(
                amount=self.amount,
                issued_on=self.issued_on,
                due_on=self.due_on,
                contract_number=value_or_none(self.contract_number),
                contract_rescinded_on=value_or_none(self.contract_rescinded_on),
                external_id=self.external_id,
            ),
            kept=left_out(
                contract_number=self.contract_number, contract_rescinded_on=self.contract_rescinded_on
            ),
        )


@strawberry.input(description="What saveInvoices wants to know (boletos a salvar).")
class SaveInvoicesInput:
    rows: list[InvoiceRowInput] = strawberry.field(
        description=f"The invoices, at most {MAX_ROWS} (boletos). Of two rows with the same `externalId` the second updates the first."
    )


@strawberry.type(description="What became of one invoice (resultado da linha).")
class SavedInvoice(SavedRow):
    invoice: Invoice | None = strawberry.field(
        description="The invoice as it is now (boleto); null when the row was refused."
    )

    @classmethod
    def of(
        cls, row: InvoiceRowInput, saved: save_rows.SavedRow[domain.Invoice], context: Context
    ) -> "SavedInvoice":
        """The result as the schema shows it."""
        return cls(
            external_id=row.external_id,
            how=saved.how,
            error=error_of_row(saved, context),
            invoice=None if saved.record is None else Invoice.of(saved.record),
        )


@strawberry.type(description="Each row was saved or refused (boletos cadastrados ou recusados).")
class SaveInvoicesSuccess:
    results: list[SavedInvoice] = strawberry.field(
        description="One result per row, in the order given (resultados): some may have been refused."
    )
    counts: SavedRowCounts = strawberry.field(description="How many had which result (totais).")


SaveInvoicesResult = Annotated[
    SaveInvoicesSuccess | InvalidInputError,
    strawberry.union("SaveInvoicesResult", description="What came of saveInvoices (resultado)."),
]


@mutation(
    "Creates and updates invoices by hundreds, each row with its own result (cadastrar ou atualizar boletos): a row that is refused does not touch the others. Sending the same rows again changes nothing. Nothing goes to the bureau.",
    permission=needs_one_of(Scope.IMPORT, Scope.WRITE_RECORDS),
)
async def save_invoices(
    info: Info,
    data: Annotated[
        SaveInvoicesInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> SaveInvoicesResult:
    saved = await info.context.use_cases.save_invoices(
        SaveInvoicesCommand(caller=info.context.caller, rows=[row.row() for row in data.rows])
    )
    return SaveInvoicesSuccess(
        results=[
            SavedInvoice.of(row, result, info.context) for row, result in zip(data.rows, saved, strict=True)
        ],
        counts=SavedRowCounts.of(saved),
    )
