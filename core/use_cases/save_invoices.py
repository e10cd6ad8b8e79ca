"""Save invoices by hundreds, as an integrator or an import sends them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.access import Caller
from core.domain.invoice import Invoice
from core.use_cases.save_invoice import (
    CreateInvoice,
    CreateInvoiceCommand,
    InvoiceChanges,
    InvoiceFields,
    UpdateInvoice,
    UpdateInvoiceCommand,
)
from core.use_cases.save_rows import SavedRow, check_rows, given_values, known_rows, owner_of, save_rows
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """An invoice of the customer with that external id, whole. kept: fields that an update leaves as they are."""

    customer_external_id: str
    fields: InvoiceFields
    kept: frozenset[str] = frozenset()

    @property
    def owner_external_id(self) -> str:
        """The customer."""
        return self.customer_external_id

    @property
    def external_id(self) -> str | None:
        """What the integrator knows the invoice by; None creates a new one each time."""
        return self.fields.external_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveInvoicesCommand:
    """At most 500 rows."""

    caller: Caller
    rows: Sequence[InvoiceRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveInvoices:
    """Policy: known external ids are updated, the others created; an invoice stays with its customer.

    Raises Forbidden, InvalidInput TOO_MANY.
    """

    units_of_work: UnitsOfWork
    create: CreateInvoice
    update: UpdateInvoice

    async def __call__(self, command: SaveInvoicesCommand) -> list[SavedRow[Invoice]]:
        """One result per row, in the order given."""
        caller = command.caller.importing()
        check_rows(command.rows)
        async with self.units_of_work.read() as work:
            owners = {row.owner_external_id for row in command.rows}
            customers = {
                external_id: customer
                for external_id, customer in (await work.customers.by_external_ids(owners)).items()
                if caller.reaches(customer.branch_id)
            }
            known = await known_rows(work.invoices, command.rows, caller)

        async def create(row: InvoiceRow) -> Invoice:
            customer_id = owner_of(customers, row, "Customer", "customerExternalId")
            return await self.create(
                CreateInvoiceCommand(caller=caller, customer_id=customer_id, fields=row.fields)
            )

        async def update(row: InvoiceRow, before: Invoice) -> Invoice:
            owner_of(customers, row, "Customer", "customerExternalId", before.customer_id)
            changes = InvoiceChanges(**given_values(row.fields, row.kept))
            return await self.update(
                UpdateInvoiceCommand(caller=caller, invoice_id=before.id, changes=changes)
            )

        return await save_rows(command.rows, known, create, update)
