"""Write down what came of a password change: once, whoever learns it, the caller or the dispatcher after a crash."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple, NoReturn
from uuid import UUID

from core.domain.access import SYSTEM, Caller
from core.domain.audit import AuditAction, audited
from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind, FailureClass
from core.domain.credentials import Credential, CredentialsRefused, CredentialState, UsedPassword
from core.domain.idempotency import IdempotencyRecord
from core.domain.integration import Integration
from core.domain.intents import Claim
from core.domain.secret import SealedSecret
from core.use_cases.bureau_access import account_with, secret_context
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.password_hasher import PasswordHasher
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

ASK_AGAIN_AFTER = timedelta(seconds=30)

TRY_LEASE = timedelta(seconds=90)
"""How long trying a password may take before somebody else goes on with it."""

OPERATION = "tryPassword"
_REFUSED = "was refused"


class Tried(StrEnum):
    """What came of trying a password.

    UNANSWERED: it was tried, but the answer was lost. BEFORE: it was tried before, by somebody who could not tell any more
    what came of it. NOT_TRIED: the bureau certainly did not look at it.
    """

    TAKEN = "TAKEN"
    REFUSED = "REFUSED"
    UNANSWERED = "UNANSWERED"
    BEFORE = "BEFORE"
    NOT_TRIED = "NOT_TRIED"


class Round(NamedTuple):
    """The names by which the tries of a round are remembered."""

    new: str
    old: str


ROUNDS = (Round("new", "old"), Round("new again", "old again"))
"""Two wrong tries at most: the bureau locks an account after five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRotation:
    """Each method settles the claim and the credential in one transaction; when the claim was lost, nothing is written."""

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    hasher: PasswordHasher
    clock: Clock
    ids: Ids

    async def promoted(
        self,
        claim: Claim,
        integration_id: UUID,
        kind: CredentialKind,
        caller: Caller,
        state: CredentialState = CredentialState.VALID,
    ) -> Integration:
        """The bureau takes the new password: it becomes the stored one and enters the history.

        `state` is UNVERIFIED when that follows from its taking no other.
        """
        integration = await self._read(integration_id)
        pending = integration.credential(kind).pending
        if pending is None:
            return integration
        password = self.vault.open(pending, secret_context(integration_id, kind))
        used = UsedPassword(
            integration_id=integration_id,
            kind=kind,
            password_hash=await self.hasher.hash(password),
            used_from=self.clock.now(),
        )
        return await self._settle(claim, integration_id, kind, caller, used=used, state=state)

    async def kept(
        self,
        claim: Claim,
        integration_id: UUID,
        kind: CredentialKind,
        state: CredentialState,
        caller: Caller,
    ) -> Integration:
        """The change did not happen: the old password stays, in `state` (REFUSED when the bureau takes neither)."""
        return await self._settle(claim, integration_id, kind, caller, state=state)

    async def probe(
        self, claim: Claim, integration_id: UUID, kind: CredentialKind, caller: Caller
    ) -> Integration:
        """Find out which password the bureau takes: the new one is tried once, then the old one once.

        Each try is written down before it is made, and one whose answer never came counts, whoever crashed meanwhile and
        however often, because wrong ones lock the account. Only when neither was answered is there a second round.

        Raises BureauFailure TRANSIENT when the change did not happen, UNDETERMINED when it is not known yet (the bureau is
        asked again later), CredentialsRefused when it takes neither.
        """
        integration = await self._read(integration_id)
        credential = integration.credential(kind)
        if credential.state is not CredentialState.ROTATING or credential.pending is None:
            await self._drop(claim)
            return integration
        for tries in ROUNDS:
            new = await self._try(claim, integration, kind, credential.pending, tries.new)
            if new is Tried.TAKEN:
                return await self.promoted(claim, integration_id, kind, caller)
            if new is Tried.NOT_TRIED:
                await self._ask_again(claim)
            refused = tries.new if new is Tried.REFUSED else None
            old = await self._try(claim, integration, kind, credential.sealed, tries.old, refused=refused)
            if new is Tried.REFUSED:
                return await self._kept_after(old, claim, integration_id, kind, caller)
            match old:
                case Tried.TAKEN:
                    return await self._kept_after(old, claim, integration_id, kind, caller)
                case Tried.REFUSED:
                    # One of the two it must be. The next call with it shows whether it is.
                    unverified = CredentialState.UNVERIFIED
                    return await self.promoted(claim, integration_id, kind, caller, unverified)
                case Tried.NOT_TRIED:
                    await self._ask_again(claim)
            if Tried.UNANSWERED in (new, old) and tries is not ROUNDS[-1]:
                await self._ask_again(claim)
        return await self._kept_after(Tried.UNANSWERED, claim, integration_id, kind, caller)

    async def _kept_after(
        self, old: Tried, claim: Claim, integration_id: UUID, kind: CredentialKind, caller: Caller
    ) -> NoReturn:
        """The old password stays, as the bureau judged it: UNVERIFIED when it did not."""
        judged = {Tried.TAKEN: CredentialState.VALID, Tried.REFUSED: CredentialState.REFUSED}
        await self.kept(claim, integration_id, kind, judged.get(old, CredentialState.UNVERIFIED), caller)
        if old is Tried.REFUSED:
            raise CredentialsRefused(credential=kind)
        raise BureauFailure(failure=FailureClass.TRANSIENT)

    async def _ask_again(self, claim: Claim) -> NoReturn:
        async with self.units_of_work.begin() as work:
            await work.outbox.retry(claim, ASK_AGAIN_AFTER)
        raise BureauFailure(failure=FailureClass.UNDETERMINED)

    async def _try(
        self,
        claim: Claim,
        integration: Integration,
        kind: CredentialKind,
        sealed: SealedSecret | None,
        name: str,
        *,
        refused: str | None = None,
    ) -> Tried:
        """Try a password at the bureau, unless that was done before. `refused` names a try that is known to have failed.

        Raises BureauFailure when the claim was lost.
        """
        if sealed is None:
            return Tried.REFUSED
        before = await self._write_down(claim, name, refused)
        if before is not None:
            return before
        password = self.vault.open(sealed, secret_context(integration.id, kind))
        try:
            await self.bureau.test_credentials(account_with(integration, password), kind)
        except BureauNotConfigured:
            await self._not_tried(claim, name)
            return Tried.NOT_TRIED
        except BureauFailure as failure:
            if failure.failure is FailureClass.CREDENTIAL:
                return Tried.REFUSED
            if failure.failure is FailureClass.UNDETERMINED:
                return Tried.UNANSWERED
            await self._not_tried(claim, name)
            return Tried.NOT_TRIED
        return Tried.TAKEN

    async def _write_down(self, claim: Claim, name: str, refused: str | None) -> Tried | None:
        """Write down that a try is made, and that another was refused. When it was made before: what is known of it."""
        async with self.units_of_work.begin() as work:
            if not await work.outbox.retry(claim, TRY_LEASE):
                raise BureauFailure(failure=FailureClass.UNDETERMINED)
            if refused is not None:
                await self._note(work, claim, f"{refused} {_REFUSED}")
            if await self._note(work, claim, name):
                return None
            known = await work.idempotency.get(SYSTEM.id, _key(claim, f"{name} {_REFUSED}"))
            return Tried.BEFORE if known is None else Tried.REFUSED

    async def _note(self, work: UnitOfWork, claim: Claim, name: str) -> bool:
        """Note something of this change; False when it is noted already."""
        key = _key(claim, name)
        if await work.idempotency.get(SYSTEM.id, key) is not None:
            return False
        await work.idempotency.add(
            IdempotencyRecord(
                caller_id=SYSTEM.id,
                key=key,
                operation=OPERATION,
                fingerprint=self.vault.fingerprint(key),
                result_id=claim.intent.subject_id,
                created_at=self.clock.now(),
            )
        )
        return True

    async def _not_tried(self, claim: Claim, name: str) -> None:
        async with self.units_of_work.begin() as work:
            await work.idempotency.remove(SYSTEM.id, _key(claim, name))

    async def _settle(
        self,
        claim: Claim,
        integration_id: UUID,
        kind: CredentialKind,
        caller: Caller,
        *,
        used: UsedPassword | None = None,
        state: CredentialState = CredentialState.VALID,
    ) -> Integration:
        now = self.clock.now()
        async with self.units_of_work.begin() as work:
            integration = await work.integrations.get(integration_id, lock=True)
            if integration is None:
                raise LookupError("an integration whose password is being changed is gone")
            credential = integration.credential(kind)
            if not await work.outbox.done(claim) or credential.state is not CredentialState.ROTATING:
                return integration
            changed: Credential = credential.promoted(now, state) if used else credential.kept(state, now)
            settled = replace(integration.with_credential(changed), updated_at=now)
            await work.integrations.save(settled)
            if used is not None:
                await work.integrations.remember_password(used)
            if kind is CredentialKind.PEFIN and changed.usable:
                await work.outbox.release(integration_id)
            if used is not None or state is CredentialState.REFUSED:
                action = AuditAction.CREDENTIALS_ROTATED if used else AuditAction.CREDENTIALS_REFUSED
                await work.audit.add(
                    audited(
                        caller,
                        action,
                        event_id=self.ids.new(),
                        at=now,
                        record=("Integration", integration_id),
                        branch_id=integration.branch_id,
                        kind=kind.value,
                    )
                )
            return settled

    async def _read(self, integration_id: UUID) -> Integration:
        async with self.units_of_work.read() as work:
            integration = await work.integrations.get(integration_id)
        if integration is None:
            raise LookupError("an integration whose password is being changed is gone")
        return integration

    async def _drop(self, claim: Claim) -> None:
        async with self.units_of_work.begin() as work:
            await work.outbox.done(claim)


def _key(claim: Claim, name: str) -> str:
    return f"{claim.intent.key}:{name}"
