"""Tables as CSV, the way a Brazilian Excel opens them by a double click."""

import csv
import io
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import date, datetime

from core.domain.calendar_rules import LOCAL_ZONE
from core.domain.money import Money
from ports.table_writer import Cell, TableColumn, TableWriter

PIECE_CHARACTERS = 32 * 1024

_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
_EDGE = " \t\r\n\v\f\xa0\x00"


class CsvTable(TableWriter):
    """UTF-8 with a byte order mark, semicolons, CRLF; amounts as 1234,56, days as 21/11/2026, instants with the time.

    A text that a spreadsheet would take for a formula (starting with = + - @, also after blanks) gets an apostrophe before
    it.
    """

    media_type = "text/csv"
    extension = "csv"

    async def write(
        self, name: str, columns: Sequence[TableColumn], rows: AsyncIterator[Sequence[Cell]]
    ) -> AsyncGenerator[bytes, None]:
        """The file in pieces of some 32 KiB. CSV has no place for `name`."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
        buffer.write("\ufeff")
        writer.writerow([_safe(column.title) for column in columns])
        async for row in rows:
            writer.writerow([_text(cell) for cell in row])
            if buffer.tell() >= PIECE_CHARACTERS:
                yield _taken(buffer)
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    # half a surrogate pair has no bytes in UTF-8
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "Sim" if cell else "Não"
        case Money():
            return f"{cell.amount:.2f}".replace(".", ",")
        case datetime():
            return cell.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M:%S")
        case date():
            return cell.strftime("%d/%m/%Y")
        case int():
            return str(cell)
        case str():
            return _safe(cell)


def _safe(text: str) -> str:
    return f"'{text}" if text.lstrip(_EDGE)[:1] in _FORMULA_STARTS else text
