"""The file of refused rows: the rows as they came, each with the reason, ready to be mended and imported again."""

import csv
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from server.imports.reading import REASON, Layout, SourceRow, WrongFile


class RefusedRows:
    """Writes `FILE.refused.csv` beside the file; nothing is written until a row is refused.

    It holds personal data, as the file itself does, so only its owner reads it.
    """

    def __init__(self, source: Path, layout: Layout) -> None:
        self.path = source.with_suffix(".refused.csv")
        self._layout = layout
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> "RefusedRows":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, row: SourceRow, reason: str) -> None:
        """Write a row. Raises WrongFile when it cannot be written."""
        kept = [index for index, _ in self._titles()]
        cells = [row.cells[index] if index < len(row.cells) else "" for index in kept]
        try:
            if self._file is None:
                self._open()
            surplus = [cell for cell in row.cells[len(self._layout.header) :] if cell]
            self._writer.writerow([*cells, reason, *surplus])
        except OSError as error:
            raise WrongFile(f"cannot write {self.path}: {(error.strerror or 'refused').lower()}") from None

    def _open(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode=0o600)
        os.fchmod(descriptor, 0o600)  # one that was there already may have been saved for everybody
        # The byte order mark is what tells Excel that it is UTF-8.
        self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=self._layout.delimiter)
        self._writer.writerow([*(title for _, title in self._titles()), REASON])

    def _titles(self) -> list[tuple[int, str]]:
        """The columns of the file, without the reason of an earlier refusal."""
        return [(index, title) for index, title in enumerate(self._layout.header) if title != REASON]
