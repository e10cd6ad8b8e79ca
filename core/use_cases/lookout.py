"""Waiting for something that ends elsewhere: however many wait for the same thing, one of them looks."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ports.clock import Clock

FIRST_PULSE, LONGEST_PULSE = timedelta(milliseconds=100), timedelta(seconds=1)
"""How often to look: at first often, then, as it seems to take its time, seldom."""

FoundT = TypeVar("FoundT")


@dataclass(eq=False, kw_only=True)
class Lookout:
    """Looks again and again until something is found. It remembers who is looking for what, so there is one for all."""

    clock: Clock

    def __post_init__(self) -> None:
        self._watches: dict[Hashable, asyncio.Task[Any]] = {}

    async def wait(
        self, what: Hashable, look: Callable[[], Awaitable[FoundT | None]], deadline: datetime
    ) -> FoundT | None:
        """What `look` found at last; None when it found nothing until the deadline. Whatever it raises is raised."""
        while True:
            watch: asyncio.Task[FoundT | None] | None = self._watches.get(what)
            if watch is None:
                watch = asyncio.create_task(self._watch(look, deadline))
                self._watches[what] = watch
                watch.add_done_callback(lambda _: self._watches.pop(what))
            # Whoever stops waiting leaves the looking to the others. It ends with the deadline of whoever began it.
            found = await asyncio.shield(watch)
            if found is not None or self.clock.now() >= deadline:
                return found

    async def _watch(self, look: Callable[[], Awaitable[FoundT | None]], deadline: datetime) -> FoundT | None:
        pulse = FIRST_PULSE
        while (left := deadline - self.clock.now()) > timedelta(0):
            await self.clock.sleep(min(pulse, left))
            pulse = min(pulse * 1.5, LONGEST_PULSE)
            found = await look()
            if found is not None:
                return found
        return None
