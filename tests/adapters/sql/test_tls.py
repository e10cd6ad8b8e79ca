"""PostgreSQL's address asks for TLS in the same words for all who open connections, and none of them does without what it asks for."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.migrate import DatabaseUnavailable, migrate
from ports.storage import StorageState, StorageUnavailable
from support.proxy import Proxy, proxy_to

SECRET = "hunter2"


@pytest.fixture
async def proxy(bare_postgres_address: str) -> AsyncIterator[Proxy]:
    """A way by TCP to a server that knows no TLS: sockets in the file system have none anyway."""
    async with proxy_to(bare_postgres_address) as opened:
        yield opened


async def _ask(database: Database) -> int:
    async with database.reading(FixedClock()) as work:
        return int((await work.connection.execute(text("SELECT 1"))).scalar_one())


@pytest.mark.postgres
@pytest.mark.parametrize("word", ["sslmode", "ssl"])
async def test_who_asks_for_no_tls_is_let_in_without(proxy: Proxy, word: str) -> None:
    address = proxy.address(f"{word}=disable&application_name=ours")
    await migrate(address)
    database = Database(address)
    assert await _ask(database) == 1
    ((name,),) = await database.driver.fetch("SELECT current_setting('application_name')", [])
    assert name == "ours"
    await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("word", ["sslmode", "ssl"])
async def test_who_asks_for_tls_is_not_let_in_without(proxy: Proxy, word: str) -> None:
    address = proxy.address(f"{word}=require", password=SECRET)
    with pytest.raises(DatabaseUnavailable, match="rejected SSL") as unavailable:
        await migrate(address)
    database = Database(address)
    with pytest.raises(StorageUnavailable) as away:
        await _ask(database)
    with pytest.raises(ConnectionError, match="rejected SSL") as refused:
        await database.driver.fetch("SELECT 1", [])
    await database.close()
    assert away.value.state is StorageState.AWAY
    assert SECRET not in "".join(map(repr, (unavailable.value, away.value, refused.value)))
