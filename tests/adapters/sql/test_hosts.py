"""Of several hosts in PostgreSQL's address, all who open connections get to the one that lets them in and is what was asked for."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import make_url

from adapters.sql import engine
from adapters.sql.database import Database
from adapters.sql.migrate import DatabaseUnavailable, migrate
from support.openers import SECRET, all_get_in, none_gets_in
from support.postgresql import SHARED, PostgresServer, running_server
from support.proxy import Proxy

pytestmark = pytest.mark.postgres

STARTING = b"SFATAL\0C57P03\0Mthe database system is starting up\0\0"


@pytest.fixture(scope="module")
def standby() -> Iterator[PostgresServer]:
    """A server that takes no writes, as a standby does not."""
    with running_server() as server:
        asyncio.run(server.run(f"ALTER DATABASE {SHARED} SET default_transaction_read_only = on"))
        yield server


def _after(port: int, proxy: Proxy) -> str:
    """The address of the database behind the proxy, with another host to be tried before it."""
    here = make_url(proxy.address())
    return (
        f"postgresql://postgres@/{here.database}?sslmode=disable&host=127.0.0.1:{port},127.0.0.1:{here.port}"
    )


@pytest.mark.parametrize(
    "hosts",
    [
        "host=127.0.0.1:1&host=127.0.0.1:{port}",
        "host=127.0.0.1:1,127.0.0.1:{port}",
        "host=127.0.0.1,127.0.0.1&port=1,{port}",
        "host=/nowhere,127.0.0.1&port={port}",
    ],
)
async def test_the_next_one_is_tried(proxy: Proxy, hosts: str) -> None:
    here = make_url(proxy.address())
    query = hosts.format(port=here.port)
    await all_get_in(f"postgresql://postgres@/{here.database}?sslmode=disable&{query}")


async def test_one_that_takes_connections_and_says_nothing_leaves_time_for_the_next(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 4.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        await all_get_in(_after(silent.getsockname()[1], proxy))


async def test_the_one_that_let_us_in_is_tried_first_the_next_time(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 4.0)
    asked = 0

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await reader.read()
        writer.close()

    async with await asyncio.start_server(stay_silent, "127.0.0.1", 0) as silent:
        database = Database(_after(silent.sockets[0].getsockname()[1], proxy), pool_size=6)
        for _ in range(2):
            await asyncio.gather(*(database.driver.fetch("SELECT pg_sleep(0.2)", []) for _ in range(2)))
            await database.close()
    assert asked == 2


@pytest.mark.parametrize("port", ["x", "\N{FULLWIDTH COLON}5", "70000"])
async def test_a_port_that_is_none_is_said_without_the_address(port: str) -> None:
    address = f"postgresql://ana:{SECRET}@/d?host=127.0.0.1&port={port}"
    with pytest.raises(DatabaseUnavailable) as refused:
        await migrate(address)
    assert SECRET not in repr(refused.value)


async def test_one_that_hangs_up_is_passed_over(proxy: Proxy) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        await all_get_in(_after(server.sockets[0].getsockname()[1], proxy))


async def test_one_that_is_starting_is_not_waited_for(proxy: Proxy) -> None:
    async with _starting() as port:
        await all_get_in(_after(port, proxy))


@asynccontextmanager
async def _starting() -> AsyncIterator[int]:
    """The port of a server that lets nobody in yet."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"E" + (len(STARTING) + 4).to_bytes(4) + STARTING)
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_the_one_that_takes_writes_is_found(standby: PostgresServer, postgres_address: str) -> None:
    ours = make_url(postgres_address).query["host"]
    hosts = f"{make_url(standby.address(SHARED)).query['host']},{ours}"
    address = f"postgresql://postgres@/{SHARED}?host={hosts}&target_session_attrs=read-write"
    await all_get_in(address)
    database = Database(address)
    ((readers,),) = await database.driver.fetch("SHOW unix_socket_directories", [])
    with pytest.raises(Exception, match="read-only"):
        await database.driver.fetch("DELETE FROM branches", [])
    await database.close()
    assert readers == ours


async def test_where_none_takes_writes_the_database_is_away(standby: PostgresServer) -> None:
    address = f"{standby.address(SHARED)}&target_session_attrs=read-write&password={SECRET}"
    await none_gets_in(address, "target_session_attrs asks for")
