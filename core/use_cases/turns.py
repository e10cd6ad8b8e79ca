"""Taking turns within the process, before the storage makes its callers take turns: there each one holds a connection."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary


@dataclass(eq=False, kw_only=True)
class Turns:
    """Few at a time for each thing, first come, first served. What matters is locked in the storage all the same, where
    other processes see it: this keeps a crowd that wants one thing from holding every connection that others need.
    """

    def __post_init__(self) -> None:
        self._places: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, what: Hashable, at_once: int = 1) -> AsyncIterator[None]:
        """A turn at it. What nobody holds or waits for is forgotten."""
        places = self._places.setdefault(what, asyncio.Semaphore(at_once))
        async with places:
            yield
