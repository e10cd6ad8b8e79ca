"""Of several hosts in PostgreSQL's address, all who open connections get to the one that lets them in and is what was asked for."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url, text

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.migrate import migrate
from support.postgresql import SHARED, PostgresServer, running_server

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def standby() -> Iterator[PostgresServer]:
    """A server that takes no writes, as a standby does not."""
    with running_server() as server:
        asyncio.run(server.run(f"ALTER DATABASE {SHARED} SET default_transaction_read_only = on"))
        yield server


async def _ask(database: Database) -> None:
    async with database.writing(FixedClock()) as work:
        assert (await work.connection.execute(text("SELECT 1"))).scalar_one() == 1


async def _all_get_in(address: str) -> None:
    await migrate(address)
    database = Database(address)
    _, rows = await asyncio.gather(_ask(database), database.driver.fetch("SELECT 1", []))
    assert [tuple(row) for row in rows] == [(1,)]
    await database.close()


async def test_the_one_that_takes_writes_is_found(standby: PostgresServer, postgres_address: str) -> None:
    ours = make_url(postgres_address).query["host"]
    hosts = f"{make_url(standby.address(SHARED)).query['host']},{ours}"
    address = f"postgresql://postgres@/{SHARED}?host={hosts}&target_session_attrs=read-write"
    await _all_get_in(address)
    database = Database(address)
    ((readers,),) = await database.driver.fetch("SHOW unix_socket_directories", [])
    with pytest.raises(Exception, match="read-only"):
        await database.driver.fetch("DELETE FROM branches", [])
    await database.close()
    assert readers == ours
