"""Watch a CNPJ at the provider (monitorar CNPJ), and stop watching it."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.bureau import CredentialKind
from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import Conflict
from core.domain.integration import Integration
from core.domain.monitoring import Monitor
from core.use_cases.bureau_access import open_account, refusal_noted
from core.use_cases.fetch_changes import changes_routine
from core.use_cases.visible import get_branch, get_visible, linked_integration
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorCompanyCommand:
    """number: the CNPJ to watch; None for the branch's own."""

    caller: Caller
    branch_id: UUID
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorCompany:
    """Policy.

    - Watching twice in an environment gives the same monitor; never one of a branch that the caller does not reach.
    - The provider is told first; repeating that changes nothing there. It is taken back when the integration was deleted,
      moved or taken to another environment or login meanwhile.

    Raises InvalidInput, NotFound, IntegrationNotLinked, CredentialsRefused, BureauNotConfigured, BureauFailure, Conflict
    (ALREADY_MONITORED for a branch out of reach, CHANGED_MEANWHILE).
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: MonitorCompanyCommand) -> Monitor:
        """The monitor, new or found."""
        command.caller.require(Scope.MONITOR)
        path = ("number",)
        asked = parse_document(command.number, path=path, kind=DocumentKind.CNPJ) if command.number else None
        async with self.units_of_work.read() as work:
            branch = await get_branch(work, command.branch_id, command.caller, "branchId")
            integration = await linked_integration(work, branch)
            company = asked or branch.document
            known = await _known(work, command.caller, integration, company)
        if known is not None:
            return known
        kind = CredentialKind.CONSULTATION
        account = open_account(self.vault, integration, kind)
        async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
            await self.bureau.watch(account, company)
        async with self.units_of_work.begin() as work:
            # Deleting an integration, moving it or giving it another login counts what is watched under this lock, so one of
            # the two sees the other.
            current = await work.integrations.get(integration.id, lock=True)
            if current is not None and _stands(current, integration):
                known = await _known(work, command.caller, integration, company)
                return known or await self._add(work, command, integration, company)
        await self.bureau.unwatch(account, company)
        raise Conflict(reason="CHANGED_MEANWHILE")

    async def _add(
        self, work: UnitOfWork, command: MonitorCompanyCommand, integration: Integration, company: Document
    ) -> Monitor:
        now = self.clock.now()
        monitor = await work.monitors.add(
            Monitor(
                id=self.ids.new(),
                number=0,
                branch_id=command.branch_id,
                integration_id=integration.id,
                environment=integration.environment,
                document=company,
                created_at=now,
                created_by=command.caller.name,
            )
        )
        await work.routines.ensure(changes_routine(integration.id), now)
        await work.audit.add(
            audited(
                command.caller,
                AuditAction.MONITOR_ADDED,
                event_id=self.ids.new(),
                at=now,
                record=("Monitor", monitor.id),
                branch_id=monitor.branch_id,
                number=monitor.number,
            )
        )
        return monitor


async def _known(
    work: UnitOfWork, caller: Caller, integration: Integration, company: Document
) -> Monitor | None:
    found = await work.monitors.active(integration.id, integration.environment, [company.number])
    known = found.get(company.number)
    if known is not None and not caller.reaches(known.branch_id):
        raise Conflict(reason="ALREADY_MONITORED")
    return known


def _stands(current: Integration, before: Integration) -> bool:
    """Whether what was asked of the provider before may be recorded now."""
    return (
        current.deleted_at is None
        and current.branch_id == before.branch_id
        and current.environment is before.environment
        and current.login == before.login
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMonitoringCommand:
    """The monitor to stop."""

    caller: Caller
    monitor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMonitoring:
    """Policy.

    - The provider is told first, in the environment that the company is watched in, with the password that the integration
      has now. When the integration is gone, nobody can be told.
    - What was found stays; stopping twice changes nothing.

    Raises NotFound, CredentialsRefused, BureauNotConfigured, BureauFailure.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: StopMonitoringCommand) -> Monitor:
        """The monitor, stopped."""
        command.caller.require(Scope.MONITOR)
        path = ("Monitor", "monitorId")
        async with self.units_of_work.read() as work:
            monitor = await get_visible(work.monitors, command.monitor_id, command.caller, *path)
            integration = await work.integrations.get(monitor.integration_id)
        if monitor.stopped_at is not None:
            return monitor
        if integration is not None and integration.deleted_at is None:
            await self._tell(monitor, integration)
        async with self.units_of_work.begin() as work:
            current = await get_visible(work.monitors, command.monitor_id, command.caller, *path, lock=True)
            if current.stopped_at is not None:
                return current
            now = self.clock.now()
            stopped = replace(current, stopped_at=now)
            await work.monitors.save(stopped)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.MONITOR_STOPPED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("Monitor", stopped.id),
                    branch_id=stopped.branch_id,
                    number=stopped.number,
                )
            )
            return stopped

    async def _tell(self, monitor: Monitor, integration: Integration) -> None:
        kind = CredentialKind.CONSULTATION
        account = replace(open_account(self.vault, integration, kind), environment=monitor.environment)
        if monitor.environment is not integration.environment:
            await self.bureau.unwatch(
                account, monitor.document
            )  # a refusal there says nothing of the password here
            return
        async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
            await self.bureau.unwatch(account, monitor.document)
