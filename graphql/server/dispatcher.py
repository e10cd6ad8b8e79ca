"""The dispatcher: keeps promises side by side, each in a place of its own, so that a slow one holds up none of the others."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.domain.intents import Claim
from core.use_cases.deliver import Deliver
from ports.clock import Clock
from ports.outbox import Queue
from ports.storage import StorageUnavailable

_log = structlog.stdlib.get_logger("server.worker")

PLACES = 16
"""How many promises one process has in hand at most."""

APART = timedelta(milliseconds=25)
"""How long after one another deliveries begin: sooner than the bureau answers, so they overlap, and yet whoever calls the
API meanwhile does not wait behind all of them."""

TOGETHER = timedelta(milliseconds=50)
"""How long the dispatcher waits, once a place is free again, for others to become free too: one claim serves them all."""

HAND_BACK_SECONDS = 3.0
"""How long handing back may take when the process stops; what is not handed back comes due when its lease ends."""


@dataclass(slots=True, kw_only=True)
class _InHand:
    """A promise in hand: the claim that is being delivered, and the one that is to be begun next. One of them is there."""

    since: float
    current: Claim | None = None
    following: Claim | None


class Dispatcher:
    """Fills its places with what the queue hands out.

    A promise that comes due again while it is in hand here (its lease ended because the clock jumped or the process slept)
    is not begun a second time beside the first: when the first ends, the newer claim is gone on with, and that one asks the
    bureau before it sends anything.

    monotonic: seconds that pass whatever becomes of the time of day.
    """

    def __init__(
        self,
        *,
        deliver: Deliver,
        queue: Queue,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._deliver = deliver
        self._queue = queue
        self._clock = clock
        self._monotonic = monotonic
        self._in_hand: dict[str, _InHand] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ended = asyncio.Event()
        self._next_start = 0.0
        self._stopped = False

    @property
    def longest_in_hand(self) -> float:
        """For how many seconds the slowest delivery has been under way."""
        now = self._monotonic()
        return max((now - held.since for held in self._in_hand.values()), default=0.0)

    async def fill(self) -> int:
        """Claim as many promises as there are free places and begin to deliver them; tells how many."""
        self._ended.clear()
        free = PLACES - len(self._in_hand)
        if free == 0:
            return 0
        claims = await self._queue.claim(free)
        if self._stopped:
            await self._hand_back(self._deliver.hand_back_unbegun, claims)
            return 0
        now = self._monotonic()
        for claim in claims:
            self._take(claim, now)
        return len(claims)

    async def wait(self, longest: timedelta) -> None:
        """Return when filling may be worth while: a promise was put or `longest` is over, and there is a free place."""
        if len(self._in_hand) < PLACES:
            await self._queue.wait(longest)
        else:
            await self._ended.wait()
            await self._clock.sleep(TOGETHER)

    async def stop(self, seconds: float) -> None:
        """Take nothing more up, hand back what was not begun, let the rest finish for so long, and hand back what is left."""
        self._stopped = True
        unbegun: list[Claim] = []
        for key, held in self._in_hand.items():
            if held.current is None and held.following is not None:
                self._tasks[key].cancel()
                unbegun.append(held.following)
        await self._hand_back(self._deliver.hand_back_unbegun, unbegun)
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)
        late = [held for held in self._in_hand.values() if held.current is not None]
        cut_off = [claim for held in late if (claim := held.following or held.current)]
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._hand_back(self._deliver.hand_back_cut_off, cut_off)

    def _take(self, claim: Claim, now: float) -> None:
        key = claim.intent.key
        if key in self._in_hand:
            self._in_hand[key].following = claim
            return
        start = max(self._next_start, now)
        self._next_start = start + APART.total_seconds()
        held = self._in_hand[key] = _InHand(since=now, following=claim)
        task = self._tasks[key] = asyncio.create_task(self._keep(held, timedelta(seconds=start - now)))
        # A callback, because a task that is cancelled before its first step runs no code of its own.
        task.add_done_callback(lambda _: self._let_go(key))

    def _let_go(self, key: str) -> None:
        del self._in_hand[key], self._tasks[key]
        self._ended.set()

    async def _keep(self, held: _InHand, after: timedelta) -> None:
        if after:
            await self._clock.sleep(after)
        while held.following is not None:
            claim, held.following, held.since = held.following, None, self._monotonic()
            held.current = claim
            await self._keep_one(claim)

    async def _keep_one(self, claim: Claim) -> None:
        try:
            await self._deliver(claim)
        except StorageUnavailable as error:
            _log.warning(
                f"a delivery was cut off: {error}", kind=claim.intent.kind.value, attempt=claim.attempt
            )
        except Exception:
            # It comes due again when its lease ends; the others are none the worse for it.
            _log.exception("a delivery failed", kind=claim.intent.kind.value, attempt=claim.attempt)

    async def _hand_back(
        self, how: Callable[[Sequence[Claim]], Awaitable[None]], claims: Sequence[Claim]
    ) -> None:
        if not claims:
            return
        try:
            async with asyncio.timeout(HAND_BACK_SECONDS):
                await how(claims)
        except Exception as error:
            _log.warning("claims were not handed back", count=len(claims), error=type(error).__name__)
