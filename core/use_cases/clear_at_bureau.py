"""Keep the promise to send a clearing to the bureau."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.access import SYSTEM
from core.domain.bureau import (
    FINAL_FAILURES,
    BureauCode,
    BureauFailure,
    CredentialKind,
    Exclusion,
    FailureClass,
)
from core.domain.integration import Integration
from core.domain.intents import Claim
from core.domain.negativation import Negativation, NegativationStatus, Trigger
from core.use_cases.bureau_access import note_accepted, open_account
from core.use_cases.delivery import MARGIN, Delivery
from core.use_cases.transition import move
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAtBureau:
    """Policy: as with registrations, the bureau is asked before anything is sent a second time."""

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    delivery: Delivery

    async def __call__(self, claim: Claim) -> None:
        """Send it, or find out that it is there already, and write down what came of it."""
        async with self.delivery.taken_up(claim) as found:
            if found is not None:
                await self._keep(claim, *found)

    async def _keep(self, claim: Claim, negativation: Negativation, integration: Integration) -> None:
        waiting = negativation.status is NegativationStatus.CLEARING_QUEUED
        if not waiting or negativation.clearing_key != claim.intent.key:
            await self.delivery.drop(claim)
            return
        account = open_account(self.vault, integration, CredentialKind.PEFIN)
        try:
            receipt = await self.bureau.find(account, claim.intent.key) if claim.attempt > 1 else None
        except BureauFailure as failure:
            await self.delivery.postpone(claim, integration, failure)
            return
        if receipt is None:
            if self.clock.now() + MARGIN > claim.until:
                await self.delivery.give_back(claim, timedelta(0))
                return
            try:
                await self.bureau.clear(account, _exclusion(negativation))
            except BureauFailure as failure:
                await self._failed(claim, negativation, integration, failure)
                return
        await self._end(claim, negativation, integration, Trigger.CLEARING_TAKEN_IN)

    async def _failed(
        self, claim: Claim, negativation: Negativation, integration: Integration, failure: BureauFailure
    ) -> None:
        if failure.failure in FINAL_FAILURES:
            codes = (BureauCode(code=failure.code or "", description=failure.message or ""),)
            await self._end(claim, negativation, integration, Trigger.CLEARING_REFUSED, codes)
        elif failure.failure is FailureClass.UNDETERMINED:
            after = self.delivery.backoff(claim.attempt)
            await self.delivery.in_doubt(claim, negativation, Trigger.CLEARING_OUTCOME_UNKNOWN, after)
        else:
            await self.delivery.postpone(claim, integration, failure)

    async def _end(
        self,
        claim: Claim,
        negativation: Negativation,
        integration: Integration,
        trigger: Trigger,
        codes: tuple[BureauCode, ...] = (),
    ) -> None:
        async with self.units_of_work.begin() as work:
            current = await self.delivery.settle(work, claim, negativation)
            now = self.clock.now()
            if current is not None:
                await move(work, current, trigger, at=now, actor=SYSTEM.name, codes=codes)
            if not integration.pefin.proven(now):
                version = integration.pefin.version
                await note_accepted(work, integration.id, CredentialKind.PEFIN, version, now)


def _exclusion(negativation: Negativation) -> Exclusion:
    return Exclusion(
        key=negativation.clearing_key,
        inclusion_key=negativation.inclusion_key,
        document=negativation.debtor.document,
        contract=negativation.contract,
        clearing_code=negativation.clearing.code if negativation.clearing else "",
    )
