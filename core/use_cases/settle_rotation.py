"""Write down what came of a password change: once, whoever learns it, the caller or the dispatcher after a crash."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import NoReturn
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
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

ASK_AGAIN_AFTER = timedelta(seconds=30)

TRY_LEASE = timedelta(seconds=90)
"""How long trying a password may take before somebody else goes on with it."""

OPERATION = "tryPassword"


class Tried(StrEnum):
    """What came of trying a password. UNANSWERED: it was tried, now or before, and counts as a try, but nobody knows its
    result. NOT_TRIED: the bureau certainly did not look at it.
    """

    TAKEN = "TAKEN"
    REFUSED = "REFUSED"
    UNANSWERED = "UNANSWERED"
    NOT_TRIED = "NOT_TRIED"


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

        Never more, whoever crashes in between and however often, because the account locks: each try is written down
        before it is made, and one whose answer was lost is not repeated.

        Raises BureauFailure TRANSIENT when the change did not happen, UNDETERMINED when it is not known yet (the bureau is
        asked again later), CredentialsRefused when it takes neither.
        """
        integration = await self._read(integration_id)
        credential = integration.credential(kind)
        if credential.state is not CredentialState.ROTATING or credential.pending is None:
            await self._drop(claim)
            return integration
        new = await self._try(claim, integration, kind, "new", credential.pending)
        if new is Tried.TAKEN:
            return await self.promoted(claim, integration_id, kind, caller)
        if new is Tried.NOT_TRIED:
            await self._ask_again(claim)
        old = await self._try(claim, integration, kind, "old", credential.sealed)
        if new is Tried.UNANSWERED:
            if old is Tried.NOT_TRIED:
                await self._ask_again(claim)
            if old is Tried.REFUSED:
                # One of the two it must be. The next call with it shows whether it is.
                unverified = CredentialState.UNVERIFIED
                return await self.promoted(claim, integration_id, kind, caller, unverified)
        if old is Tried.REFUSED:
            await self.kept(claim, integration_id, kind, CredentialState.REFUSED, caller)
            raise CredentialsRefused(credential=kind)
        state = CredentialState.VALID if old is Tried.TAKEN else CredentialState.UNVERIFIED
        await self.kept(claim, integration_id, kind, state, caller)
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
        which: str,
        sealed: SealedSecret | None,
    ) -> Tried:
        """Try a password at the bureau, unless that was done before. Raises BureauFailure when the claim was lost."""
        if sealed is None:
            return Tried.REFUSED
        key = f"{claim.intent.key}:{which}"
        if not await self._first_try(claim, integration, key):
            return Tried.UNANSWERED
        password = self.vault.open(sealed, secret_context(integration.id, kind))
        try:
            await self.bureau.test_credentials(account_with(integration, password), kind)
        except BureauNotConfigured:
            await self._not_tried(key)
            return Tried.NOT_TRIED
        except BureauFailure as failure:
            if failure.failure is FailureClass.CREDENTIAL:
                return Tried.REFUSED
            if failure.failure is FailureClass.UNDETERMINED:
                return Tried.UNANSWERED
            await self._not_tried(key)
            return Tried.NOT_TRIED
        return Tried.TAKEN

    async def _first_try(self, claim: Claim, integration: Integration, key: str) -> bool:
        """Write the try down; False when it was written down before."""
        async with self.units_of_work.begin() as work:
            if not await work.outbox.retry(claim, TRY_LEASE):
                raise BureauFailure(failure=FailureClass.UNDETERMINED)
            if await work.idempotency.get(SYSTEM.id, key) is not None:
                return False
            await work.idempotency.add(
                IdempotencyRecord(
                    caller_id=SYSTEM.id,
                    key=key,
                    operation=OPERATION,
                    fingerprint=self.vault.fingerprint(key),
                    result_id=integration.id,
                    created_at=self.clock.now(),
                )
            )
            return True

    async def _not_tried(self, key: str) -> None:
        async with self.units_of_work.begin() as work:
            await work.idempotency.remove(SYSTEM.id, key)

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
