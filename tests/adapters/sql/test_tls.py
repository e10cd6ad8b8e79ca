"""PostgreSQL's address asks for TLS in the same words for all who open connections, and none of them does without what it asks for."""

import pytest

from adapters.sql.database import Database
from adapters.sql.migrate import migrate
from support.openers import SECRET, ask, none_gets_in
from support.proxy import Proxy

# The way by TCP leads to a server that knows no TLS: sockets in the file system have none anyway.


@pytest.mark.postgres
@pytest.mark.parametrize("word", ["sslmode", "ssl"])
async def test_who_asks_for_no_tls_is_let_in_without(proxy: Proxy, word: str) -> None:
    address = proxy.address(f"{word}=disable&application_name=ours")
    await migrate(address)
    database = Database(address)
    assert await ask(database) == 1
    ((name,),) = await database.driver.fetch("SELECT current_setting('application_name')", [])
    assert name == "ours"
    await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize("word", ["sslmode", "ssl"])
async def test_who_asks_for_tls_is_not_let_in_without(proxy: Proxy, word: str) -> None:
    await none_gets_in(proxy.address(f"{word}=require", password=SECRET), "rejected SSL")
