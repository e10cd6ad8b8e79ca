"""What the deliveries of all promises share: taking one up, giving it back, and settling it once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from random import SystemRandom

from core.domain.access import SYSTEM
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.integration import Integration
from core.domain.intents import LONGEST_HOLD, Claim, IntentKind
from core.domain.negativation import Negativation, Trigger
from core.use_cases.bureau_access import note_refused
from core.use_cases.transition import move
from core.use_cases.turns import Turns
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

MARGIN = timedelta(seconds=20)
"""What is sent to the bureau is answered or given up within this time, so nothing is sent when less is left of a claim."""

RELEASED_PAUSE = timedelta(seconds=1)
"""How soon a promise comes due again once its account is released: a mended password, or the end of a change, does that."""

UNPROVEN_AT_ONCE = 2
"""How many orders of one account a process has under way at once until the bureau took its password lately. It locks a login
after five wrong ones in a row: the orders of two processes stay below that. Whoever fetches or asks for anything else stops at
the first refusal, as they do.
"""

DEFAULT_PAUSE = timedelta(minutes=15)
"""How long an account rests when the balance is gone, it asked too often or its login is locked, and the bureau names no time."""

LONGEST_BACKOFF = timedelta(minutes=10)
"""Before jitter, which makes it half as long again at most: within the outbox's LONGEST_WAIT."""

_random = SystemRandom()


class ClaimLost(Exception):
    """The claim ran out and was taken over; the unit of work must be rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The common steps of delivering to the bureau for a negativation."""

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids
    turns: Turns

    @asynccontextmanager
    async def taken_up(self, claim: Claim) -> AsyncIterator[tuple[Negativation, Integration] | None]:
        """What `load` finds. While nobody knows whether the password works, few of an account go on and the rest wait: for
        what the bureau says to them.
        """
        async with AsyncExitStack() as turn:
            found = await self.load(claim)
            if self._is_unproven(found):
                await turn.enter_async_context(self.turns.of(claim.intent.account, UNPROVEN_AT_ONCE))
                found = await self.load(claim)
            if not self._is_unproven(found):
                await turn.aclose()
            yield found

    def _is_unproven(self, found: tuple[Negativation, Integration] | None) -> bool:
        return found is not None and not found[1].pefin.proven(self.clock.now())

    async def load(self, claim: Claim) -> tuple[Negativation, Integration] | None:
        """The registration and its integration; None, with the claim given back, while its password cannot be used."""
        async with self.units_of_work.read() as work:
            negativation = await work.negativations.get(claim.intent.subject_id)
            integration = await work.integrations.get(negativation.integration_id) if negativation else None
        if negativation is None or integration is None:
            raise LookupError("a promise speaks of a registration that is gone")
        if not integration.pefin.usable:
            await self.give_back(claim, RELEASED_PAUSE, hold=integration)
            return None
        return negativation, integration

    async def settle(self, work: UnitOfWork, claim: Claim, negativation: Negativation) -> Negativation | None:
        """Settle the claim; the registration as it stands now, or None when it has moved on since it was loaded.

        Raises ClaimLost.
        """
        current = await work.negativations.get(negativation.id, lock=True)
        if not await work.outbox.done(claim):
            raise ClaimLost
        return current if current is not None and _unmoved(current, negativation, claim) else None

    async def in_doubt(
        self, claim: Claim, negativation: Negativation, trigger: Trigger, after: timedelta
    ) -> None:
        """Let the promise come due again later, and note by `trigger` that nobody knows what became of the order since now."""
        async with self.units_of_work.begin() as work:
            current = await work.negativations.get(negativation.id, lock=True)
            if not await work.outbox.retry(claim, after):
                return
            if current is None or not _unmoved(current, negativation, claim):
                return
            now = self.clock.now()
            if current.can(trigger):
                await move(work, current, trigger, at=now, actor=SYSTEM.name)
            else:
                await work.negativations.save(replace(current, updated_at=now))

    async def drop(self, claim: Claim) -> None:
        """Settle a promise that needs no more doing."""
        async with self.units_of_work.begin() as work:
            await work.outbox.done(claim)

    async def give_back(self, claim: Claim, after: timedelta, *, hold: Integration | None = None) -> None:
        """Let the promise come due again later, and let nothing of `hold` be claimed until it is released.

        The integration is looked at once more: when its password was mended meanwhile, its release has passed already.
        """
        async with self.units_of_work.begin() as work:
            if not await work.outbox.retry(claim, after) or hold is None:
                return
            current = await work.integrations.get(hold.id, lock=True)
            if current is not None and not current.pefin.usable:
                await work.outbox.hold(hold.id, None)

    async def postpone(self, claim: Claim, integration: Integration, failure: BureauFailure) -> None:
        """React to a failure that is not the bureau's last word.

        A refused password stops everything of the integration; an empty balance or a quota lets it rest; anything else
        is tried again, later each time. A bureau that is down and says for how long has certainly not acted: everything of
        the integration rests, and the attempt does not count.
        """
        now = self.clock.now()
        seconds = failure.retry_after_seconds
        is_down = failure.failure is FailureClass.TRANSIENT and bool(seconds)
        async with self.units_of_work.begin() as work:
            if is_down:
                given_back = await work.outbox.unclaim(claim)
            else:
                given_back = await work.outbox.retry(claim, self.backoff(claim.attempt))
            if not given_back:
                return
            if failure.failure is FailureClass.CREDENTIAL:
                version = integration.pefin.version
                await note_refused(work, self.ids, integration.id, CredentialKind.PEFIN, version, now)
            elif is_down or failure.failure in (FailureClass.BALANCE, FailureClass.QUOTA):
                pause = timedelta(seconds=seconds) if seconds else DEFAULT_PAUSE
                await work.outbox.hold(integration.id, now + min(pause, LONGEST_HOLD))

    def backoff(self, attempt: int) -> timedelta:
        """Doubles with each attempt from one second up, with jitter of a half either way."""
        doublings = min(attempt - 1, 20)
        seconds = min(2.0**doublings, LONGEST_BACKOFF.total_seconds())
        return timedelta(seconds=seconds * _random.uniform(0.5, 1.5))


def _unmoved(current: Negativation, loaded: Negativation, claim: Claim) -> bool:
    """Whether it stands where it was loaded, and was not sent again since: an order resent has the same status, and another key."""
    if current.status is not loaded.status:
        return False
    key = current.clearing_key if claim.intent.kind is IntentKind.CLEAR else current.inclusion_key
    return key == claim.intent.key
