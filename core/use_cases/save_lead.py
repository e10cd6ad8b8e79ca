"""Create and change leads."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.subjects import Lead
from core.use_cases.contact_record import ContactChanges, ContactFields, changed_contact, new_contact
from core.use_cases.keep_record import KeepRecord
from core.use_cases.visible import get_branch, get_visible
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLeadCommand:
    """A new lead of a branch."""

    caller: Caller
    branch_id: UUID
    fields: ContactFields


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLeadCommand:
    """What is to be changed at a lead."""

    caller: Caller
    lead_id: UUID
    changes: ContactChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateLead:
    """Raises NotFound, InvalidInput (see `new_contact`), Conflict EXTERNAL_ID_TAKEN."""

    units_of_work: UnitsOfWork
    keep: KeepRecord
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateLeadCommand) -> Lead:
        """Create it, or answer with the lead that the same sending created before."""
        command.caller.require(Scope.WRITE_RECORDS)
        lead = new_contact(
            Lead,
            command.fields,
            record_id=self.ids.new(),
            branch_id=command.branch_id,
            at=self.clock.now(),
        )
        async with self.units_of_work.begin() as work:
            branch = await get_branch(work, command.branch_id, command.caller, "branchId")
            return await self.keep.create(work, work.leads, lead, branch.id, command.caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLead:
    """Raises NotFound, InvalidInput (see `new_contact`), Conflict EXTERNAL_ID_TAKEN."""

    units_of_work: UnitsOfWork
    keep: KeepRecord

    async def __call__(self, command: UpdateLeadCommand) -> Lead:
        """Change it."""
        command.caller.require(Scope.WRITE_RECORDS)
        async with self.units_of_work.begin() as work:
            before = await get_visible(
                work.leads, command.lead_id, command.caller, "Lead", "leadId", lock=True
            )
            after = changed_contact(before, command.changes)
            return await self.keep.change(work, work.leads, before, after, before.branch_id, command.caller)
