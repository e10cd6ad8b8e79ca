"""Register an integration of a branch with the provider (cadastrar integração de análise de crédito)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.bureau import CredentialKind, Environment
from core.domain.calendar_rules import local_date
from core.domain.credentials import Credential, CredentialState
from core.domain.integration import BranchAlreadyIntegrated, Integration, Intermediary
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import IntegrationPlan, require_in_force
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.fetch_results import results_routine
from core.use_cases.integration_access import PasswordHistory, branch_lock, try_passwords
from core.use_cases.integration_input import (
    PASSWORD_PATHS,
    AutomationFields,
    check_password,
    read_automation,
    read_login,
    read_responsible_cpf,
)
from core.use_cases.record_input import RecordReader
from core.use_cases.visible import get_branch
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

NO_AUTOMATION = AutomationFields()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIntegrationCommand:
    """The form. The passwords are those that the provider issued; in homologation they may come later."""

    caller: Caller
    branch_id: UUID
    environment: Environment
    login: str
    responsible_cpf: str
    consultation_password: Secret | None = None
    pefin_password: Secret | None = None
    intermediary: Intermediary = Intermediary.CONNECT
    plan: IntegrationPlan = IntegrationPlan.REPORT_AND_SCORE
    send_sms_on_inclusion: bool = False
    automation: AutomationFields = NO_AUTOMATION

    @property
    def passwords(self) -> dict[CredentialKind, Secret]:
        """The passwords that were given."""
        given = {
            CredentialKind.CONSULTATION: self.consultation_password,
            CredentialKind.PEFIN: self.pefin_password,
        }
        return {kind: password for kind, password in given.items() if password is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIntegration:
    """Policy.

    - Credit analysis must be switched on in the general parameters.
    - One integration per branch, whatever its intermediary, also when two requests race.
    - For PRODUCTION the bureau checks both passwords first, free of charge.
    - It is of use only once it is linked at its branch.

    Raises NotFound, CreditAnalysisDisabled, InvalidInput with every problem, PlanNotAllowed, BranchAlreadyIntegrated,
    CredentialsRefused, BureauFailure.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    history: PasswordHistory
    clock: Clock
    ids: Ids

    async def __call__(self, command: CreateIntegrationCommand) -> Integration:
        """Create it, not yet linked."""
        command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.read() as work:
            await self._check_company(work, command)
        tested = command.environment is Environment.PRODUCTION
        integration = self._read(command, self.ids.new(), self.clock.now(), tested=tested)
        async with self.units_of_work.read() as work:
            await _require_free(work, command)
        if tested:
            await try_passwords(self.bureau, integration, command.passwords)
        used = await self.history.unknown(integration.id, command.passwords)
        async with self.units_of_work.begin() as work:
            await work.lock(branch_lock(command.branch_id))
            await self._check_company(work, command)
            await _require_free(work, command)
            created = await work.integrations.add(integration)
            for password in used:
                await work.integrations.remember_password(password)
            await work.routines.ensure(results_routine(created.id), created.created_at)
            await self._audit(work, command.caller, created)
            return created

    async def _check_company(self, work: UnitOfWork, command: CreateIntegrationCommand) -> None:
        parameters = await work.parameters.credit()
        if not parameters.enabled:
            raise CreditAnalysisDisabled()
        await get_branch(work, command.branch_id, command.caller, "branchId")
        require_in_force(
            command.plan,
            today=local_date(self.clock.now()),
            deprecated_plans_end_on=parameters.deprecated_plans_end_on,
        )

    def _read(
        self, command: CreateIntegrationCommand, integration_id: UUID, now: datetime, *, tested: bool
    ) -> Integration:
        reader = RecordReader()
        login = read_login(reader, command.login)
        responsible_cpf = read_responsible_cpf(reader, command.responsible_cpf)
        automation = read_automation(reader, command.automation)
        for kind, password in command.passwords.items():
            check_password(reader, kind, password)
        for kind in CredentialKind:
            if tested and kind not in command.passwords:
                reader.add(PASSWORD_PATHS[kind], "PASSWORD_REQUIRED")
        if reader or login is None or responsible_cpf is None:
            raise reader.error()
        consultation, pefin = (
            self._credential(integration_id, kind, command.passwords.get(kind), now, tested=tested)
            for kind in CredentialKind
        )
        return Integration(
            id=integration_id,
            number=0,
            intermediary=command.intermediary,
            branch_id=command.branch_id,
            environment=command.environment,
            login=login,
            consultation=consultation,
            pefin=pefin,
            plan=command.plan,
            send_sms_on_inclusion=command.send_sms_on_inclusion,
            responsible_cpf=responsible_cpf,
            automation=automation,
            created_at=now,
            updated_at=now,
        )

    def _credential(
        self,
        integration_id: UUID,
        kind: CredentialKind,
        password: Secret | None,
        now: datetime,
        *,
        tested: bool,
    ) -> Credential:
        """The password as it will be stored: VALID when the bureau has taken it by then."""
        if password is None:
            return Credential(kind=kind, sealed=None, state=CredentialState.MISSING)
        stored = Credential(
            kind=kind,
            sealed=self.vault.seal(password, secret_context(integration_id, kind)),
            state=CredentialState.UNVERIFIED,
            changed_at=now,
        )
        return stored.accepted(now) if tested else stored

    async def _audit(self, work: UnitOfWork, caller: Caller, created: Integration) -> None:
        await work.audit.add(
            audited(
                caller,
                AuditAction.INTEGRATION_CREATED,
                event_id=self.ids.new(),
                at=created.created_at,
                record=("Integration", created.id),
                branch_id=created.branch_id,
                number=created.number,
                environment=created.environment.value,
                plan=created.plan.value,
            )
        )


async def _require_free(work: UnitOfWork, command: CreateIntegrationCommand) -> None:
    if await work.integrations.of_branch(command.branch_id) is not None:
        branch = await get_branch(work, command.branch_id, command.caller, "branchId")
        raise BranchAlreadyIntegrated(branch_number=branch.number)
