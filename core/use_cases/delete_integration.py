"""Delete an integration (excluir integração de análise de crédito)."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.bureau import CredentialKind
from core.domain.credentials import CredentialState
from core.domain.errors import Conflict
from core.domain.integration import Integration
from core.use_cases.fetch_results import results_routine
from core.use_cases.integration_access import get_locked, require_unused
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteIntegrationCommand:
    """The integration to delete."""

    caller: Caller
    integration_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteIntegration:
    """Policy.

    - Not while any of its registrations is live, in flight and failed clearings included, or any company is watched with
      it: they need its passwords.
    - Its passwords are destroyed and its branch is free again; consultations, registrations and the trail stay, and the
      row stays for them to refer to.

    Raises NotFound (also when it was deleted before), ActiveNegativations, ActiveMonitors, Conflict ROTATION_IN_PROGRESS.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: DeleteIntegrationCommand) -> Integration:
        """Delete it; the answer is what is left of it."""
        command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.begin() as work:
            integration = await get_locked(work, command.integration_id, command.caller)
            await require_unused(work, integration.id)
            if any(integration.credential(kind).state is CredentialState.ROTATING for kind in CredentialKind):
                raise Conflict(reason="ROTATION_IN_PROGRESS")
            await self._unlink(work, integration)
            now = self.clock.now()
            deleted = replace(
                integration,
                consultation=integration.consultation.destroyed(),
                pefin=integration.pefin.destroyed(),
                deleted_at=now,
                updated_at=now,
            )
            await work.integrations.save(deleted)
            await work.routines.forget(results_routine(deleted.id))
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.INTEGRATION_DELETED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("Integration", deleted.id),
                    branch_id=deleted.branch_id,
                    number=deleted.number,
                )
            )
            return deleted

    async def _unlink(self, work: UnitOfWork, integration: Integration) -> None:
        branch = await work.branches.get(integration.branch_id, lock=True)
        if branch is not None and branch.integration_id == integration.id:
            await work.branches.save(replace(branch, integration_id=None, updated_at=self.clock.now()))
