"""Link an integration at its branch, which makes it usable (campo "Integração de análise de crédito")."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.branch import Branch
from core.domain.errors import Conflict
from core.domain.integration import BranchAlreadyIntegrated
from core.use_cases.integration_access import branch_lock, get_undeleted
from core.use_cases.visible import get_branch
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIntegrationCommand:
    """The branch, and the integration that it is to use."""

    caller: Caller
    branch_id: UUID
    integration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIntegration:
    """Policy: a branch links its own integration, and only one. Linking what is linked changes nothing.

    Raises NotFound, Conflict INTEGRATION_OF_ANOTHER_BRANCH, BranchAlreadyIntegrated.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: LinkIntegrationCommand) -> Branch:
        """Link it."""
        command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.begin() as work:
            await work.lock(branch_lock(command.branch_id))
            branch = await get_branch(work, command.branch_id, command.caller, "branchId", lock=True)
            integration = await get_undeleted(work, command.integration_id, command.caller)
            if integration.branch_id != branch.id:
                raise Conflict(reason="INTEGRATION_OF_ANOTHER_BRANCH")
            if branch.integration_id == integration.id:
                return branch
            if branch.integration_id is not None:
                raise BranchAlreadyIntegrated(branch_number=branch.number)
            now = self.clock.now()
            linked = replace(branch, integration_id=integration.id, updated_at=now)
            await work.branches.save(linked)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.INTEGRATION_LINKED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("Integration", integration.id),
                    branch_id=linked.id,
                    number=integration.number,
                )
            )
            return linked
