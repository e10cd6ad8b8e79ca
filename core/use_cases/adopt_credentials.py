"""Store a password that was changed at the provider's own site: nothing is changed there, it is only tried."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind, FailureClass
from core.domain.credentials import (
    CredentialsRefused,
    CredentialState,
    PasswordRefused,
    UsedPassword,
    password_problems,
)
from core.domain.errors import Conflict, NotFound
from core.domain.integration import Integration
from core.domain.secret import Secret
from core.use_cases.bureau_access import account_with, note_accepted, note_refused, secret_context
from core.use_cases.password_rules import PasswordRules
from core.use_cases.rotate_credentials import RotationDone
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.password_hasher import PasswordHasher
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptCredentialsCommand:
    """The password as it now stands at the provider, twice."""

    caller: Caller
    integration_id: UUID
    kind: CredentialKind
    new_password: Secret
    confirmation: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptCredentials:
    """Policy.

    - It meets the provider's criteria, or it cannot be what stands there. It may have been used before: it is what is.
    - It is stored first, unverified, and what waited for it goes on; then it is tried once, free of charge. Refused, it stays stored and marked REFUSED; when
      the bureau cannot be asked, or has locked the login, it stays UNVERIFIED and the answer warns of that.

    Raises NotFound, PasswordRefused, CredentialsRefused, Conflict ROTATION_IN_PROGRESS.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    hasher: PasswordHasher
    clock: Clock
    ids: Ids
    rules: PasswordRules

    async def __call__(self, command: AdoptCredentialsCommand) -> RotationDone:
        """Store the password and try it."""
        command.caller.require(Scope.ROTATE_CREDENTIALS)
        problems = password_problems(command.kind, command.new_password, command.confirmation)
        if problems:
            raise PasswordRefused(problems=problems)
        adopted = await self._store(command, await self._history_entry(command))
        warnings = await self.rules.warnings(adopted, command.kind, command.new_password)
        tried, unverified = await self._try(command, adopted)
        return RotationDone(integration=tried, warnings=(*warnings, *unverified))

    async def _history_entry(self, command: AdoptCredentialsCommand) -> UsedPassword | None:
        """What the history is to remember; None when it knows the password already. Hashing is slow: done beforehand."""
        async with self.units_of_work.read() as work:
            history = await work.integrations.password_history(command.integration_id, command.kind)
        hashes = [used.password_hash for used in history]
        if await self.hasher.matches_any(command.new_password, hashes):
            return None
        return UsedPassword(
            integration_id=command.integration_id,
            kind=command.kind,
            password_hash=await self.hasher.hash(command.new_password),
            used_from=self.clock.now(),
        )

    async def _store(self, command: AdoptCredentialsCommand, used: UsedPassword | None) -> Integration:
        async with self.units_of_work.begin() as work:
            integration = await self._locked(work, command)
            credential = integration.credential(command.kind)
            if credential.state is CredentialState.ROTATING:
                raise Conflict(reason="ROTATION_IN_PROGRESS")
            now = self.clock.now()
            sealed = self.vault.seal(command.new_password, secret_context(integration.id, command.kind))
            adopted = replace(integration.with_credential(credential.replaced(sealed, now)), updated_at=now)
            await work.integrations.save(adopted)
            if used is not None:
                await work.integrations.remember_password(used)
            if command.kind is CredentialKind.PEFIN:
                await work.outbox.release(adopted.id)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.CREDENTIALS_ADOPTED,
                    event_id=self.ids.new(),
                    at=now,
                    record=("Integration", adopted.id),
                    branch_id=adopted.branch_id,
                    kind=command.kind.value,
                )
            )
            return adopted

    async def _try(
        self, command: AdoptCredentialsCommand, adopted: Integration
    ) -> tuple[Integration, tuple[str, ...]]:
        kind, version = command.kind, adopted.credential(command.kind).version
        try:
            await self.bureau.test_credentials(account_with(adopted, command.new_password), kind)
        except BureauNotConfigured:
            return adopted, ("UNVERIFIED",)
        except BureauFailure as failure:
            if failure.failure is not FailureClass.CREDENTIAL:
                return adopted, ("UNVERIFIED",)
            async with self.units_of_work.begin() as work:
                await note_refused(work, self.ids, adopted.id, kind, version, self.clock.now())
            raise CredentialsRefused(credential=kind) from failure
        async with self.units_of_work.begin() as work:
            await note_accepted(work, adopted.id, kind, version, self.clock.now())
            tried = await work.integrations.get(adopted.id)
        return tried or adopted, ()

    async def _locked(self, work: UnitOfWork, command: AdoptCredentialsCommand) -> Integration:
        integration = await get_visible(
            work.integrations,
            command.integration_id,
            command.caller,
            "Integration",
            "integrationId",
            lock=True,
        )
        if integration.deleted_at is not None:
            raise NotFound(kind="Integration", path=("integrationId",))
        return integration
