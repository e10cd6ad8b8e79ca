"""Save leads and prospects by hundreds, as an integrator or an import sends them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.access import Caller
from core.domain.subjects import Lead, Prospect
from core.use_cases.contact_record import ContactChanges, ContactFields
from core.use_cases.save_lead import CreateLead, CreateLeadCommand, UpdateLead, UpdateLeadCommand
from core.use_cases.save_prospect import (
    CreateProspect,
    CreateProspectCommand,
    UpdateProspect,
    UpdateProspectCommand,
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
class ContactRow:
    """A lead or prospect of the branch with that external id, whole. kept: fields that an update leaves as they are."""

    branch_external_id: str
    fields: ContactFields
    kept: frozenset[str] = frozenset()

    @property
    def owner_external_id(self) -> str:
        """The branch."""
        return self.branch_external_id

    @property
    def external_id(self) -> str | None:
        """What the integrator knows it by; None creates a new one each time."""
        return self.fields.external_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveContactsCommand:
    """At most 500 rows."""

    caller: Caller
    rows: Sequence[ContactRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveLeads:
    """Policy: known external ids are updated, the others created; a lead stays in its branch.

    Raises Forbidden, InvalidInput TOO_MANY.
    """

    units_of_work: UnitsOfWork
    create: CreateLead
    update: UpdateLead

    async def __call__(self, command: SaveContactsCommand) -> list[SavedRow[Lead]]:
        """One result per row, in the order given."""
        caller = command.caller.importing()
        check_rows(command.rows)
        async with self.units_of_work.read() as work:
            branches = await owning_branches(work, command.rows, caller)
            known = await known_rows(work.leads, command.rows, caller)

        async def create(row: ContactRow) -> Lead:
            branch_id = branch_of(branches, row)
            return await self.create(CreateLeadCommand(caller=caller, branch_id=branch_id, fields=row.fields))

        async def update(row: ContactRow, before: Lead) -> Lead:
            branch_of(branches, row, before.branch_id)
            changes = ContactChanges(**given_values(row.fields, row.kept))
            return await self.update(UpdateLeadCommand(caller=caller, lead_id=before.id, changes=changes))

        return await save_rows(command.rows, known, create, update)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveProspects:
    """Policy: as with leads.

    Raises Forbidden, InvalidInput TOO_MANY.
    """

    units_of_work: UnitsOfWork
    create: CreateProspect
    update: UpdateProspect

    async def __call__(self, command: SaveContactsCommand) -> list[SavedRow[Prospect]]:
        """One result per row, in the order given."""
        caller = command.caller.importing()
        check_rows(command.rows)
        async with self.units_of_work.read() as work:
            branches = await owning_branches(work, command.rows, caller)
            known = await known_rows(work.prospects, command.rows, caller)

        async def create(row: ContactRow) -> Prospect:
            branch_id = branch_of(branches, row)
            return await self.create(
                CreateProspectCommand(caller=caller, branch_id=branch_id, fields=row.fields)
            )

        async def update(row: ContactRow, before: Prospect) -> Prospect:
            branch_of(branches, row, before.branch_id)
            changes = ContactChanges(**given_values(row.fields, row.kept))
            return await self.update(
                UpdateProspectCommand(caller=caller, prospect_id=before.id, changes=changes)
            )

        return await save_rows(command.rows, known, create, update)
