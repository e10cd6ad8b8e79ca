"""Reports that are too long to be held: read in chunks, one of which is read while the one before is worked on."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

CHUNK = 1_000
"""Enough that a chunk's own cost shows little, so few that working on one keeps nobody else waiting for long."""


class Lines(Protocol):
    """Lines of a report, known by their numbers."""

    @property
    def number(self) -> Sequence[int]:
        """The numbers, ascending."""


LinesT = TypeVar("LinesT", bound=Lines)
Read = Callable[[int, int], Coroutine[Any, Any, LinesT]]
"""Reads the lines whose number is higher than the first of the two, at most as many as the second says."""


async def chunks_of(read: Read[LinesT]) -> AsyncGenerator[LinesT, None]:
    """All lines, as of each chunk's reading. Nothing is being read any more once it is closed."""
    reading = asyncio.create_task(read(0, CHUNK))
    try:
        while len((lines := await reading).number) == CHUNK:
            reading = asyncio.create_task(read(lines.number[-1], CHUNK))
            # Let it begin: the database finds the next lines while these are worked on.
            await asyncio.sleep(0)
            yield lines
        if lines.number:
            yield lines
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
