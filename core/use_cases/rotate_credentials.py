"""Change one of the two passwords here and at the provider (alterar senha consulta, alterar senha PEFIN)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind, FailureClass
from core.domain.credentials import CredentialsRefused, CredentialState, PasswordRefused
from core.domain.errors import Conflict, NotFound
from core.domain.integration import Integration
from core.domain.intents import Claim, Intent, IntentKind, recovery_account, rotation_recovery_key
from core.domain.secret import Secret
from core.use_cases.bureau_access import open_account, secret_context
from core.use_cases.lookout import Lookout
from core.use_cases.password_rules import PasswordRules
from core.use_cases.repeatable import earlier_result, remember_result
from core.use_cases.settle_rotation import SettleRotation
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

OPERATION = "rotateCredentials"
LEASE = timedelta(seconds=90)
"""How long neither password is tried unless the bureau said what became of the change; then the dispatcher finds out. Longer
than the bureau may take: a change that it makes after both were tried would be missed."""

LONGEST_CALL = timedelta(seconds=60)
"""How long asking for the change may take; it is not asked for when less is left of the lease."""

LAST_CALLS = timedelta(seconds=1)
"""How long calls that were begun before, with the old password, have to reach the bureau: a few of them that arrive after
the change would lock the account."""

PATIENCE = timedelta(seconds=45)
"""How long a repeated request waits for the change that the first one began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateCredentialsCommand:
    """The new password twice, as the form asks for it (nova senha, confirmação da senha)."""

    caller: Caller
    integration_id: UUID
    kind: CredentialKind
    new_password: Secret
    confirmation: Secret
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationDone:
    """The integration after the change. `warnings` are advice on the password: weak, personal, used elsewhere, unverified,
    or (REPLACED) known already and no longer the one in use: another password came after it, and nothing was changed."""

    integration: Integration
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateCredentials:
    """Policy.

    - The new password meets every criterion and was never used before; all that it breaks is said at once.
    - The change is written down, encrypted, before the bureau is asked, because the bureau changes first.
    - Without a clear answer both passwords are kept until the bureau has had its time (LEASE). Then the dispatcher tries the
      new one once, then the old one once, and whichever works is kept; once more only when neither try was answered, because
      the account locks. A crash at any point is cleared up in the same way.
    - A request that repeats one under way waits for its outcome. One that repeats a change which has happened changes
      nothing, and says so when the password was replaced since; one whose change did not happen makes it now.

    Raises NotFound, PasswordRefused, CredentialsRefused, Conflict ROTATION_IN_PROGRESS, IdempotencyConflict,
    BureauNotConfigured, BureauFailure.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    rules: PasswordRules
    settle: SettleRotation
    lookout: Lookout

    async def __call__(self, command: RotateCredentialsCommand) -> RotationDone:
        """Change the password, or answer with what the same idempotency key produced before."""
        command.caller.require(Scope.ROTATE_CREDENTIALS)
        deadline = self.clock.now() + PATIENCE
        while True:
            integration = await self._visible(command)
            problems = await self.rules.problems(
                integration, command.kind, command.new_password, command.confirmation
            )
            # Only then: an equal request may have put the password into the history while that was read.
            repeated = await self._repeated(command, deadline)
            if repeated is not None:
                return repeated
            if problems:
                raise PasswordRefused(problems=problems)
            warnings = await self.rules.warnings(integration, command.kind, command.new_password)
            begun = await self._begin(command, integration.credential(command.kind).version)
            if begun is not None:
                return await self._outcome(command, await self._change(command, *begun), warnings)

    async def _repeated(self, command: RotateCredentialsCommand, deadline: datetime) -> RotationDone | None:
        """The answer, when this key was used before and its change has happened. Raises Conflict at the deadline."""
        async with self.units_of_work.begin() as work:
            earlier_id = await earlier_result(
                work, self.vault, command.caller, command.idempotency_key, OPERATION, *_inputs(command)
            )
            integration = await _undeleted(work, command, lock=False) if earlier_id else None
        if integration is None:
            return None
        done = await self._done(command, integration)
        if done is None and integration.credential(command.kind).state is CredentialState.ROTATING:
            integration = await self._rotated(integration.id, command.kind, deadline)
            done = await self._done(command, integration)
        return done

    async def _rotated(self, integration_id: UUID, kind: CredentialKind, deadline: datetime) -> Integration:
        async def look() -> Integration | None:
            async with self.units_of_work.read() as work:
                integration = await work.integrations.get(integration_id)
            rotating = integration and integration.credential(kind).state is CredentialState.ROTATING
            return None if rotating else integration

        rotated: Integration | None = await self.lookout.wait((integration_id, kind), look, deadline)
        if rotated is None:
            raise Conflict(reason="ROTATION_IN_PROGRESS")
        return rotated

    async def _visible(self, command: RotateCredentialsCommand) -> Integration:
        async with self.units_of_work.read() as work:
            return await _undeleted(work, command, lock=False)

    async def _begin(
        self, command: RotateCredentialsCommand, version: int
    ) -> tuple[Integration, Claim] | None:
        """Write the change down. None when the same request has begun it meanwhile, or the password is no longer the one of
        that version: then its history has grown since it was looked at."""
        async with self.units_of_work.begin() as work:
            earlier_id = await earlier_result(
                work, self.vault, command.caller, command.idempotency_key, OPERATION, *_inputs(command)
            )
            integration = await _undeleted(work, command, lock=True)
            credential = integration.credential(command.kind)
            if credential.state is CredentialState.ROTATING:
                if earlier_id is not None:
                    return None
                raise Conflict(reason="ROTATION_IN_PROGRESS")
            if credential.version != version:
                return None
            if not credential.usable:
                raise CredentialsRefused(credential=command.kind)
            now = self.clock.now()
            sealed = self.vault.seal(command.new_password, secret_context(integration.id, command.kind))
            rotating = integration.with_credential(credential.rotating(sealed, now))
            await work.integrations.save(replace(rotating, updated_at=now))
            claim = await work.outbox.put_leased(
                Intent(
                    key=rotation_recovery_key(integration.id, command.kind, now),
                    account=recovery_account(integration.id),
                    kind=IntentKind.RECOVER_ROTATION,
                    subject_id=integration.id,
                ),
                LEASE,
            )
            await self._remember(work, command, integration)
            return integration, claim

    async def _change(
        self, command: RotateCredentialsCommand, integration: Integration, claim: Claim
    ) -> Integration:
        """Ask the bureau. `integration` is as it was before: its password is the one that the bureau still takes."""
        account = open_account(self.vault, integration, command.kind)
        before = integration.credential(command.kind).state
        await self.clock.sleep(LAST_CALLS)
        if self.clock.now() + LONGEST_CALL > claim.until:
            # This process was suspended: the dispatcher may have found out already that nothing changed.
            await self.settle.kept(claim, integration.id, command.kind, before, command.caller)
            raise BureauFailure(failure=FailureClass.TRANSIENT)
        try:
            await self.bureau.change_password(account, command.kind, command.new_password)
        except BureauNotConfigured:
            await self.settle.kept(claim, integration.id, command.kind, before, command.caller)
            raise
        except BureauFailure as failure:
            if failure.failure is FailureClass.UNDETERMINED:
                # The bureau may still change it: both are kept, and the dispatcher tries them when the lease ends.
                return await self._visible(command)
            if failure.failure is FailureClass.CREDENTIAL:
                before = CredentialState.REFUSED
            await self.settle.kept(claim, integration.id, command.kind, before, command.caller)
            if failure.failure is FailureClass.CREDENTIAL:
                raise CredentialsRefused(credential=command.kind) from failure
            raise
        return await self.settle.promoted(claim, integration.id, command.kind, command.caller)

    async def _outcome(
        self, command: RotateCredentialsCommand, integration: Integration, warnings: tuple[str, ...]
    ) -> RotationDone:
        """The answer to a change that was asked for; whoever took it over may have settled it either way.

        Raises BureauFailure when it did not happen: UNDETERMINED while that is being found out.
        """
        done = await self._done(command, integration)
        if done is not None:
            return replace(done, warnings=(*warnings, *done.warnings))
        in_doubt = integration.credential(command.kind).state is CredentialState.ROTATING
        raise BureauFailure(failure=FailureClass.UNDETERMINED if in_doubt else FailureClass.TRANSIENT)

    async def _done(self, command: RotateCredentialsCommand, integration: Integration) -> RotationDone | None:
        """The answer when the change has happened; None when it has not, or not yet.

        Nothing is begun for a password that was in use before, so one that is in the history now came there since: by this
        change, or because somebody stored it by hand.
        """
        credential = integration.credential(command.kind)
        context = secret_context(integration.id, command.kind)
        if credential.pending and self.vault.open(credential.pending, context) == command.new_password:
            return None  # the history may have it a moment from now
        if credential.sealed and self.vault.open(credential.sealed, context) == command.new_password:
            unverified = credential.state is CredentialState.UNVERIFIED
            return RotationDone(integration=integration, warnings=("UNVERIFIED",) if unverified else ())
        if await self.rules.was_used(integration.id, command.kind, command.new_password):
            return RotationDone(integration=integration, warnings=("REPLACED",))
        return None

    async def _remember(
        self, work: UnitOfWork, command: RotateCredentialsCommand, integration: Integration
    ) -> None:
        known = command.idempotency_key and await work.idempotency.get(
            command.caller.id, command.idempotency_key
        )
        if not known:
            await remember_result(
                work,
                self.vault,
                command.caller,
                command.idempotency_key,
                OPERATION,
                *_inputs(command),
                result_id=integration.id,
                at=self.clock.now(),
            )


def _inputs(command: RotateCredentialsCommand) -> tuple[object, ...]:
    return (command.integration_id, command.kind, command.new_password.value, command.confirmation.value)


async def _undeleted(work: UnitOfWork, command: RotateCredentialsCommand, *, lock: bool) -> Integration:
    path = ("Integration", "integrationId")
    integration = await get_visible(
        work.integrations, command.integration_id, command.caller, *path, lock=lock
    )
    if integration.deleted_at is not None:
        raise NotFound(kind="Integration", path=("integrationId",))
    return integration
