"""A workbook as Excel reads it, written from top to bottom."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.domain.calendar_rules import LOCAL_ZONE
from ports.table_writer import CellKind, Chunk, TableColumn

LONGEST_TEXT = 32_767
"""The most characters that Excel takes in one cell."""

LARGEST_INTEGER = 10**15
"""Numbers from here on lose digits in Excel, so they are written as text."""

FIRST_YEAR = 1900
"""Excel knows no earlier dates; they are written as text."""

_NAME_FORBIDS = str.maketrans("[]:*?/\\", "       ")


class Book:
    """A workbook being written from top to bottom. sheet_rows: how many rows a sheet takes, its header among them."""

    def __init__(self, path: Path, name: str, columns: Sequence[TableColumn], sheet_rows: int) -> None:
        # constant_memory keeps one row at a time; strings are never taken for formulas, numbers or addresses
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = Workbook(str(path), options)
        self._names = (
            f"{_sheet_name(name)} {number}" if number > 1 else _sheet_name(name) for number in count(1)
        )
        self._columns = columns
        self._sheet_rows = sheet_rows
        self._header = self._format(bold=True, bottom=1, text_wrap=True, valign="top")
        self._amount = self._format(num_format='"R$" #,##0.00')
        self._day = self._format(num_format="dd/mm/yyyy")
        self._instant = self._format(num_format="dd/mm/yyyy hh:mm:ss")
        put: Mapping[CellKind, Callable[[int, Any], None]] = {
            CellKind.TEXT: self._put_text,
            CellKind.INTEGER: self._put_integer,
            CellKind.TRUTH: self._put_truth,
            CellKind.AMOUNT: self._put_amount,
            CellKind.DAY: self._put_day,
            CellKind.INSTANT: self._put_instant,
        }
        self._put = [put[column.kind] for column in columns]
        self._sheet = self._new_sheet()
        self._next = 1

    def add(self, chunk: Chunk) -> None:
        """Write the next rows."""
        for row in zip(*chunk, strict=True):
            if self._next == self._sheet_rows:
                self._finish_sheet()
                self._sheet = self._new_sheet()
                self._next = 1
            for index, (put, cell) in enumerate(zip(self._put, row, strict=True)):
                if cell is not None:
                    put(index, cell)
            self._next += 1

    def close(self) -> None:
        """Finish the file; nothing can be added to it any more."""
        self._finish_sheet()
        self._book.close()

    def release(self) -> None:
        """Let go of the temporary files of a workbook that was never closed."""
        for sheet in self._book.worksheets():
            if sheet.row_data_fh is not None and not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()

    def _format(self, **properties: object) -> Format:
        return self._book.add_format(properties)

    def _new_sheet(self) -> Worksheet:
        sheet: Worksheet = self._book.add_worksheet(next(self._names))
        sheet.freeze_panes(1, 0)
        for index, column in enumerate(self._columns):
            sheet.set_column(index, index, column.width)
        for index, column in enumerate(self._columns):
            sheet.write_string(0, index, column.title, self._header)
        return sheet

    def _finish_sheet(self) -> None:
        self._sheet.autofilter(0, 0, self._next - 1, max(0, len(self._columns) - 1))

    def _put_text(self, index: int, text: str) -> None:
        holdable = text.encode("utf-8", "replace").decode()
        self._sheet.write_string(self._next, index, holdable[:LONGEST_TEXT])

    def _put_integer(self, index: int, number: int) -> None:
        if abs(number) < LARGEST_INTEGER:
            self._sheet.write_number(self._next, index, number)
        else:
            self._put_text(index, str(number))

    def _put_truth(self, index: int, truth: bool) -> None:
        self._sheet.write_string(self._next, index, "Sim" if truth else "Não")

    def _put_amount(self, index: int, centavos: int) -> None:
        self._sheet.write_number(self._next, index, centavos / 100, self._amount)

    def _put_day(self, index: int, text: str) -> None:
        day = date.fromisoformat(text)
        if day.year >= FIRST_YEAR:
            self._sheet.write_datetime(self._next, index, datetime.combine(day, time.min), self._day)
        else:
            self._put_text(index, text)

    def _put_instant(self, index: int, text: str) -> None:
        instant = datetime.fromisoformat(f"{text}+00:00")
        local = instant.astimezone(LOCAL_ZONE).replace(tzinfo=None)
        if local.year >= FIRST_YEAR:
            self._sheet.write_datetime(self._next, index, local, self._instant)
        else:
            self._put_text(index, str(instant))


def _sheet_name(name: str) -> str:
    """`name` as Excel takes it: 31 characters with room for a number, none of []:*?/\\, no apostrophe at the ends."""
    return name.translate(_NAME_FORBIDS).strip(" '")[:27].strip(" '") or "Dados"
