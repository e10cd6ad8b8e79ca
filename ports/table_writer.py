"""Tables as files, for spreadsheets."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol, TypeAlias

Cell: TypeAlias = str | int | None
"""A value of a table, as its column's kind says; None is empty."""

Chunk: TypeAlias = Sequence[Sequence[Cell]]
"""Some rows of a table: for each column its cells."""


class CellKind(Enum):
    """What the cells of a column are, and are shown as."""

    TEXT = auto()
    INTEGER = auto()
    TRUTH = auto()
    """A bool."""
    AMOUNT = auto()
    """Centavos of BRL."""
    DAY = auto()
    """A day as ISO 8601 writes it: 2026-11-21."""
    INSTANT = auto()
    """An instant as ISO 8601 writes it in UTC, without the zone: 2026-11-22T01:30:05, or with a space for the T, and with a
    fraction where it has one. Shown by the clocks of America/Sao_Paulo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column: its title, what its cells are, and how many characters wide it is shown where widths exist."""

    title: str
    kind: CellKind = CellKind.TEXT
    width: int = 16


class TableWriter(Protocol):
    """Writes a table of any length with constant memory. MUST NOT block the event loop for longer than a chunk takes.

    media_type, extension: what the file is (without charset, without dot).
    """

    media_type: str
    extension: str

    @abstractmethod
    def write(
        self, name: str, columns: Sequence[TableColumn], chunks: AsyncIterator[Chunk]
    ) -> AsyncGenerator[bytes, None]:
        """The file, in pieces; `chunks` is read as the pieces are asked for, or at the latest before the first one.

        Text MUST never be read as a formula by the spreadsheet that opens it. An error of `chunks` ends the iteration with
        that error; closing it early leaves nothing behind.
        """
