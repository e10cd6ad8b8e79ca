"""Watching how many ask the storage at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from ports.unit_of_work import UnitOfWork, UnitsOfWork


class Alone(UnitsOfWork):
    """Units of work that take their time; `most` is how many of those that write were open at once."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        self._open = self.most = self.begun = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        self.begun += 1
        self._open += 1
        self.most = max(self.most, self._open)
        try:
            await asyncio.sleep(0)
            async with self._units.begin() as work:
                yield work
        finally:
            self._open -= 1

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._units.read()
