"""PostgreSQL: a process holds no more connections than it was told, and nobody waits for one forever."""

import asyncio

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql import engine
from adapters.sql.database import Database

pytestmark = pytest.mark.postgres

SIZE = 2


async def test_no_more_connections_than_told(postgres_address: str) -> None:
    database, clock = Database(postgres_address, pool_size=SIZE), FixedClock()
    seen: set[int] = set()
    crowded = asyncio.Event()

    async def use() -> None:
        async with database.reading(clock) as work:
            seen.add((await work.session.execute(text("SELECT pg_backend_pid()"))).scalar_one())
            if len(seen) == SIZE:
                crowded.set()
            async with asyncio.timeout(30):
                await crowded.wait()

    try:
        await asyncio.gather(*(use() for _ in range(5 * SIZE)))
    finally:
        await database.close()
    assert len(seen) == SIZE


async def test_who_finds_no_connection_is_told_so(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "POOL_TIMEOUT_SECONDS", 0.05)
    database, clock = Database(postgres_address, pool_size=1), FixedClock()
    try:
        async with database.reading(clock) as holder:
            await holder.session.execute(text("SELECT 1"))
            async with asyncio.timeout(30):
                with pytest.raises(Exception, match=r"(?i)timeout|unavailable|connection"):
                    async with database.reading(clock) as late:
                        await late.session.execute(text("SELECT 1"))
    finally:
        await database.close()
