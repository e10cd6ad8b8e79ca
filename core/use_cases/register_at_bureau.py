"""Keep the promise to send a registration to the bureau."""

from dataclasses import dataclass, replace
from datetime import timedelta

from core.domain.access import SYSTEM
from core.domain.bureau import (
    FINAL_FAILURES,
    BureauCode,
    BureauFailure,
    CredentialKind,
    FailureClass,
    Inclusion,
    Receipt,
)
from core.domain.calendar_rules import local_date, too_old_to_register
from core.domain.integration import Integration
from core.domain.intents import Claim
from core.domain.invoice import InvoiceStatus
from core.domain.negativation import Negativation, NegativationStatus, Trigger
from core.use_cases.bureau_access import note_accepted, open_account
from core.use_cases.delivery import MARGIN, Delivery
from core.use_cases.transition import move
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

GIVE_UP_AFTER = timedelta(minutes=5)
"""What the bureau does not know of so long after it may have been sent was never received."""

ASK_AGAIN_AFTER = timedelta(seconds=30)

_WAITING = (NegativationStatus.QUEUED, NegativationStatus.UNDETERMINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAtBureau:
    """Policy.

    - From the second attempt on, the bureau is asked whether it has the registration before it is sent again.
    - What the bureau does not have is cancelled when a clearing was asked for meanwhile, the invoice is no longer open or
      has become too old, or the customer must not be registered any more. But what may have been sent lately it may be at
      work on still: then it is asked again for some minutes, for once cancelled an inclusion would stand there for good.
    - Nothing is sent when the claim is about to end: another holder may take it over.
    """

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
        if negativation.status not in _WAITING or negativation.inclusion_key != claim.intent.key:
            await self.delivery.drop(claim)
            return
        account = open_account(self.vault, integration, CredentialKind.PEFIN)
        try:
            receipt = await self.bureau.find(account, claim.intent.key) if claim.attempt > 1 else None
        except BureauFailure as failure:
            await self.delivery.postpone(claim, integration, failure)
            return
        if receipt is None and (
            negativation.clearing is not None or not await self._may_be_sent(negativation)
        ):
            await self._not_wanted(claim, negativation)
            return
        if receipt is None:
            if self.clock.now() + MARGIN > claim.until:
                await self.delivery.give_back(claim, timedelta(0))
                return
            try:
                receipt = await self.bureau.register(account, _inclusion(negativation))
            except BureauFailure as failure:
                await self._failed(claim, negativation, integration, failure)
                return
        await self._taken_in(claim, negativation, integration, receipt)

    async def _may_be_sent(self, negativation: Negativation) -> bool:
        """Whether it may still be sent: a promise may wait for days, and the debt be paid or disputed meanwhile."""
        async with self.units_of_work.read() as work:
            invoice = await work.invoices.get(negativation.invoice_id)
            customer = await work.customers.get(negativation.customer_id)
        if (
            invoice is None
            or customer is None
            or too_old_to_register(invoice.due_on, local_date(self.clock.now()))
        ):
            return False
        return invoice.status is InvoiceStatus.OPEN and customer.hold is None

    async def _taken_in(
        self, claim: Claim, negativation: Negativation, integration: Integration, receipt: Receipt
    ) -> None:
        async with self.units_of_work.begin() as work:
            current = await self.delivery.settle(work, claim, negativation)
            now = self.clock.now()
            if current is not None and current.can(Trigger.TAKEN_IN):
                received = replace(current, protocol=receipt.protocol)
                await move(work, received, Trigger.TAKEN_IN, at=now, actor=SYSTEM.name)
            if not integration.pefin.proven(now):
                version = integration.pefin.version
                await note_accepted(work, integration.id, CredentialKind.PEFIN, version, now)

    async def _failed(
        self, claim: Claim, negativation: Negativation, integration: Integration, failure: BureauFailure
    ) -> None:
        if failure.failure in FINAL_FAILURES:
            async with self.units_of_work.begin() as work:
                current = await self.delivery.settle(work, claim, negativation)
                if current is not None:
                    codes = (BureauCode(code=failure.code or "", description=failure.message or ""),)
                    queued = await self._queued(work, current)
                    await move(
                        work, queued, Trigger.REFUSED, at=self.clock.now(), actor=SYSTEM.name, codes=codes
                    )
            return
        if failure.failure is FailureClass.UNDETERMINED:
            after = self.delivery.backoff(claim.attempt)
            await self.delivery.in_doubt(claim, negativation, Trigger.OUTCOME_UNKNOWN, after)
            return
        await self.delivery.postpone(claim, integration, failure)

    async def _not_wanted(self, claim: Claim, negativation: Negativation) -> None:
        """The bureau does not have it and it is no longer wanted: cancel it, once it is certain not to arrive there late."""
        in_doubt = negativation.status is NegativationStatus.UNDETERMINED
        if in_doubt and self.clock.now() < negativation.updated_at + GIVE_UP_AFTER:
            await self.delivery.give_back(claim, ASK_AGAIN_AFTER)
            return
        if claim.attempt > 1 and not in_doubt:
            # A process that ended may have sent it, nobody knows when: the time counts from now.
            await self.delivery.in_doubt(claim, negativation, Trigger.OUTCOME_UNKNOWN, ASK_AGAIN_AFTER)
            return
        async with self.units_of_work.begin() as work:
            current = await self.delivery.settle(work, claim, negativation)
            if current is not None:
                queued = await self._queued(work, current)
                await move(work, queued, Trigger.CANCELLED, at=self.clock.now(), actor=SYSTEM.name)

    async def _queued(self, work: UnitOfWork, current: Negativation) -> Negativation:
        """The registration back in the queue, if its outcome was in doubt: now it is known not to be there."""
        if not current.can(Trigger.NOT_FOUND):
            return current
        return await move(work, current, Trigger.NOT_FOUND, at=self.clock.now(), actor=SYSTEM.name)


def _inclusion(negativation: Negativation) -> Inclusion:
    return Inclusion(
        key=negativation.inclusion_key,
        debtor=negativation.debtor,
        contract=negativation.contract,
        amount=negativation.amount,
        due_on=negativation.due_on,
        restriction_code=negativation.restriction_code,
        send_sms=negativation.send_sms,
        responsible_cpf=negativation.responsible_cpf,
    )
