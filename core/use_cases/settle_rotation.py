"""Write down what came of a password change: once, whoever learns it, the caller or the dispatcher after a crash."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from core.domain.access import Caller
from core.domain.audit import AuditAction, audited
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import Credential, CredentialsRefused, CredentialState, UsedPassword
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
        self, claim: Claim, integration_id: UUID, kind: CredentialKind, caller: Caller
    ) -> Integration:
        """The bureau takes the new password: it becomes the stored one and enters the history."""
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
        return await self._settle(claim, integration_id, kind, caller, used=used)

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

        Raises BureauFailure TRANSIENT when the change did not happen, UNDETERMINED when the bureau could not be asked (it
        is asked again later), CredentialsRefused when it takes neither.
        """
        integration = await self._read(integration_id)
        credential = integration.credential(kind)
        if credential.state is not CredentialState.ROTATING or credential.pending is None:
            await self._drop(claim)
            return integration
        takes_new = await self._takes(integration, kind, credential.pending)
        if takes_new is None:
            async with self.units_of_work.begin() as work:
                await work.outbox.retry(claim, ASK_AGAIN_AFTER)
            raise BureauFailure(failure=FailureClass.UNDETERMINED)
        if takes_new:
            return await self.promoted(claim, integration_id, kind, caller)
        takes_old = await self._takes(integration, kind, credential.sealed)
        if takes_old is False:
            await self.kept(claim, integration_id, kind, CredentialState.REFUSED, caller)
            raise CredentialsRefused(credential=kind)
        # Trying the new one again could lock the account, so an old one that cannot be tried now is left unverified.
        state = CredentialState.VALID if takes_old else CredentialState.UNVERIFIED
        await self.kept(claim, integration_id, kind, state, caller)
        raise BureauFailure(failure=FailureClass.TRANSIENT)

    async def _takes(
        self, integration: Integration, kind: CredentialKind, sealed: SealedSecret | None
    ) -> bool | None:
        """Whether the bureau takes this password; None when it could not be asked."""
        if sealed is None:
            return False
        password = self.vault.open(sealed, secret_context(integration.id, kind))
        try:
            await self.bureau.test_credentials(account_with(integration, password), kind)
        except BureauFailure as failure:
            return False if failure.failure is FailureClass.CREDENTIAL else None
        return True

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
            changed: Credential = credential.promoted(now) if used else credential.kept(state, now)
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
