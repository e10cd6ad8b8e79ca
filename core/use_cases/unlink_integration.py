"""Take the link to an integration from a branch: nothing can be asked of the bureau in its name any more."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.branch import Branch
from core.use_cases.integration_access import branch_lock, get_undeleted
from core.use_cases.visible import get_branch
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkIntegrationCommand:
    """The branch, and the integration that it is no longer to use."""

    caller: Caller
    branch_id: UUID
    integration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkIntegration:
    """Policy: what is live stays live and is still followed and cleared. Unlinking what is not linked changes nothing.

    Raises NotFound.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: UnlinkIntegrationCommand) -> Branch:
        """Unlink it."""
        command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.begin() as work:
            await work.lock(branch_lock(command.branch_id))
            branch = await get_branch(work, command.branch_id, command.caller, "branchId", lock=True)
            integration = await get_undeleted(work, command.integration_id, command.caller)
            if branch.integration_id != integration.id:
                return branch
            now = self.clock.now()
            unlinked = replace(branch, integration_id=None, updated_at=now)
            await work.branches.save(unlinked)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.INTEGRATION_UNLINKED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("Integration", integration.id),
                    branch_id=unlinked.id,
                    number=integration.number,
                )
            )
            return unlinked
