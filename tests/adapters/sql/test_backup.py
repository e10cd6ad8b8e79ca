"""Backups: a copy that is whole or not there, made while others write."""

import asyncio
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adapters.sql import backup
from adapters.sql.backup import BackupFailed, back_up
from adapters.sql.migrate import migrate
from support.builders import make_branch
from support.storages import sql_storage, sqlite_address

PAGE = 4096
BRANCH = make_branch()


@pytest.fixture
async def address(tmp_path: Path) -> str:
    """A database that has all tables and one branch."""
    address = sqlite_address(tmp_path / "fiador.db")
    await migrate(address)
    async with sql_storage(address) as storage, storage.units_of_work.begin() as work:
        await work.branches.add(BRANCH)
    return address


def _database(folder: Path, *, pages: int = 50) -> Path:
    """A plain database of at least so many pages, in the mode that the service uses."""
    file = folder / "plain.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, pair INTEGER, text BLOB)")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO notes VALUES (?, 0, ?)", ((n, bytes(PAGE)) for n in range(pages)))
        connection.execute("COMMIT")
    return file


def _rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_it_is_the_same_database_for_the_owner_alone(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    target = folder / "copy.db"
    written = back_up(address, target)
    assert _names(folder) == {"copy.db"}
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert written.size == target.stat().st_size == written.pages * PAGE
    assert target.read_bytes()[18:20] == b"\x01\x01"  # the format without a log beside the file
    assert written.tables == len(_rows(target, "SELECT 1 FROM sqlite_schema WHERE type = 'table'"))
    async with sql_storage(f"sqlite:///{target}") as storage, storage.units_of_work.read() as work:
        assert await work.branches.get(BRANCH.id) is not None


def test_writers_go_on_and_it_ends_with_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody commits between any two steps, always both halves of a pair."""
    monkeypatch.setattr(backup, "_STEP_PAGES", 1)
    source, target = _database(tmp_path), tmp_path / "copy.db"
    with _writing_at_each_step(source, monkeypatch) as commits:
        back_up(f"sqlite:///{source}", target)
    assert len(commits) > 50
    assert [distinct for (distinct,) in _rows(target, "SELECT count(DISTINCT pair) FROM notes")] == [1]
    assert _rows(source, "SELECT max(pair) FROM notes") == [(len(commits),)]


@contextmanager
def _writing_at_each_step(source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    commits: list[int] = []
    with closing(sqlite3.connect(source, timeout=0, isolation_level=None)) as writer:

        class Disturbed(sqlite3.Connection):
            def backup(self, target: sqlite3.Connection, *, pages: int = -1, **options: object) -> None:
                def write(status: int, remaining: int, total: int) -> None:
                    if len(commits) > 500:
                        raise RuntimeError("it begins anew for ever")
                    commits.append(remaining)
                    writer.execute("UPDATE notes SET pair = pair + 1")

                super().backup(target, pages=pages, progress=write)

        connect = sqlite3.connect
        monkeypatch.setattr(
            sqlite3, "connect", lambda *args, **named: connect(*args, factory=Disturbed, **named)
        )
        yield commits
    monkeypatch.undo()


async def test_what_is_there_is_kept_unless_told(address: str, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(BackupFailed, match=r"copy\.db is there already; --force replaces it"):
        back_up(address, target)
    assert target.read_text() == "precious"
    back_up(address, target, replace=True)
    assert _rows(target, "SELECT count(*) FROM branches") == [(1,)]


async def test_what_comes_to_be_there_meanwhile_is_kept(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.db"
    monkeypatch.setattr(backup, "_bring_to_disk", lambda _: target.write_text("precious"))
    with pytest.raises(BackupFailed, match="came to be there"):
        back_up(address, target)
    assert target.read_text() == "precious"


def test_never_onto_the_database_itself(tmp_path: Path) -> None:
    source = _database(tmp_path)
    (tmp_path / "link.db").symlink_to(source)
    os.link(source, tmp_path / "same.db")
    before = source.read_bytes()
    for name in ("plain.db", "plain.db-wal", "plain.db-shm", "plain.db-journal", "link.db", "same.db"):
        with pytest.raises(BackupFailed, match="belongs to the database itself"):
            back_up(f"sqlite:///{source}", tmp_path / name, replace=True)
    assert source.read_bytes() == before


def test_what_cannot_be_is_said_in_words(tmp_path: Path) -> None:
    source = _database(tmp_path)
    (tmp_path / "text.db").write_text("no database at all" * 500)
    for address, target, said in (
        (f"sqlite:///{tmp_path}/nothing.db", tmp_path / "copy.db", "there is no database at"),
        (f"sqlite:///{tmp_path}/text.db", tmp_path / "copy.db", "is no SQLite database"),
        ("postgresql://ana:hunter2@h/d", tmp_path / "copy.db", "pg_dump"),
        (f"sqlite:///{source}", tmp_path / "nowhere" / "copy.db", "there is no folder"),
        (f"sqlite:///{source}", tmp_path, "is no file"),
        (f"sqlite:///{source}", Path(os.devnull), "is no file"),
    ):
        before = _names(tmp_path)
        with pytest.raises(BackupFailed, match=said) as failed:
            back_up(address, target, replace=True)
        assert "\n" not in str(failed.value)
        assert "hunter2" not in str(failed.value)
        assert _names(tmp_path) == before


def test_without_room_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = _database(tmp_path), tmp_path / "copy.db"
    target.write_text("the backup of yesterday")
    connect = backup._connect

    def small(file: Path) -> sqlite3.Connection:
        connection = connect(file)
        if file != source:
            connection.execute("PRAGMA max_page_count = 10")
        return connection

    monkeypatch.setattr(backup, "_connect", small)
    before = _names(tmp_path)
    with pytest.raises(BackupFailed, match="there is no room for"):
        back_up(f"sqlite:///{source}", target, replace=True)
    assert _names(tmp_path) == before
    assert target.read_text() == "the backup of yesterday"


def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    source, target = _database(tmp_path), tmp_path / "copy.db"
    with source.open("r+b") as file:
        file.seek(2 * PAGE)
        file.write(b"\xff" * PAGE)
    with pytest.raises(BackupFailed, match="damaged"):
        back_up(f"sqlite:///{source}", target)
    assert not target.exists()


async def test_a_folder_that_may_not_be_written_is_said(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(backup, "_new_file_beside", refused)
    with pytest.raises(BackupFailed, match=r"cannot write .*copy\.db: permission denied"):
        await asyncio.to_thread(back_up, address, tmp_path / "copy.db")
