"""Reading a file: its encoding and delimiter are found out, its header is understood, its rows come one at a time."""

import codecs
import csv
import difflib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.imports.columns import Column, names_of
from server.imports.words import plain
from server.mendable import Mendable

REASON = "motivo"
"""The column that refused rows carry; a file that has it, because refused rows were mended in it, is read without it."""

_PIECE = 256 * 1024
_LONGEST_CELL = 10_000
_SHOWN = 60


class WrongFile(Mendable):
    """The file cannot be imported at all; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a file is written. header: the titles as they stand. columns: what they mean; None is passed over.

    size: of the file, in bytes.
    """

    size: int
    encoding: str
    delimiter: str
    header: Sequence[str]
    columns: Sequence[Column | None]

    def titles(self) -> Mapping[tuple[str, ...], str]:
        """The file's own titles, by the path that problems carry."""
        return {
            column.path: title
            for column, title in zip(self.columns, self.header, strict=True)
            if column is not None
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A row as it stands in the file. line: where it ends."""

    line: int
    cells: Sequence[str]


def read_layout(path: Path, known: Sequence[Column], *, given: frozenset[str] = frozenset()) -> Layout:
    """How the file is written. `given`: fields that need no column. Raises WrongFile."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline(_PIECE).strip("\r\n")
    if not first.strip(" ;,"):
        raise WrongFile(f"{path} has no header in its first line")
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    header = [title.strip() for title in next(csv.reader([first], delimiter=delimiter))]
    return Layout(
        size=path.stat().st_size,
        encoding=encoding,
        delimiter=delimiter,
        header=header,
        columns=_understood(path, header, known, given),
    )


def read_rows(path: Path, layout: Layout, progress: Callable[[int], None]) -> Iterator[SourceRow]:
    """The rows; blank ones are passed over. `progress` is told how many bytes were read so far. Raises WrongFile."""
    with (
        path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding=layout.encoding, errors="replace", newline="") as file,
    ):
        rows = csv.reader(file, delimiter=layout.delimiter)
        next(rows)
        while True:
            try:
                cells = next(rows, None)
            except csv.Error:
                raise WrongFile(f"{path} cannot be read as CSV around line {rows.line_num}") from None
            if cells is None:
                return
            if any(len(cell) > _LONGEST_CELL for cell in cells):
                raise WrongFile(f"{path} has a cell without an end around line {rows.line_num}")
            progress(raw.tell())
            if any(cell.strip() for cell in cells):
                yield SourceRow(line=rows.line_num, cells=cells)


def _encoding(path: Path) -> str:
    """UTF-8 when all of the file is; otherwise Windows-1252, which Latin-1 is a part of. Raises WrongFile."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    encoding = "utf-8-sig"
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if b"\0" in piece:
                    raise WrongFile(f"{path} is no text in UTF-8 or Latin-1: save it as CSV")
                if encoding == "utf-8-sig":
                    try:
                        decoder.decode(piece)
                    except UnicodeDecodeError:
                        encoding = "cp1252"
            if encoding == "utf-8-sig":
                try:
                    decoder.decode(b"", final=True)
                except UnicodeDecodeError:
                    encoding = "cp1252"
    except OSError as error:
        raise WrongFile(f"cannot read {path}: {(error.strerror or 'refused').lower()}") from None
    return encoding


def _understood(
    path: Path, header: Sequence[str], known: Sequence[Column], given: frozenset[str]
) -> list[Column | None]:
    by_name = {name: column for column in known for name in names_of(column)}
    columns: list[Column | None] = []
    for title in header:
        column = by_name.get(plain(title))
        if column is None and title and plain(title) != REASON:
            raise WrongFile(f"{path}: {_unknown(title, known)}")
        if column is not None and column in columns:
            raise WrongFile(f"{path}: two columns hold the same, {column.title}")
        columns.append(column)
    missing = [
        column.title
        for column in known
        if column.needed and column not in columns and column.field not in given
    ]
    if missing:
        raise WrongFile(f"{path} lacks the column(s) {', '.join(missing)}")
    return columns


def _unknown(title: str, known: Sequence[Column]) -> str:
    shown = title if len(title) <= _SHOWN else f"{title[:_SHOWN]}…"
    titles = [column.title for column in known]
    similar = difflib.get_close_matches(plain(title), titles, n=1)
    hint = f"did you mean {similar[0]}?" if similar else f"known are {', '.join(titles)}"
    return f"there is no column “{shown}”; {hint}"
