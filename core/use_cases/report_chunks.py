"""Reports that are too long to be held: read in chunks, one of which is read while the one before is worked on."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar

from ports.report_lines import Found

CHUNK = 1_000
"""Enough that a chunk's own cost shows little, so few that working on one keeps nobody else waiting for long."""


LinesT = TypeVar("LinesT")
Read = Callable[[int, int], Coroutine[Any, Any, Found[LinesT]]]
"""Reads the lines whose number is higher than the first of the two, at most as many as the second says."""


async def chunks_of(read: Read[LinesT]) -> AsyncGenerator[LinesT, None]:
    """All lines, as of each chunk's reading. Nothing is being read any more once it is closed."""
    reading = asyncio.create_task(read(0, CHUNK))
    try:
        while len((found := await reading).numbers) == CHUNK:
            reading = asyncio.create_task(read(found.numbers[-1], CHUNK))
            # Let it begin: the database finds the next lines while these are made and worked on.
            await asyncio.sleep(0)
            yield found.lines()
        if found.numbers:
            yield found.lines()
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
