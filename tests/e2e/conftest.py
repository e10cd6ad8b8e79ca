"""HTTP and databases for the end-to-end tests."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from support.postgresql import PostgresServer


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks this machine directly."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of either kind, for `FIADOR_DATABASE_URL`."""
    if request.param == "sqlite":
        yield "sqlite+aiosqlite:///.fiador/fiador.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = asyncio.run(server.create())
    yield server.address(name)
    asyncio.run(server.drop(name))
