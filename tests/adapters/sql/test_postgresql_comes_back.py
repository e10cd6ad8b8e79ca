"""A PostgreSQL that fails and comes back: whoever works is told, nothing answered as done is lost, no restart is needed."""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from adapters.sql import engine, places, sessions
from adapters.sql.database import Database
from adapters.sql.failures import telling
from ports.storage import StorageState, StorageUnavailable
from support.postgresql import SHARED, PostgresServer, running_server
from support.shops import Shop, open_shop

PATIENCE = 60


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that nobody else uses, to be stopped."""
    with running_server(crashes=True) as server:
        yield server


@pytest.mark.postgres
async def test_postgresql_that_stops_and_starts_is_worked_with_again(own_server: PostgresServer) -> None:
    address = own_server.address(SHARED)
    async with open_shop(address, pool_size=4) as shop:
        jobs = [shop.store, shop.store, shop.store, shop.read, shop.read_lines, shop.claim, shop.check]
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


CLOSE_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.mark.postgres
async def test_nobody_is_told_of_connections_that_were_lost_while_nobody_used_them(
    bare_postgres_address: str,
) -> None:
    async with open_shop(bare_postgres_address) as shop, open_shop(bare_postgres_address) as other:
        async with shop.units_of_work.begin(), shop.units_of_work.begin():
            pass  # two connections, of which whoever comes next meets one after the other
        async with other.database.writing(other.clock) as work:
            assert (await work.connection.execute(text(CLOSE_OTHERS))).scalar_one() == 2
        await shop.store()
        assert shop.database.lent == 0
        await shop.assert_complete()


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
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.05)
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
        await work.connection.execute(text(f"SELECT pg_sleep({seconds})"))


@pytest.mark.postgres
async def test_who_fails_while_postgresql_is_silent_does_not_wait_for_an_answer(
    bare_postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "UNDOING_SECONDS", 0.2)
    async with open_shop(bare_postgres_address) as shop:

        async def fail() -> None:
            async with shop.database.writing(shop.clock) as work:
                ((backend,),) = await work.transaction.fetch("SELECT pg_backend_pid()")
                stopped.append(backend)
                os.kill(backend, signal.SIGSTOP)
                raise ZeroDivisionError

        stopped: list[int] = []
        try:
            async with asyncio.timeout(engine.ANSWER_SECONDS / 2):
                with pytest.raises(ZeroDivisionError):
                    await fail()
        finally:
            for backend in stopped:
                os.kill(backend, signal.SIGCONT)
        assert shop.database.lent == 0
        await shop.store()
        await shop.assert_complete()


async def test_a_connection_that_is_ended_as_it_opens_is_away() -> None:
    """asyncpg has words of its own for a farewell that crosses a statement."""

    class Confused:
        async def execute(self, *_: object) -> None:
            raise asyncpg.InternalClientError(
                "cannot switch to state 11; another operation (2) is in progress"
            )

    with pytest.raises(StorageUnavailable) as failed, telling(writable=True):
        await engine.bound(Confused(), engine.ANSWER_SECONDS, read_only=False)
    assert failed.value.state is StorageState.AWAY


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
        await shop.outlive_a_full(small_disk)
    await own_server.drop(name)
    await own_server.run("DROP TABLESPACE small")
