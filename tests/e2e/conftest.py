"""HTTP for the end-to-end tests."""

from collections.abc import AsyncIterator

import httpx
import pytest

from support.postgresql import PostgresServer


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client that asks this machine directly."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of an empty database of either kind, for `FIADOR_DATABASE_URL`."""
    if request.param == "sqlite":
        yield "sqlite+aiosqlite:///.fiador/fiador.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = await server.create()
    yield server.address(name)
    await server.drop(name)
