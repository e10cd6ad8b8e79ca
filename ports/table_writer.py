"""Tables as files, for spreadsheets."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.domain.money import Money

Cell = str | int | bool | date | datetime | Money | None
"""A value of a table. Instants carry their zone and are shown by the clocks of America/Sao_Paulo; None is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column: its title, and how many characters wide it is shown where widths exist."""

    title: str
    width: int = 16


class TableWriter(Protocol):
    """Writes a table of any length with constant memory. MUST NOT block the event loop.

    media_type, extension: what the file is (without charset, without dot).
    """

    media_type: str
    extension: str

    @abstractmethod
    def write(
        self, name: str, columns: Sequence[TableColumn], rows: AsyncIterator[Sequence[Cell]]
    ) -> AsyncGenerator[bytes, None]:
        """The file, in pieces; `rows` is read as the pieces are asked for, or at the latest before the first one.

        Text MUST never be read as a formula by the spreadsheet that opens it. An error of `rows` ends the iteration with
        that error; closing it early leaves nothing behind.
        """
