"""Reports that are too long to be held: read in chunks, one of which is read while the one before is worked on in pieces."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from dataclasses import fields
from typing import Any, TypeVar

from ports.report_lines import ConsultationLines, Found, NegativationLines

CHUNK = 2_000
"""Enough that the cost of asking for a chunk shows little."""

PIECE = 1_000
"""So few that working on a piece keeps nobody else waiting for long."""


LinesT = TypeVar("LinesT", ConsultationLines, NegativationLines)
Read = Callable[[int, int], Coroutine[Any, Any, Found[LinesT]]]
"""Reads the lines whose number is higher than the first of the two, at most as many as the second says."""


async def chunks_of(read: Read[LinesT]) -> AsyncGenerator[LinesT, None]:
    """All lines piece by piece, as of the reading of the chunk. Nothing is being read any more once it is closed."""
    reading = asyncio.create_task(read(0, CHUNK))
    more = True
    try:
        while more:
            found = await reading
            more = len(found.numbers) == CHUNK
            if more:
                reading = asyncio.create_task(read(found.numbers[-1], CHUNK))
                # Let it begin: the database finds the next lines while these are made and worked on.
                await asyncio.sleep(0)
            for piece in _pieces(found):
                yield piece
                await asyncio.sleep(0)  # everybody else's turn
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def _pieces(found: Found[LinesT]) -> Iterator[LinesT]:
    if not found.numbers:
        return
    lines = found.lines()
    columns = {field.name: getattr(lines, field.name) for field in fields(lines)}
    for start in range(0, len(found.numbers), PIECE):
        part = slice(start, start + PIECE)
        yield type(lines)(**{name: values[part] for name, values in columns.items()})
