"""Work that is cancelled in the middle of a statement ends at once: the statement with it, its locks and its connection."""

import asyncio

import pytest
from sqlalchemy import event, text

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.migrate import migrate

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(600)",
}
BUSY = """SELECT count(*) FROM pg_stat_activity
    WHERE query = 'SELECT pg_sleep(600)' AND state = 'active' AND datname = current_database()"""


async def busy(database: Database) -> int:
    """How many of the statements PostgreSQL still works at."""
    async with database.reading(FixedClock()) as unit:
        found: int = (await unit.connection.execute(text(BUSY))).scalar_one()
    return found


@pytest.mark.parametrize("writable", [True, False], ids=["writing", "reading"])
@pytest.mark.parametrize("turns", [0, 2, 50])
@pytest.mark.parametrize("way", ["SQLAlchemy", "driver"])
async def test_everything_is_given_back(bare_address: str, writable: bool, turns: int, way: str) -> None:
    await migrate(bare_address)
    database, clock = Database(bare_address, pool_size=2), FixedClock()
    opened = database.writing if writable else database.reading
    statement = ENDLESS["sqlite" if database.on_sqlite else "postgresql"]
    sent = asyncio.Event()
    for engine in database.engines:

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
            if text == statement:
                sent.set()

    async def work() -> None:
        async with opened(clock) as unit:
            if way == "driver":
                sent.set()
                await unit.transaction.fetch(statement)
            else:
                await unit.connection.execute(text(statement))

    async def cancelled() -> asyncio.Task[None]:
        sent.clear()
        running = asyncio.create_task(work())
        await sent.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait((running,))
        assert running.cancelled()
        return running

    try:
        async with asyncio.timeout(30):
            # Tasks that are remembered remember their tracebacks, and those whatever was at work.
            remembered = [await cancelled() for _ in range(3)]
            async with database.writing(clock) as unit:
                assert (await unit.connection.execute(text("SELECT 1"))).scalar_one() == 1
            # A request to cancel may come before its statement, and is lost then: the server still sees that its client is gone.
            while not database.on_sqlite and await busy(database):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.1)
        assert database.lent == 0
        assert len(remembered) == 3
    finally:
        await database.close()
