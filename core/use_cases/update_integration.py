"""Change an integration (editar integração de análise de crédito)."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.bureau import CredentialKind, Environment
from core.domain.calendar_rules import local_date
from core.domain.credentials import Credential, CredentialState
from core.domain.errors import Conflict
from core.domain.integration import BranchAlreadyIntegrated, Integration
from core.domain.listing import NegativationFilter
from core.domain.negativation import LIVE, NegativationForm
from core.domain.plans import IntegrationPlan, require_in_force
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.changes import UNSET, Change, changed, changed_fields, given
from core.use_cases.fetch_changes import changes_routine
from core.use_cases.fetch_results import results_routine
from core.use_cases.integration_access import (
    PasswordHistory,
    get_locked,
    get_undeleted,
    require_login_free,
    require_unused,
    try_passwords,
)
from core.use_cases.integration_input import (
    PASSWORD_PATHS,
    AutomationChanges,
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

SAME_AUTOMATION = AutomationChanges()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateIntegrationCommand:
    """What is to be changed. The passwords are those that already stand at the provider: changing them there is rotating."""

    caller: Caller
    integration_id: UUID
    branch_id: Change[UUID] = UNSET
    environment: Change[Environment] = UNSET
    login: Change[str] = UNSET
    consultation_password: Change[Secret] = UNSET
    pefin_password: Change[Secret] = UNSET
    plan: Change[IntegrationPlan] = UNSET
    send_sms_on_inclusion: Change[bool] = UNSET
    responsible_cpf: Change[str] = UNSET
    automation: AutomationChanges = SAME_AUTOMATION

    @property
    def passwords(self) -> dict[CredentialKind, Secret]:
        """The passwords that were given."""
        passwords = {
            CredentialKind.CONSULTATION: self.consultation_password,
            CredentialKind.PEFIN: self.pefin_password,
        }
        return {kind: password for kind, password in passwords.items() if isinstance(password, Secret)}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedIntegration:
    """The integration, and how many live AUTOMATIC registrations it has when its automation was switched off just now.

    Those stay; from now on only a person clears them.
    """

    integration: Integration
    automatic_live: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateIntegration:
    """Policy.

    - The branch may not change while the integration is linked. Neither branch nor environment may change while it has live
      registrations or watches companies: those belong to a branch, and are ended in the environment they were made in.
    - Nor may the login then, for another is another account there, unless the provider refuses the password that ends them.
    - To PRODUCTION only after the bureau took both passwords, free of charge.
    - A password given here is stored as not yet verified and joins the history; what waited for it goes on.

    Raises NotFound, InvalidInput with every problem, PlanNotAllowed, BranchAlreadyIntegrated, ActiveNegativations,
    ActiveMonitors, CredentialsRefused, BureauFailure, Conflict (INTEGRATION_LINKED, ROTATION_IN_PROGRESS, CHANGED_MEANWHILE).
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    history: PasswordHistory
    clock: Clock
    ids: Ids

    async def __call__(self, command: UpdateIntegrationCommand) -> UpdatedIntegration:
        """Change it."""
        command.caller.require(Scope.CONFIGURE)
        async with self.units_of_work.read() as work:
            before = await get_undeleted(work, command.integration_id, command.caller)
            await self._check(work, command, before)
        wanted = _read(command, before)
        tested = await self._try(command, before, wanted)
        used = await self.history.unknown(before.id, command.passwords)
        async with self.units_of_work.begin() as work:
            current = await get_locked(
                work, command.integration_id, command.caller, changed(command.branch_id, before.branch_id)
            )
            await self._check(work, command, current)
            if any(current.credential(kind).version != before.credential(kind).version for kind in tested):
                raise Conflict(reason="CHANGED_MEANWHILE")
            wanted = _read(command, current)
            if wanted.login != current.login:
                await require_login_free(work, current)
            now = self.clock.now()
            after = self._with_credentials(command, current, wanted, tested, now)
            if after == current:
                return UpdatedIntegration(integration=current)
            after = replace(after, updated_at=now)
            await work.integrations.save(after)
            for password in used:
                await work.integrations.remember_password(password)
            if after.pefin.version != current.pefin.version and after.pefin.usable:
                await work.outbox.release(after.id)
            if (after.login, after.environment) != (current.login, current.environment):
                await _read_from_the_beginning(work, after, now)
            await self._audit(work, command, current, after)
            return UpdatedIntegration(
                integration=after, automatic_live=await _left_behind(work, current, after)
            )

    async def _check(self, work: UnitOfWork, command: UpdateIntegrationCommand, current: Integration) -> None:
        """Refuse what the integration's surroundings forbid."""
        if isinstance(command.plan, IntegrationPlan):
            parameters = await work.parameters.credit()
            require_in_force(
                command.plan,
                today=local_date(self.clock.now()),
                deprecated_plans_end_on=parameters.deprecated_plans_end_on,
            )
        new_branch_id = changed(command.branch_id, current.branch_id)
        moves = new_branch_id != current.branch_id
        if moves:
            await _require_movable(work, command.caller, current, new_branch_id)
        if moves or changed(command.environment, current.environment) is not current.environment:
            await require_unused(work, current.id)

    async def _try(
        self, command: UpdateIntegrationCommand, before: Integration, wanted: Integration
    ) -> frozenset[CredentialKind]:
        """The kinds of password that the bureau took, in the environment that is about to be used."""
        if before.environment is wanted.environment or wanted.environment is not Environment.PRODUCTION:
            return frozenset()
        passwords = {
            kind: self.vault.open(credential.sealed, secret_context(before.id, kind))
            for kind in CredentialKind
            if kind not in command.passwords and (credential := before.credential(kind)).sealed is not None
        }
        passwords.update(command.passwords)
        reader = RecordReader()
        for kind in CredentialKind:
            if kind not in passwords:
                reader.add(PASSWORD_PATHS[kind], "PASSWORD_REQUIRED")
        reader.raise_if_any()
        await try_passwords(self.bureau, wanted, passwords)
        return frozenset(passwords)

    def _with_credentials(
        self,
        command: UpdateIntegrationCommand,
        current: Integration,
        wanted: Integration,
        tested: frozenset[CredentialKind],
        now: datetime,
    ) -> Integration:
        """The wanted integration with what is now known of its passwords."""
        account_changed = (wanted.login, wanted.environment) != (current.login, current.environment)
        for kind in CredentialKind:
            password = command.passwords.get(kind)
            if password is None and not account_changed:
                continue
            credential = current.credential(kind)
            if credential.state is CredentialState.ROTATING:
                raise Conflict(reason="ROTATION_IN_PROGRESS")
            renewed = self._renewed(current.id, credential, password, now)
            wanted = wanted.with_credential(renewed.accepted(now) if kind in tested else renewed)
        return wanted

    def _renewed(
        self, integration_id: UUID, credential: Credential, password: Secret | None, now: datetime
    ) -> Credential:
        if password is None:
            return credential.untried()
        return credential.replaced(
            self.vault.seal(password, secret_context(integration_id, credential.kind)), now
        )

    async def _audit(
        self,
        work: UnitOfWork,
        command: UpdateIntegrationCommand,
        before: Integration,
        after: Integration,
    ) -> None:
        updated = audited(
            command.caller,
            AuditAction.INTEGRATION_UPDATED,
            event_id=self.ids.new(),
            at=after.updated_at,
            record=("Integration", after.id),
            branch_id=after.branch_id,
            number=after.number,
            fields=",".join(name for name in changed_fields(before, after) if name != "updatedAt"),
        )
        adopted = [
            audited(
                command.caller,
                AuditAction.CREDENTIALS_ADOPTED,
                event_id=self.ids.new(),
                at=after.updated_at,
                record=("Integration", after.id),
                branch_id=after.branch_id,
                kind=kind.value,
            )
            for kind in command.passwords
        ]
        await work.audit.add(updated, *adopted)


def _read(command: UpdateIntegrationCommand, current: Integration) -> Integration:
    """The integration as it is wanted, its passwords apart. Raises InvalidInput with every problem."""
    reader = RecordReader()
    login = current.login if command.login is UNSET else read_login(reader, command.login)
    responsible_cpf = (
        current.responsible_cpf
        if command.responsible_cpf is UNSET
        else read_responsible_cpf(reader, command.responsible_cpf)
    )
    automation = AutomationFields(
        enabled=current.automation.enabled,
        restriction_code=current.automation.restriction_code,
        clearing_code=current.automation.clearing_code,
    )
    wanted_automation = read_automation(reader, replace(automation, **given(command.automation)))
    for kind, password in command.passwords.items():
        check_password(reader, kind, password)
    if reader or login is None or responsible_cpf is None:
        raise reader.error()
    return replace(
        current,
        branch_id=changed(command.branch_id, current.branch_id),
        environment=changed(command.environment, current.environment),
        login=login,
        plan=changed(command.plan, current.plan),
        send_sms_on_inclusion=changed(command.send_sms_on_inclusion, current.send_sms_on_inclusion),
        responsible_cpf=responsible_cpf,
        automation=wanted_automation,
    )


async def _require_movable(
    work: UnitOfWork, caller: Caller, current: Integration, new_branch_id: UUID
) -> None:
    new_branch = await get_branch(work, new_branch_id, caller, "branchId")
    owner = await work.branches.get(current.branch_id)
    if owner is not None and owner.integration_id == current.id:
        raise Conflict(reason="INTEGRATION_LINKED", params={"branch": owner.number})
    if await work.integrations.of_branch(new_branch.id) is not None:
        raise BranchAlreadyIntegrated(branch_number=new_branch.number)


async def _left_behind(work: UnitOfWork, before: Integration, after: Integration) -> int:
    if after.automation.enabled or not before.automation.enabled:
        return 0
    automatic = NegativationFilter(integration_id=after.id, form=NegativationForm.AUTOMATIC, status=LIVE)
    return await work.negativations.count(automatic)


async def _read_from_the_beginning(work: UnitOfWork, integration: Integration, at: datetime) -> None:
    """Forget how far the provider's news were read: another account's cursor means nothing to this one.

    Changes are fetched again only where something is watched; otherwise whoever watches first sees to it.
    """
    results, changes = results_routine(integration.id), changes_routine(integration.id)
    await work.routines.forget(results)
    await work.routines.ensure(results, at)
    await work.routines.forget(changes)
    if await work.monitors.count_active(integration.id):
        await work.routines.ensure(changes, at)
