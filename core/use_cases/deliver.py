"""The dispatcher: takes promises from the outbox and keeps them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from core.domain.bureau import BureauNotConfigured
from core.domain.intents import Claim, IntentKind
from core.use_cases.clear_at_bureau import ClearAtBureau
from core.use_cases.delivery import DEFAULT_PAUSE, ClaimLost, Delivery
from core.use_cases.recover_consultation import RecoverConsultation
from core.use_cases.recover_rotation import RecoverRotation
from core.use_cases.register_at_bureau import RegisterAtBureau
from ports.outbox import Queue

BATCH = 16

APART = timedelta(milliseconds=25)
"""How long after one another the deliveries of a pass begin: sooner than the bureau answers, so they overlap, and yet
whoever calls the API meanwhile does not wait behind all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """One pass of the dispatcher. What goes wrong with one promise does not keep the others from being kept.

    Raises ExceptionGroup with whatever no use case expected; the promises concerned come due again when their lease
    ends.
    """

    queue: Queue
    delivery: Delivery
    register: RegisterAtBureau
    clear: ClearAtBureau
    recover_consultation: RecoverConsultation
    recover_rotation: RecoverRotation

    async def __call__(self) -> int:
        """Claim what is due and deliver it side by side; the answer is how many promises were taken up."""
        claims = await self.queue.claim(BATCH)
        deliveries = (self._deliver(claim, APART * place) for place, claim in enumerate(claims))
        outcomes = await asyncio.gather(*deliveries, return_exceptions=True)
        unexpected = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        if unexpected:
            raise ExceptionGroup("deliveries failed unexpectedly", unexpected)
        return len(claims)

    async def _deliver(self, claim: Claim, after: timedelta) -> None:
        if after:
            await self.delivery.clock.sleep(after)
        try:
            match claim.intent.kind:
                case IntentKind.REGISTER:
                    await self.register(claim)
                case IntentKind.CLEAR:
                    await self.clear(claim)
                case IntentKind.RECOVER_CONSULTATION:
                    await self.recover_consultation(claim)
                case IntentKind.RECOVER_ROTATION:
                    await self.recover_rotation(claim)
        except ClaimLost:
            return
        except BureauNotConfigured:
            await self.delivery.give_back(claim, DEFAULT_PAUSE)
