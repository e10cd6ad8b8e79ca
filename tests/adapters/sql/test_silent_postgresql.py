"""A machine that falls silent costs its callers one wait: what it left open is not asked one after the other."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

from adapters.memory.clock import FixedClock
from adapters.sql import drivers, engine, sessions
from adapters.sql.database import Database
from adapters.sql.drivers import PostgresqlDriver
from support.proxy import Proxy

pytestmark = pytest.mark.postgres

SIZE = 4
"""For transactions, and as many for rows."""

PATIENCE = 30
"""Less than half of what one statement may take."""

SOON = 0.5

CLOSE_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


async def _crowd(database: Database) -> None:
    """Use all connections for transactions at the same time. None of them is new afterwards."""
    async with AsyncExitStack() as stack:
        for _ in range(SIZE):
            work = await stack.enter_async_context(database.reading(FixedClock()))
            assert len(await work.transaction.fetch("SELECT 1")) == 1


async def _crowd_of_readers(database: Database) -> None:
    assert isinstance(database.driver, PostgresqlDriver)
    places = database.driver._places
    for connection in [await places.take() for _ in range(SIZE)]:
        assert len(await connection.fetch("SELECT 1")) == 1
        places.give_back(connection)


async def test_the_first_transaction_after_a_silence_waits_for_all(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "CONNECT_SECONDS", SOON)
    monkeypatch.setattr(sessions, "UNDOING_SECONDS", PATIENCE * 2.0)  # nor is there anything to undo
    database = Database(proxy.address(), pool_size=SIZE * 2)
    await _crowd(database)
    assert proxy.opened == SIZE
    proxy.fall_silent()
    async with asyncio.timeout(PATIENCE):
        async with database.writing(FixedClock()) as work:
            assert len(await work.transaction.fetch("SELECT 1")) == 1
        await _crowd(database)
    assert proxy.asked_in_vain == 1
    assert database.lent == 0
    await database.close()


@pytest.mark.parametrize("who", ["the caller", "the driver"])
async def test_the_first_reader_after_a_silence_waits_for_all(
    proxy: Proxy, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "_ENDING_SECONDS", SOON)
    if who == "the driver":
        # What is asked before the silence has to be answered in that time, too, however busy the machine.
        monkeypatch.setattr(engine, "ANSWER_SECONDS", SOON * 6)
    database = Database(proxy.address(), pool_size=SIZE * 2)
    await _crowd_of_readers(database)
    assert proxy.opened == SIZE
    proxy.fall_silent()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SOON if who == "the caller" else PATIENCE):
            await database.driver.fetch("SELECT 1", [])
    async with asyncio.timeout(PATIENCE):
        assert isinstance(database.driver, PostgresqlDriver)
        await database.driver._places.ended()
        await _crowd_of_readers(database)
    assert proxy.asked_in_vain == 1
    await database.close()


async def test_one_reader_meets_what_the_server_closed_for_all_and_opens_another(
    postgres_address: str,
) -> None:
    database, other = Database(postgres_address, pool_size=SIZE * 2), Database(postgres_address)
    await _crowd_of_readers(database)
    closed = await other.driver.fetch(CLOSE_OTHERS, [])
    assert [tuple(row) for row in closed] == [(True,)] * SIZE
    assert len(await database.driver.fetch("SELECT 1", [])) == 1
    await _crowd_of_readers(database)
    await database.close()
    await other.close()


async def test_what_a_transaction_throws_out_is_closed_before_another_is_opened(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL has room for as many as we were told, and no more."""
    database, other = Database(postgres_address, pool_size=SIZE * 2), Database(postgres_address)
    await _crowd(database)
    await other.driver.fetch(CLOSE_OTHERS, [])
    lending, still_open = database._lending, []
    connect = lending._connect

    async def noting() -> Any:
        still_open.append(len(lending._ending))
        return await connect()

    monkeypatch.setattr(lending, "_connect", noting)
    async with database.reading(FixedClock()) as work:
        assert len(await work.transaction.fetch("SELECT 1")) == 1
    assert still_open == [0]
    await database.close()
    await other.close()
