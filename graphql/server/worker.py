"""The worker: keeps the promises of the outbox and goes through the routines, for as long as the process lives."""

import asyncio
import contextlib
import functools
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ports.clock import Clock
from ports.storage import StorageUnavailable
from server.dispatcher import Dispatcher

_log = structlog.stdlib.get_logger("server.worker")

SHORTEST_WAIT, LONGEST_WAIT = timedelta(milliseconds=50), timedelta(seconds=2)
"""How long the dispatcher waits for a promise of this process before it looks for those of others, or due again: little
after it found some, because the rest may wait for the pace only, and longer each time it finds none.
"""

ROUTINE_PAUSE = timedelta(seconds=2)
"""How often the worker looks whether a routine is due; each says itself when it comes round again."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0

STORAGE_PAUSE = 5.0
"""The longest pause while the storage is out of order: to ask whether it is back costs nothing."""

STALE_AFTER = 300.0
"""A loop that did not come round for so many seconds is stuck: longer than any pause or any exchange with the bureau."""

REST = 0.5
"""How long a routine rests after a pass at most, as a share of the time that the pass took."""

MOMENT = 0.02
"""For how many seconds a resting routine looks whether anybody else needs the loop, before it looks again or goes on."""

IDLE = 0.25
"""The share of a moment that the loop may have worked or been late, and yet nobody is waiting for it: deliveries take about so
much.
"""

STOP_SECONDS = 10
"""How long work under way may take to finish when the process stops. What is cut off then is handed back, and asked about
by whoever takes it up next."""


Pass = Callable[[], Awaitable[int]]
"""One pass of a routine; it answers how much it found to do, 0 (or False) when nothing is left."""

DELIVER = "deliver"


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """A pass that is repeated, and how long to rest when it found nothing to do."""

    run: Pass
    pause: timedelta = ROUTINE_PAUSE


class Worker:
    """Runs each loop beside the others and knows whether they come round.

    A pass that raises is logged and repeated after a pause that doubles, with jitter: neither a fault in one pass nor a
    database that went away ends the loop, and no loop holds up another. After each pass of a routine that found something
    to do the loop rests, so that the longest run leaves room for callers: for a share of the time that the pass took while
    anybody calls, else for a moment.

    monotonic: seconds that pass whatever becomes of the time of day. worked: for how many seconds this thread had a processor.
    """

    def __init__(
        self,
        *,
        dispatcher: Dispatcher,
        routines: Mapping[str, Routine],
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
    ) -> None:
        self._dispatcher = dispatcher
        self._routines = routines
        self._clock = clock
        self._monotonic = monotonic
        self._worked = worked
        self._wait = SHORTEST_WAIT
        self._came_round = dict.fromkeys([DELIVER, *routines], monotonic())
        self._stopping = asyncio.Event()

    def is_well(self) -> bool:
        """Whether every loop came round lately, its own pause aside, and no delivery is stuck."""
        now = self._monotonic()
        return self._dispatcher.longest_in_hand < STALE_AFTER and all(
            now - at < STALE_AFTER + self._longest_pause(name) for name, at in self._came_round.items()
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work beside whatever the block does; when it ends, let what is under way finish, and hand back the rest."""
        loops = [asyncio.create_task(self._loop(DELIVER, self._dispatcher.fill, self._wait_for_promises))]
        for name, routine in self._routines.items():
            rest = functools.partial(self._rest, routine)
            loops.append(asyncio.create_task(self._loop(name, routine.run, rest)))
        try:
            yield
        finally:
            self._stopping.set()
            await asyncio.gather(self._dispatcher.stop(STOP_SECONDS), _end(loops))

    async def _loop(self, name: str, run: Pass, rest: Callable[[int, float], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                began = self._monotonic()
                found = await run()
                self._came_round[name] = ended = self._monotonic()
                pause = FIRST_PAUSE
                await self._unless_stopping(rest(found, ended - began))
            except StorageUnavailable as error:
                # It befalls every loop at once, and who looks at the vitals tells when it is over.
                if pause == FIRST_PAUSE:
                    _log.warning(f"{name} waits: {error}")
                pause = await self._pause(pause, STORAGE_PAUSE)
            except Exception:
                # Whatever it was, the next pass may succeed; a loop that ended would keep no promise at all.
                _log.exception(f"{name} failed", again_in_seconds=pause)
                pause = await self._pause(pause, LONGEST_PAUSE)

    async def _pause(self, seconds: float, longest: float) -> float:
        """Pause that long at most; the answer is how long to pause the next time."""
        jittered = seconds * random.uniform(0.5, 1)  # noqa: S311 - jitter, no secret
        await self._unless_stopping(self._clock.sleep(timedelta(seconds=jittered)))
        return min(seconds * 2, longest)

    async def _wait_for_promises(self, found: int, took: float) -> None:
        self._wait = SHORTEST_WAIT if found else min(self._wait * 2, LONGEST_WAIT)
        await self._dispatcher.wait(self._wait)

    async def _rest(self, routine: Routine, found: int, took: float) -> None:
        if found:
            await self._give_way(took * REST)
        else:
            await self._clock.sleep(routine.pause)

    async def _give_way(self, longest: float) -> None:
        """Rest until the loop had little to do for a moment, but no longer than that."""
        left = longest
        while left > 0:
            moment, began, before = min(left, MOMENT), self._monotonic(), self._worked()
            await self._clock.sleep(timedelta(seconds=moment))
            # Late, too: who has to wait for a processor does not work, and is not idle either.
            late = self._monotonic() - began - moment
            if late + self._worked() - before < moment * IDLE:
                return
            left -= moment

    def _longest_pause(self, name: str) -> float:
        pause = LONGEST_WAIT if name == DELIVER else self._routines[name].pause
        return pause.total_seconds()

    async def _unless_stopping(self, waiting: Awaitable[None]) -> None:
        stop, wait = asyncio.create_task(self._stopping.wait()), asyncio.ensure_future(waiting)
        try:
            await asyncio.wait({stop, wait}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            wait.cancel()
        if wait.done() and not wait.cancelled():
            wait.result()


async def _end(loops: Collection[asyncio.Task[None]]) -> None:
    """Let the passes under way finish, and cut off those that do not."""
    _, late = await asyncio.wait(loops, timeout=STOP_SECONDS)
    for loop in late:
        loop.cancel()
    await asyncio.gather(*late, return_exceptions=True)
