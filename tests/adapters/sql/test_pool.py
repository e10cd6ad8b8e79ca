"""PostgreSQL: a process holds no more connections than it was told, and nobody waits for one forever."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql import engine, places
from adapters.sql.database import Database
from ports.storage import StorageUnavailable

pytestmark = pytest.mark.postgres

SIZE = 3
"""Two for transactions, one for rows."""


async def test_no_more_connections_than_told(postgres_address: str) -> None:
    database, clock = Database(postgres_address, pool_size=SIZE), FixedClock()
    seen: set[int] = set()
    rows: set[int] = set()
    crowded = asyncio.Event()

    async def use() -> None:
        async with database.reading(clock) as work:
            seen.add((await work.connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())
            if len(seen) == SIZE - 1:
                crowded.set()
            async with asyncio.timeout(30):
                await crowded.wait()

    async def read() -> None:
        ((pid, _),) = await database.driver.fetch("SELECT pg_backend_pid(), pg_sleep(0.01)", [])
        rows.add(pid)

    try:
        await asyncio.gather(*(use() for _ in range(5 * SIZE)), *(read() for _ in range(5 * SIZE)))
    finally:
        await database.close()
    assert len(rows) == 1
    assert len(seen | rows) == SIZE


async def test_who_finds_no_connection_is_told_so(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.05)
    database, clock = Database(postgres_address, pool_size=1), FixedClock()
    try:
        async with database.reading(clock) as holder:
            await holder.connection.execute(text("SELECT 1"))
            async with asyncio.timeout(30):
                with pytest.raises(StorageUnavailable, match="busy"):
                    async with database.reading(clock) as late:
                        await late.connection.execute(text("SELECT 1"))
    finally:
        await database.close()


@pytest.mark.parametrize("prepared", [False, True])
async def test_a_transaction_that_stands_still_holds_nobody_up(
    postgres_address: str, prepared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as short:
        short.setattr(engine, "STANDSTILL", timedelta(milliseconds=200))
        short.setattr(engine, "ANSWER_SECONDS", 0.3)
        frozen = Database(postgres_address)
    lively = Database(postgres_address)
    clock, lock = FixedClock(), text("SELECT pg_advisory_xact_lock(7)")
    went_on = False

    async def stand_still() -> None:
        nonlocal went_on
        async with frozen.writing(clock) as holder:
            await holder.connection.execute(lock)
            if prepared:
                raw = await (holder.connection).get_raw_connection()
                assert raw.driver_connection is not None
                await raw.driver_connection.prepare("SELECT 2")
            async with asyncio.timeout(20), lively.writing(clock) as waiting:
                await waiting.connection.execute(lock)
                went_on = True
            await holder.connection.execute(text("SELECT 1"))

    try:
        with pytest.raises(StorageUnavailable):
            await stand_still()
        async with frozen.writing(clock) as work:
            assert (await work.connection.execute(text("SELECT 3"))).scalar_one() == 3
    finally:
        await frozen.close()
        await lively.close()
    assert went_on
