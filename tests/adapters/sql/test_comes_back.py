"""A database that fails and comes back: whoever works meanwhile is told how it is, nothing that was answered as done is lost,
and it goes on without a restart of ours.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql import engine
from adapters.sql.database import Database
from adapters.sql.heartbeat import SqlStorageCheck
from adapters.sql.migrate import migrate
from adapters.sql.queue import SqlQueue
from adapters.sql.unit_of_work import SqlUnitsOfWork
from ports.storage import StorageState, StorageUnavailable
from support.builders import make_branch, make_customer
from support.postgresql import SHARED, PostgresServer, running_server
from support.storages import sqlite_address

NOBODY = 65534
BALLAST = 13_000_000
"""More bytes than the small disk holds."""

PATIENCE = 60


class Shop:
    """Units of work over a database, and the ids of the branches that were answered as stored."""

    def __init__(self, database: Database) -> None:
        self.clock = FixedClock()
        self.database = database
        self.units_of_work = SqlUnitsOfWork(database, self.clock)
        self.queue = SqlQueue(database, self.clock)
        self.check = SqlStorageCheck(database, self.clock).check
        self.stored: set[UUID] = set()

    async def store(self, size: int = 10) -> None:
        """Store a branch with a customer, or nothing. The branch's name is that long."""
        branch = make_branch(name="x" * size)
        async with self.units_of_work.begin() as work:
            await work.branches.add(branch)
            await work.customers.add(make_customer(branch_id=branch.id))
        self.stored.add(branch.id)

    async def read(self) -> None:
        """Read something, as looking up a token does."""
        async with self.units_of_work.read() as work:
            await work.tokens.by_hash("0" * 64)

    async def claim(self) -> None:
        """Ask for work, as the worker does."""
        await self.queue.claim(1)

    async def state(self) -> StorageState:
        """What storing fails of. It must fail."""
        with pytest.raises(StorageUnavailable) as failed:
            await self.store()
        assert failed.value.__cause__ is None
        return failed.value.state

    async def fill(self) -> None:
        """Store until there is no room left, not even for little."""
        for size in (2000, 10):
            with pytest.raises(StorageUnavailable) as failed:
                await self._store_many(size)
            assert failed.value.state is StorageState.FULL

    async def _store_many(self, size: int) -> None:
        for _ in range(10_000):
            await self.store(size)

    async def assert_complete(self) -> None:
        """What was answered as stored is there, no branch without its customer, and SQLite finds its file in order."""
        async with self.database.reading(self.clock) as work:
            branches = set((await work.session.execute(text("SELECT id FROM branches"))).scalars())
            owners = set((await work.session.execute(text("SELECT branch_id FROM customers"))).scalars())
            assert branches == owners
            if self.database.on_sqlite:
                assert await work.scalar(text("PRAGMA integrity_check")) == "ok"  # type: ignore[arg-type]
        async with self.units_of_work.read() as work_of_stores:
            assert set(await work_of_stores.branches.get_many(self.stored)) == self.stored


@asynccontextmanager
async def open_shop(
    address: str, *, busy_timeout: timedelta = timedelta(seconds=30), pool_size: int = 10
) -> AsyncIterator[Shop]:
    """A shop over an empty database."""
    await migrate(address)
    database = Database(address, busy_timeout=busy_timeout, pool_size=pool_size)
    try:
        yield Shop(database)
    finally:
        await database.close()


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
        return int((await work.session.execute(text(f"PRAGMA {pragma}"))).scalar_one())


async def test_a_sqlite_file_that_may_not_grow_is_full(shop: Shop) -> None:
    await shop.store()
    await shop.check()
    pages = await _pragma(shop, "page_count")
    await _pragma(shop, f"max_page_count = {pages + 20}")
    await shop.fill()
    await shop.read()
    assert await shop.state() is StorageState.FULL
    for _ in range(3):  # also when nobody else met it since the look before
        with pytest.raises(StorageUnavailable) as unwell:
            await shop.check()
        assert unwell.value.state is StorageState.FULL
    await shop.assert_complete()
    await _pragma(shop, f"max_page_count = {pages + 10_000}")
    await shop.store()
    await shop.check()
    await shop.assert_complete()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """The folder of a disk of 12 MB."""
    folder = Path(tempfile.mkdtemp(prefix="fiador-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0777", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(command, check=False, capture_output=True)
    if not mounted or mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("a small disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


async def test_sqlite_goes_on_when_a_full_disk_has_room_again(small_disk: Path) -> None:
    async with open_shop(sqlite_address(small_disk / "fiador.sqlite3")) as shop:
        await shop.store()
        ballast = small_disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(BALLAST))
        await shop.fill()
        await shop.read()
        with pytest.raises(StorageUnavailable) as unwell:
            await shop.check()
        assert unwell.value.state is StorageState.FULL
        await shop.assert_complete()
        ballast.unlink()
        await shop.store()
        await shop.check()
        await shop.check()
        await shop.assert_complete()


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
    for attempt in (shop.read, shop.check, shop.claim):
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


def _spoil(file: Path) -> None:
    file.write_bytes(b"no database " * 1000)


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that nobody else uses, to be stopped."""
    with running_server(crashes=True) as server:
        yield server


@pytest.mark.postgres
async def test_postgresql_that_stops_and_starts_is_worked_with_again(own_server: PostgresServer) -> None:
    address = own_server.address(SHARED)
    async with open_shop(address, pool_size=4) as shop:
        jobs = [shop.store, shop.store, shop.store, shop.read, shop.claim, shop.check]
        states: set[StorageState] = set()
        done, failed = [0] * len(jobs), [0] * len(jobs)

        async def go_on(number: int) -> None:
            while True:
                try:
                    await jobs[number]()
                    done[number] += 1
                except StorageUnavailable as error:
                    states.add(error.state)
                    failed[number] += 1
                await asyncio.sleep(0.002)

        workers = [asyncio.create_task(go_on(number)) for number in range(len(jobs))]
        try:
            for way in ("fast", "immediate"):
                await _until_each(done, workers)
                await asyncio.to_thread(own_server.stop, way)
                await _until_each(failed, workers)
                await asyncio.to_thread(own_server.start)
                await _until_each(done, workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        assert states == {StorageState.AWAY}
        await shop.assert_complete()


async def _until_each(counts: list[int], workers: list[asyncio.Task[None]]) -> None:
    """Wait until each count has grown by five. A worker that ended has met what it should not have met."""
    wanted = [each + 5 for each in counts]
    async with asyncio.timeout(PATIENCE):
        while any(each < want for each, want in zip(counts, wanted, strict=True)):
            for worker in workers:
                if worker.done():
                    worker.result()
            await asyncio.sleep(0.01)


@pytest.mark.postgres
async def test_a_postgresql_database_that_takes_no_writes_is_read_only(
    postgres_server: PostgresServer, bare_postgres_address: str
) -> None:
    name = bare_postgres_address.partition("@/")[2].partition("?")[0]
    async with open_shop(bare_postgres_address) as shop:
        await shop.store()
        for setting, state in (("on", StorageState.READ_ONLY), ("off", None)):
            await postgres_server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}")
            await shop.database.close()
            await shop.read()
            if state is None:
                await shop.store()
            else:
                assert await shop.state() is state
        with pytest.raises(StorageUnavailable):
            await shop.check()  # tells what was met since the look before
        await shop.check()
        await shop.assert_complete()


@pytest.mark.postgres
async def test_who_gets_no_connection_to_postgresql_is_told_so(
    bare_postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "POOL_TIMEOUT_SECONDS", 0.05)
    async with open_shop(bare_postgres_address, pool_size=1) as shop:
        async with shop.units_of_work.begin() as work:
            await work.parameters.credit()
            assert await shop.state() is StorageState.BUSY
        await shop.store()


async def test_a_machine_that_takes_connections_and_says_nothing_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://ana@127.0.0.1:{silent.getsockname()[1]}/fiador?ssl=disable")
        assert await Shop(database).state() is StorageState.AWAY
        await database.close()


@pytest.mark.postgres
async def test_a_statement_that_is_never_answered_is_given_up(
    bare_postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_SECONDS", 0.2)
    async with open_shop(bare_postgres_address) as shop:
        with pytest.raises(StorageUnavailable) as failed:
            await _sleep(shop, seconds=60)
        assert failed.value.state is StorageState.AWAY
        monkeypatch.undo()
        await shop.store()
        await shop.assert_complete()


async def _sleep(shop: Shop, *, seconds: int) -> None:
    async with shop.database.writing(shop.clock) as work:
        await work.session.execute(text(f"SELECT pg_sleep({seconds})"))


@pytest.mark.postgres
async def test_postgresql_goes_on_when_a_full_disk_has_room_again(
    own_server: PostgresServer, small_disk: Path
) -> None:
    folder = small_disk / "tables"
    folder.mkdir()
    shutil.chown(folder, (own_server.folder.stat()).st_uid)
    name = await own_server.create()
    await own_server.run(
        f"CREATE TABLESPACE small LOCATION '{folder}'",
        f"ALTER DATABASE {name} SET default_tablespace = small",
    )
    async with open_shop(own_server.address(name)) as shop:
        await shop.store()
        with pytest.raises(OSError, match="No space left"):
            (small_disk / "ballast").write_bytes(bytes(BALLAST))
        await shop.fill()
        await shop.read()
        with pytest.raises(StorageUnavailable) as unwell:
            await shop.check()
        assert unwell.value.state is StorageState.FULL
        await shop.assert_complete()
        (small_disk / "ballast").unlink()
        await shop.store()
        await shop.check()
        await shop.check()
        await shop.assert_complete()
    await own_server.drop(name)
    await own_server.run("DROP TABLESPACE small")
