"""All who open connections to PostgreSQL: migrations, transactions and readers."""

import asyncio

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.migrate import DatabaseUnavailable, migrate
from ports.storage import StorageState, StorageUnavailable

SECRET = "hunter2"
"""The password of addresses that are refused."""


async def ask(database: Database) -> int:
    """What a transaction answers: 1."""
    async with database.writing(FixedClock()) as work:
        return int((await work.connection.execute(text("SELECT 1"))).scalar_one())


async def all_get_in(address: str) -> None:
    """Assert that each of them reaches the database."""
    await migrate(address)
    database = Database(address)
    answer, rows = await asyncio.gather(ask(database), database.driver.fetch("SELECT 1", []))
    assert (answer, [tuple(row) for row in rows]) == (1, [(1,)])
    await database.close()


async def none_gets_in(address: str, why: str) -> None:
    """Assert that none of them does, that operators are told why, and nobody the password."""
    with pytest.raises(DatabaseUnavailable, match=why) as unavailable:
        await migrate(address)
    database = Database(address)
    with pytest.raises(StorageUnavailable) as away:
        await ask(database)
    with pytest.raises(ConnectionError, match=why) as refused:
        await database.driver.fetch("SELECT 1", [])
    await database.close()
    assert away.value.state is StorageState.AWAY
    assert SECRET not in "".join(map(repr, (unavailable.value, away.value, refused.value)))
