"""Save customers by hundreds, as an integrator or an import sends them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.access import Caller
from core.domain.subjects import Customer
from core.use_cases.record_input import AddressChanges
from core.use_cases.save_customer import (
    CreateCustomer,
    CreateCustomerCommand,
    CustomerChanges,
    CustomerFields,
    UpdateCustomer,
    UpdateCustomerCommand,
)
from core.use_cases.save_rows import (
    SavedRow,
    branch_of,
    check_rows,
    given_values,
    known_rows,
    owning_branches,
    save_rows,
)
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer of the branch with that external id, whole: a part that is absent is cleared when it is updated.

    kept: fields, and parts of the address, that an update leaves as they are, whatever stands in `fields`.
    """

    branch_external_id: str
    fields: CustomerFields
    kept: frozenset[str] = frozenset()

    @property
    def owner_external_id(self) -> str:
        """The branch."""
        return self.branch_external_id

    @property
    def external_id(self) -> str | None:
        """What the integrator knows the customer by; None creates a new one each time."""
        return self.fields.external_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveCustomersCommand:
    """At most 500 rows."""

    caller: Caller
    rows: Sequence[CustomerRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveCustomers:
    """Policy: known external ids are updated, the others created; a customer stays in its branch.

    Raises Forbidden, InvalidInput TOO_MANY.
    """

    units_of_work: UnitsOfWork
    create: CreateCustomer
    update: UpdateCustomer

    async def __call__(self, command: SaveCustomersCommand) -> list[SavedRow[Customer]]:
        """One result per row, in the order given."""
        caller = command.caller.importing()
        check_rows(command.rows)
        async with self.units_of_work.read() as work:
            branches = await owning_branches(work, command.rows, caller)
            known = await known_rows(work.customers, command.rows, caller)

        async def create(row: CustomerRow) -> Customer:
            branch_id = branch_of(branches, row)
            return await self.create(
                CreateCustomerCommand(caller=caller, branch_id=branch_id, fields=row.fields)
            )

        async def update(row: CustomerRow, before: Customer) -> Customer:
            branch_of(branches, row, before.branch_id)
            values = given_values(row.fields, row.kept)
            address = AddressChanges(**given_values(row.fields.address, row.kept))
            changes = CustomerChanges(**{**values, "address": address})
            return await self.update(
                UpdateCustomerCommand(caller=caller, customer_id=before.id, changes=changes)
            )

        return await save_rows(command.rows, known, create, update)
