"""Long reports: whole whatever their length, one chunk ahead of who reads them, and nothing goes on once they are closed."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pytest

from core.use_cases import report_chunks
from core.use_cases.report_chunks import chunks_of
from ports.report_lines import ConsultationLines, Found

CHUNK = 3


def lines_of(numbers: Sequence[int]) -> ConsultationLines:
    """Lines in which every column tells the number."""
    columns: dict[str, Any] = {field.name: numbers for field in fields(ConsultationLines)}
    return ConsultationLines(**columns)


class Book:
    """Lines that tell their numbers. It knows what it was asked for and what was made, and lets nobody read past `closed_from`."""

    def __init__(self, length: int, *, closed_from: int = 1_000_000) -> None:
        self.length = length
        self.closed_from = closed_from
        self.asked: list[int] = []
        self.asked_when_made: list[list[int]] = []
        self.given_up: list[int] = []

    async def read(self, after: int, size: int) -> Found[ConsultationLines]:
        """The numbers after that one."""
        self.asked.append(after)
        if after >= self.closed_from:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.given_up.append(after)
                raise
        numbers = range(after + 1, min(after + size, self.length) + 1)
        return Found(numbers=numbers, lines=lambda: self._made(numbers))

    def _made(self, numbers: range) -> ConsultationLines:
        self.asked_when_made.append(list(self.asked))
        return lines_of(numbers)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_chunks, "CHUNK", CHUNK)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1])
async def test_a_report_of_any_length_is_whole(length: int) -> None:
    chunks = [lines.number async for lines in chunks_of(Book(length).read)]
    assert [number for chunk in chunks for number in chunk] == list(range(1, length + 1))
    assert all(0 < len(chunk) <= CHUNK for chunk in chunks)


async def test_a_chunk_is_worked_on_in_pieces_with_everybody_else_s_turn_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report_chunks, "PIECE", 2)
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(somebody_else())
    found = []
    async for lines in chunks_of(Book(CHUNK + 2).read):
        assert lines.cost == lines.number
        found.append(list(lines.number))
        before, turns = turns, 0
        assert before
    other.cancel()
    assert found == [[1, 2], [3], [4, 5]]


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


async def test_the_next_chunk_is_asked_for_before_lines_are_made_of_one() -> None:
    book = Book(CHUNK + 1)
    assert [list(lines.number) async for lines in chunks_of(book.read)] == [[1, 2, 3], [4]]
    assert book.asked_when_made == [[0, CHUNK], [0, CHUNK]]


async def test_an_error_in_making_lines_gives_up_what_is_read_ahead() -> None:
    book = Book(100, closed_from=CHUNK)

    async def read(after: int, size: int) -> Found[ConsultationLines]:
        found = await book.read(after, size)
        return Found(numbers=found.numbers, lines=lambda: lines_of([1 // 0]))

    with pytest.raises(ZeroDivisionError):
        await anext(chunks_of(read))
    assert book.given_up == [CHUNK]


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
    async def read(after: int, size: int) -> Found[ConsultationLines]:
        if after == CHUNK:
            raise RuntimeError("the database went away")
        numbers = list(range(after + 1, after + size + 1))
        return Found(numbers=numbers, lines=lambda: lines_of(numbers))

    chunks = chunks_of(read)
    assert (await anext(chunks)).number == [1, 2, 3]
    with pytest.raises(RuntimeError, match="went away"):
        await anext(chunks)
