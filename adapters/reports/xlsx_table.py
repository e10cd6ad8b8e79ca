"""Tables as Excel workbooks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ports.table_writer import Chunk, TableColumn, TableWriter

SHEET_ROWS = 1_048_576
"""The most rows that Excel takes on one sheet, the header among them."""

_PIECE_BYTES = 64 * 1024


class XlsxTable(TableWriter):
    """A workbook with real numbers, amounts and dates, a fixed header and a filter; further sheets when one is full.

    The workbook is built row by row in a temporary folder, then handed out in pieces and removed.
    """

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = "xlsx"

    def __init__(self, *, sheet_rows: int = SHEET_ROWS) -> None:
        self._sheet_rows = sheet_rows

    async def write(
        self, name: str, columns: Sequence[TableColumn], chunks: AsyncIterator[Chunk]
    ) -> AsyncGenerator[bytes, None]:
        """The file, in pieces of 64 KiB after the last row was read. `name` becomes the name of the sheet."""
        # With the library that writes it, which a start has no time for.
        from adapters.reports.xlsx_book import Book

        with TemporaryDirectory(prefix="fiador-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / "table.xlsx"
            book = Book(path, name, columns, self._sheet_rows)
            try:
                async for chunk in chunks:
                    await _in_thread(book.add, chunk)
                await _in_thread(book.close)
            finally:
                book.release()
            with path.open("rb") as file:
                while piece := await _in_thread(file.read, _PIECE_BYTES):
                    yield piece


async def _in_thread(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do it in a thread. Whoever gives up leaves when it is done: it goes on to write into a folder that is removed next."""
    working = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait((working,))
        raise
