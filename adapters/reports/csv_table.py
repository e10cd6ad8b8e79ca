"""Tables as CSV, the way a Brazilian Excel opens them by a double click."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from core.domain.calendar_rules import LOCAL_ZONE
from ports.table_writer import CellKind, Chunk, TableColumn, TableWriter

_EDGE = " \t\r\n\v\f\xa0\x00"
_FORMULA = re.compile(f"[{_EDGE}]*[=+\\-@＝＋－＠]")
_FORMULA_IN_A_CELL = re.compile(f";{_FORMULA.pattern}")
_QUOTED = re.compile('[;"\r\n]')

_OFTEN = 8
"""So often each text of a column stands there if it is cheaper to look at each once."""


class CsvTable(TableWriter):
    """UTF-8 with a byte order mark, semicolons, CRLF; amounts as 1234,56, days as 21/11/2026, instants with the time.

    A text that a spreadsheet would take for a formula (starting with = + - @, also after blanks) gets an apostrophe before
    it.
    """

    media_type = "text/csv"
    extension = "csv"

    async def write(
        self, name: str, columns: Sequence[TableColumn], chunks: AsyncIterator[Chunk]
    ) -> AsyncGenerator[bytes, None]:
        """The file, a piece for each chunk. CSV has no place for `name`."""
        kinds = [column.kind for column in columns]
        yield "\ufeff".encode() + _lines([_texts([column.title]) for column in columns])
        async for chunk in chunks:
            yield _lines([_CELLS[kind](cells) for kind, cells in zip(kinds, chunk, strict=True)])


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    """The rows, of cells as they are written."""
    lines = [*map(";".join, zip(*columns, strict=True)), ""]
    # half a surrogate pair has no bytes in UTF-8
    return "\r\n".join(lines).encode("utf-8", "replace")


def _texts(cells: Sequence[str | None]) -> Sequence[str]:
    """The texts, as most come: looked at one by one only where they are few, or there is something to look for."""
    distinct = set(cells)
    if len(distinct) * _OFTEN <= len(cells):
        written = {text: "" if text is None else _text(text) for text in distinct}
        return [written[text] for text in cells]
    texts = ["" if text is None else text for text in cells]
    together = ";".join(["", *texts])
    if (
        together.count(";") > len(texts)
        or '"' in together
        or "\r" in together
        or "\n" in together
        or _FORMULA_IN_A_CELL.search(together)
    ):
        return [_text(text) for text in texts]
    return texts


def _text(text: str) -> str:
    safe = f"'{text}" if _FORMULA.match(text) else text
    if not _QUOTED.search(safe):
        return safe
    doubled = safe.replace('"', '""')
    return f'"{doubled}"'


def _each(text: Callable[[Any], str]) -> Callable[[Sequence[Any]], Sequence[str]]:
    """The same for a column, in which None is empty."""
    return lambda cells: ["" if cell is None else text(cell) for cell in cells]


def _amount(centavos: int) -> str:
    digits = str(centavos) if centavos > 99 else f"{centavos:0{4 if centavos < 0 else 3}d}"
    return f"{digits[:-2]},{digits[-2:]}"


@lru_cache(maxsize=10_000)
def _day(day: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y")


def _instant(instant: str) -> str:
    return f"{_local_hour(instant[:13])}{instant[13:19]}"


@lru_cache(maxsize=10_000)
def _local_hour(hour: str) -> str:
    """How the instants of an hour begin. Within one only minutes and seconds differ: the zone has gone by whole hours since 1914."""
    local = datetime.fromisoformat(f"{hour}:00+00:00").astimezone(LOCAL_ZONE).isoformat()
    return f"{local[8:10]}/{local[5:7]}/{local[:4]} {local[11:13]}"  # strftime takes several times as long


_CELLS: Mapping[CellKind, Callable[[Sequence[Any]], Sequence[str]]] = {
    CellKind.TEXT: _texts,
    CellKind.INTEGER: _each(str),
    CellKind.TRUTH: _each({True: "Sim", False: "Não"}.__getitem__),
    CellKind.AMOUNT: _each(_amount),
    CellKind.DAY: _each(_day),
    CellKind.INSTANT: _each(_instant),
}
