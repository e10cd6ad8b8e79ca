"""Work that is cancelled in the middle of a statement gives its connection back, and the next one finds all in order."""

import asyncio

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.migrate import migrate

ENDLESS = {
    # Long enough to be cancelled in the middle; short enough for the driver's thread to end by itself.
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}


@pytest.mark.parametrize("writable", [True, False], ids=["writing", "reading"])
async def test_a_connection_is_given_back(bare_address: str, writable: bool) -> None:
    await migrate(bare_address)
    database, clock = Database(bare_address, pool_size=2), FixedClock()
    try:
        opened = database.writing if writable else database.reading
        begun = asyncio.Event()

        async def work() -> None:
            async with opened(clock) as unit:
                begun.set()
                await unit.session.execute(text(ENDLESS["sqlite" if database.on_sqlite else "postgresql"]))

        for _ in range(3):
            begun.clear()
            running = asyncio.create_task(work())
            async with asyncio.timeout(30):
                await begun.wait()
                for _ in range(20):
                    await asyncio.sleep(0)
                running.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await running
        async with asyncio.timeout(30):
            async with opened(clock) as unit:
                assert (await unit.session.execute(text("SELECT 1"))).scalar_one() == 1
        assert [engine.pool.checkedout() for engine in database.engines] == [0] * len(database.engines)  # type: ignore[attr-defined]
        if not database.on_sqlite:
            async with database.reading(clock) as unit:
                busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(6%' AND state = 'active' AND pid <> pg_backend_pid()"
                assert (await unit.session.execute(text(busy))).scalar_one() == 0
    finally:
        await database.close()
