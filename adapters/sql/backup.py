"""Copy a SQLite database while it is read and written, into one file that is complete or not there at all."""

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.sql.engine import is_sqlite, parse_url

_STEP_PAGES = 1000
"""How many pages are copied between two moments in which the copying may be interrupted."""

_BUSY_TIMEOUT_SECONDS = 30
_COMPANIONS = ("", "-wal", "-shm", "-journal")


class BackupFailed(Exception):
    """There is no backup; the text says why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What was written. size: in bytes."""

    size: int
    pages: int
    tables: int


def back_up(address: str, target: Path, *, replace: bool = False) -> Backup:
    """Copy the database as it is at this moment into `target`, for the owner's eyes only.

    Writers are not held up: what they commit meanwhile goes into the log beside the database, which cannot be emptied
    until the copy is made. The copy is checked before it takes its name, so `target` is what it was before, or whole.

    replace: whether a file of that name may be replaced. Raises BackupFailed.
    """
    source = _source(address)
    _require_usable(source, target, replace=replace)
    try:
        unfinished = _new_file_beside(target)
        try:
            backup = _copy(source, unfinished)
            _put_in_place(unfinished, target, replace=replace)
        finally:
            for companion in _COMPANIONS:
                _companion(unfinished, companion).unlink(missing_ok=True)
    except sqlite3.Error as error:
        raise BackupFailed(_reason(error, source, target)) from None
    except OSError as error:
        raise BackupFailed(f"cannot write {target}: {(error.strerror or 'refused').lower()}") from None
    return backup


def _source(address: str) -> Path:
    url = parse_url(address)
    if not is_sqlite(url) or url.database is None:
        raise BackupFailed("this copies SQLite files; PostgreSQL has its own command: pg_dump")
    source = Path(url.database)
    if not source.is_file():
        raise BackupFailed(f"there is no database at {source}")
    return source


def _require_usable(source: Path, target: Path, *, replace: bool) -> None:
    if any(target.resolve() == _companion(source, name).resolve() for name in _COMPANIONS):
        raise BackupFailed(f"{target} belongs to the database itself")
    if not target.exists():
        if not target.parent.is_dir():
            raise BackupFailed(f"there is no folder {target.parent}")
        return
    if not target.is_file():
        raise BackupFailed(f"{target} is no file")
    if target.samefile(source):
        raise BackupFailed(f"{target} belongs to the database itself")
    if not replace:
        raise BackupFailed(f"{target} is there already; --force replaces it")


def _companion(file: Path, name: str) -> Path:
    return file.with_name(file.name + name)


def _new_file_beside(target: Path) -> Path:
    """An empty file on the same disk, which only its owner reads."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".unfinished")
    os.close(handle)
    return Path(name)


def _copy(source: Path, file: Path) -> Backup:
    with closing(_connect(source)) as reading, closing(_connect(file)) as writing:
        writing.execute("PRAGMA synchronous = OFF")  # the file is brought to the disk once, in the end
        # One transaction around all steps: without it each commit of somebody else would make the copying begin anew.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reading.backup(writing, pages=_STEP_PAGES)
        reading.execute("ROLLBACK")
        # A file that stands alone, with no log beside it; the service begins a new one when it opens the file.
        writing.execute("PRAGMA journal_mode = DELETE")
        found = writing.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise BackupFailed(f"the database is damaged, and so is its copy: {found}")
        pages = writing.execute("PRAGMA page_count").fetchone()[0]
        tables = writing.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
    return Backup(size=file.stat().st_size, pages=pages, tables=tables)


def _connect(file: Path) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT_SECONDS, isolation_level=None)


def _put_in_place(file: Path, target: Path, *, replace: bool) -> None:
    _bring_to_disk(file)
    if target.exists() and not replace:
        raise BackupFailed(f"{target} came to be there meanwhile")
    file.replace(target)
    with suppress(OSError):  # not every file system does it for folders
        _bring_to_disk(target.parent)


def _bring_to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: sqlite3.Error, source: Path, target: Path) -> str:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return f"there is no room for {target}"
        case sqlite3.SQLITE_NOTADB:
            return f"{source} is no SQLite database"
        case sqlite3.SQLITE_CORRUPT:
            return f"the database at {source} is damaged"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"the database at {source} is locked by somebody else"
    return f"the database at {source} cannot be copied: {str(error).lower()}"
