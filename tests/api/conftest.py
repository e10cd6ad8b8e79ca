"""Fixtures of the API's tests. Each runs twice: with every answer from graphql-core, and with plans over a database."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.sql.rows import SqlRows
from api.execution.plans import Plans
from support.desk import Desk, shared_schema
from support.storages import sql_storage, sqlite_address
from support.world import World


@pytest.fixture(params=["core", "plans"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """The address of the database that plans read; None where everything is in memory."""
    if request.param == "core":
        return None
    file = tmp_path / "fiador.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return sqlite_address(file)


@pytest_asyncio.fixture
async def world(database_address: str | None) -> AsyncIterator[World]:
    """A company with a branch, its linked integration, a customer and an overdue invoice."""
    if database_address is None:
        yield await World().populate()
        return
    async with sql_storage(database_address) as storage:
        yield await World(kept_in=storage).populate()


@pytest_asyncio.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    """A desk in that company, whose caller may do everything."""
    if world.kept_in.database is None:
        yield Desk(world)
        return
    yield Desk(world, plans=Plans(shared_schema(), SqlRows(world.kept_in.database.driver)))
