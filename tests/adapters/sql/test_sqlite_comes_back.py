"""A SQLite file that fails and comes back: whoever works is told, nothing answered as done is lost, no restart is needed."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.sql.migrate import migrate
from ports.storage import StorageState, StorageUnavailable
from support.shops import Shop, open_shop
from support.storages import sqlite_address

NOBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the SQLite file of a test is."""
    return tmp_path / "fiador.sqlite3"


@pytest.fixture
async def shop(file: Path) -> AsyncIterator[Shop]:
    """A shop over a SQLite file."""
    async with open_shop(sqlite_address(file)) as opened:
        yield opened


async def _pragma(shop: Shop, pragma: str) -> int:
    async with shop.database.writing(shop.clock) as work:
        return int((await work.connection.execute(text(f"PRAGMA {pragma}"))).scalar_one())


async def test_a_sqlite_file_that_may_not_grow_is_full(shop: Shop) -> None:
    await shop.store()
    await shop.check()
    pages = await _pragma(shop, "page_count")
    await _pragma(shop, f"max_page_count = {pages + 20}")
    await shop.fill()
    # What found no room may have needed several pages; now there is not even one.
    await _pragma(shop, f"max_page_count = {await _pragma(shop, 'page_count')}")
    await shop.read()
    assert await shop.state() is StorageState.FULL
    for _ in range(3):  # also when nobody else met it since the look before
        assert await shop.unwell() is StorageState.FULL
    await shop.assert_complete()
    await _pragma(shop, f"max_page_count = {pages + 10_000}")
    await shop.store()
    await shop.check()
    await shop.assert_complete()


async def test_sqlite_goes_on_when_a_full_disk_has_room_again(small_disk: Path) -> None:
    async with open_shop(sqlite_address(small_disk / "fiador.sqlite3")) as shop:
        await shop.outlive_a_full(small_disk)


@pytest.fixture
def unprivileged_folder() -> Iterator[Path]:
    """A folder of a user whom the rights of files hold, as whom the test goes on: they do not hold root."""
    folder = Path(tempfile.mkdtemp(prefix="fiador-files-"))
    if os.geteuid() != 0:
        yield folder
    else:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)
    shutil.rmtree(folder)


async def test_a_sqlite_file_without_the_right_to_write_is_read_only(unprivileged_folder: Path) -> None:
    file = unprivileged_folder / "fiador.sqlite3"
    async with open_shop(sqlite_address(file)) as shop:
        await shop.store()
        await shop.database.close()
        _chmod(file, 0o444)
        await shop.read()
        assert await shop.state() is StorageState.READ_ONLY
        with pytest.raises(StorageUnavailable):
            await shop.check()
        _chmod(file, 0o644)
        await shop.database.close()
        await shop.store()
        await shop.check()
        await shop.assert_complete()


def _chmod(file: Path, mode: int) -> None:
    for each in file.parent.glob(
        f"{file.name}*"
    ):  # the log and its index are made with the rights of the file
        each.chmod(mode)


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


async def test_a_sqlite_file_that_another_process_holds_is_busy(file: Path) -> None:
    async with open_shop(sqlite_address(file), busy_timeout=timedelta(milliseconds=50)) as shop:
        await shop.store()
        pipe = asyncio.subprocess.PIPE
        holder = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLD, str(file), stdin=pipe, stdout=pipe
        )
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        await shop.read()
        assert await shop.state() is StorageState.BUSY
        with pytest.raises(StorageUnavailable):
            await shop.check()
        await holder.communicate(b"")
        await shop.store()
        await shop.check()
        await shop.assert_complete()


async def test_who_waits_too_long_for_its_turn_to_write_is_told_so(file: Path) -> None:
    async with open_shop(sqlite_address(file), busy_timeout=timedelta(milliseconds=50)) as shop:
        async with shop.database.writing(shop.clock):
            assert await asyncio.create_task(shop.state()) is StorageState.BUSY
        await shop.store()


async def test_a_sqlite_file_that_is_moved_away_is_missed_until_it_is_back(
    shop: Shop, file: Path, tmp_path: Path
) -> None:
    await shop.store()
    await shop.read()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    _move(file.parent, elsewhere)
    assert await shop.state() is StorageState.AWAY
    for attempt in (shop.read, shop.read_lines, shop.check, shop.claim):
        with pytest.raises(StorageUnavailable):
            await attempt()
    await shop.database.close()
    assert await shop.state() is StorageState.AWAY
    assert list(file.parent.glob("fiador*")) == []
    _move(elsewhere, file.parent)
    await shop.store()
    await shop.check()
    await shop.assert_complete()


def _move(source: Path, target: Path) -> None:
    for each in source.glob("fiador.sqlite3*"):
        each.rename(target / each.name)


async def test_another_file_in_its_place_is_left_alone(shop: Shop, file: Path, tmp_path: Path) -> None:
    await shop.store()
    other = tmp_path / "other.sqlite3"
    await migrate(sqlite_address(other))
    first, before = tmp_path / "first.sqlite3", _content(other)
    shutil.move(file, first)
    shutil.move(other, file)
    assert await shop.state() is StorageState.REPLACED
    assert _content(file) == before
    shutil.move(first, file)
    await shop.store()
    await shop.assert_complete()


def _content(file: Path) -> bytes:
    return file.read_bytes()


async def test_a_file_that_became_none_is_damaged(shop: Shop, file: Path) -> None:
    await shop.store()
    await shop.database.close()
    _spoil(file)
    assert await shop.state() is StorageState.DAMAGED
    with pytest.raises(StorageUnavailable) as failed:
        await shop.read_lines()
    assert failed.value.state is StorageState.DAMAGED


def _spoil(file: Path) -> None:
    file.write_bytes(b"no database " * 1000)
