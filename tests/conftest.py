"""Fixtures for every test."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sql.migrate import migrate
from support.desk import Desk
from support.postgresql import SHARED, PostgresServer, running_server
from support.storages import sqlite_address
from support.world import World


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the fault and security tests; here, because options are read before folders are looked into."""
    group = parser.getgroup("faults", "fault and security tests")
    group.addoption("--long", action="store_true", help="both in their long form, for minutes")
    group.addoption("--seed", type=int, help="repeat the random choices of an earlier run of the fault tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the long form what takes most of a minute."""
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    asyncio.run(migrate(sqlite_address(file)))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started when the first test asks for it."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_address(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a database that has all tables and no rows."""
    yield postgres_server.address(SHARED)
    asyncio.run(postgres_server.clean())


@pytest.fixture
def bare_postgres_address(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a database that has no tables."""
    name = asyncio.run(postgres_server.create())
    yield postgres_server.address(name)
    asyncio.run(postgres_server.drop(name))


@pytest.fixture
async def world() -> World:
    """A company with a branch, its linked integration, a customer and an overdue invoice."""
    return await World().populate()


@pytest.fixture
def desk(world: World) -> Desk:
    """A desk in that company, whose caller may do everything."""
    return Desk(world)
