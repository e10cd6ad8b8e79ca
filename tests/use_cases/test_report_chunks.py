"""Long reports: whole whatever their length, one chunk ahead of who reads them, and nothing goes on once they are closed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from core.use_cases import report_chunks
from core.use_cases.report_chunks import chunks_of

CHUNK = 3


@dataclass(frozen=True, slots=True)
class Numbers:
    """Lines that are numbers alone."""

    number: Sequence[int]


class Book:
    """Numbers to be read, which knows how often it was asked, and lets nobody read past `closed_from`."""

    def __init__(self, length: int, *, closed_from: int = 1_000_000) -> None:
        self.length = length
        self.closed_from = closed_from
        self.asked: list[int] = []
        self.given_up: list[int] = []

    async def read(self, after: int, size: int) -> Numbers:
        """The numbers after that one."""
        self.asked.append(after)
        if after >= self.closed_from:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.given_up.append(after)
                raise
        return Numbers(range(after + 1, min(after + size, self.length) + 1))


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_chunks, "CHUNK", CHUNK)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
async def test_a_report_of_any_length_is_whole(length: int) -> None:
    chunks = [list(lines.number) async for lines in chunks_of(Book(length).read)]
    assert [number for chunk in chunks for number in chunk] == list(range(1, length + 1))
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)


async def test_the_next_chunk_is_read_while_one_is_worked_on_and_no_further_one() -> None:
    book = Book(100)
    chunks = chunks_of(book.read)
    await anext(chunks)
    assert book.asked == [0, CHUNK]
    await asyncio.sleep(0.01)
    assert book.asked == [0, CHUNK]
    await anext(chunks)
    assert book.asked == [0, CHUNK, 2 * CHUNK]
    await chunks.aclose()


async def test_nothing_is_read_any_more_once_it_is_closed() -> None:
    book = Book(100, closed_from=CHUNK)
    chunks = chunks_of(book.read)
    await anext(chunks)
    await chunks.aclose()
    assert book.given_up == [CHUNK]


async def test_who_is_cancelled_while_waiting_leaves_nothing_running() -> None:
    book = Book(100, closed_from=0)
    reader = asyncio.create_task(anext(chunks_of(book.read)))
    await asyncio.sleep(0.01)
    reader.cancel()
    await asyncio.wait([reader])
    assert book.given_up == [0]


async def test_an_error_of_a_chunk_ends_the_report_after_what_was_read_before() -> None:
    async def read(after: int, size: int) -> Numbers:
        if after == CHUNK:
            raise RuntimeError("the database went away")
        return Numbers(range(after + 1, after + size + 1))

    chunks = chunks_of(read)
    assert list((await anext(chunks)).number) == [1, 2, 3]
    with pytest.raises(RuntimeError, match="went away"):
        await anext(chunks)
