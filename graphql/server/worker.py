"""The worker: keeps the promises of the outbox and goes through the routines, for as long as the process lives."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ports.clock import Clock
from ports.outbox import Queue

_log = structlog.stdlib.get_logger("server.worker")

SHORTEST_WAIT, LONGEST_WAIT = timedelta(milliseconds=50), timedelta(seconds=2)
"""How long the dispatcher waits for a promise of this process before it looks for those of others, or due again: little
after it found some, because the rest may wait for the pace only, and longer each time it finds none.
"""

ROUTINE_PAUSE = timedelta(seconds=2)
"""How often the worker looks whether a routine is due; each says itself when it comes round again."""

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0

STALE_AFTER = timedelta(minutes=5)
"""A loop that did not come round for so long is stuck: longer than any pause or any exchange with the bureau."""

REST = 0.5
"""How long a routine rests after a pass, as a share of the time that the pass took."""

STOP_SECONDS = 10
"""How long work under way may take to finish when the process stops; what is cut off is asked about after the start."""


Pass = Callable[[], Awaitable[int]]
"""One pass of a loop; it answers how much it found to do, 0 (or False) when nothing is left."""

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
    to do the loop rests for a share of the time that the pass took, so that the longest run leaves room for callers.
    """

    def __init__(self, *, deliver: Pass, routines: Mapping[str, Routine], queue: Queue, clock: Clock) -> None:
        self._passes = {DELIVER: deliver, **{name: routine.run for name, routine in routines.items()}}
        self._pauses = {name: routine.pause for name, routine in routines.items()}
        self._queue = queue
        self._clock = clock
        self._came_round = dict.fromkeys(self._passes, clock.now())
        self._stopping = asyncio.Event()

    def is_well(self) -> bool:
        """Whether every loop came round lately, its own pause aside."""
        stale_since = self._clock.now() - STALE_AFTER
        return all(
            at + self._pauses.get(name, LONGEST_WAIT) > stale_since for name, at in self._came_round.items()
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work beside whatever the block does; when it ends, let the passes under way finish."""
        loops = [asyncio.create_task(self._loop(name), name=f"worker-{name}") for name in self._passes]
        try:
            yield
        finally:
            self._stopping.set()
            _, late = await asyncio.wait(loops, timeout=STOP_SECONDS)
            for loop in late:
                loop.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _loop(self, name: str) -> None:
        pause, wait = FIRST_PAUSE, SHORTEST_WAIT
        while not self._stopping.is_set():
            try:
                began = self._clock.now()
                done = await self._passes[name]()
                self._came_round[name] = ended = self._clock.now()
                pause = FIRST_PAUSE
                if done:
                    wait = SHORTEST_WAIT
                    if name != DELIVER:
                        await self._unless_stopping(self._clock.sleep((ended - began) * REST))
                else:
                    await self._unless_stopping(self._idle(name, wait))
                    wait = min(wait * 2, LONGEST_WAIT)
            except Exception:
                # Whatever it was, the next pass may succeed; a loop that ended would keep no promise at all.
                _log.exception(f"{name} failed", again_in_seconds=pause)
                seconds = pause * random.uniform(0.5, 1)  # noqa: S311 - jitter, no secret
                await self._unless_stopping(self._clock.sleep(timedelta(seconds=seconds)))
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _idle(self, name: str, wait: timedelta) -> None:
        if name == DELIVER:
            await self._queue.wait(wait)
        else:
            await self._clock.sleep(self._pauses[name])

    async def _unless_stopping(self, waiting: Awaitable[None]) -> None:
        stop, wait = asyncio.create_task(self._stopping.wait()), asyncio.ensure_future(waiting)
        try:
            await asyncio.wait({stop, wait}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            wait.cancel()
        if wait.done() and not wait.cancelled():
            wait.result()
