"""Keep a promise of the outbox, or hand it back when this process stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.domain.bureau import BureauNotConfigured
from core.domain.intents import Claim, IntentKind
from core.use_cases.clear_at_bureau import ClearAtBureau
from core.use_cases.delivery import DEFAULT_PAUSE, ClaimLost, Delivery
from core.use_cases.recover_consultation import RecoverConsultation
from core.use_cases.recover_rotation import RecoverRotation
from core.use_cases.register_at_bureau import RegisterAtBureau


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Policy.

    - Each kind of promise is kept by the use case that knows it. What goes wrong as expected is written down there, and the
      promise comes due again when it may be tried again.
    - Until the bureau took the password of an account lately, few of its orders are under way at once: a wrong password that
      is shown too often locks the login.
    - A claim that was lost to another holder is that holder's; nothing is written for it here.
    - What is handed back unbegun was certainly not sent. What was cut off may have been, so its attempt counts and the next
      holder asks the bureau first.
    """

    delivery: Delivery
    register: RegisterAtBureau
    clear: ClearAtBureau
    recover_consultation: RecoverConsultation
    recover_rotation: RecoverRotation

    async def __call__(self, claim: Claim) -> None:
        """Keep one promise. Raises whatever no use case expected; it comes due again when its lease ends."""
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

    async def hand_back_unbegun(self, claims: Sequence[Claim]) -> None:
        """Give claims back as if they had never been taken. None of them may have been begun, nor be used again."""
        async with self.delivery.units_of_work.begin() as work:
            for claim in claims:
                await work.outbox.unclaim(claim)

    async def hand_back_cut_off(self, claims: Sequence[Claim]) -> None:
        """Give claims back that may or may not have been sent, due at once for whoever comes next."""
        async with self.delivery.units_of_work.begin() as work:
            for claim in claims:
                await work.outbox.retry(claim, timedelta(0))
