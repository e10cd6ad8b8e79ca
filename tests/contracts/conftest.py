"""Every test here runs on memory, on SQLite and on a real PostgreSQL."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ports.unit_of_work import UnitsOfWork
from support.storages import Storage, memory_storage, sql_storage, sqlite_address


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """The address of an empty storage of each kind; None in memory."""
    if request.param == "memory":
        return None
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return sqlite_address(Path(shutil.copy(template, tmp_path / "fiador.sqlite3")))
    fresh: str = request.getfixturevalue("postgres_address")
    return fresh


@pytest.fixture
async def storage(address: str | None) -> AsyncIterator[Storage]:
    """An empty storage of each kind."""
    if address is None:
        yield memory_storage()
        return
    async with sql_storage(address) as opened:
        yield opened


@pytest.fixture
def units_of_work(storage: Storage) -> UnitsOfWork:
    """Units of work over an empty storage of each kind."""
    return storage.units_of_work
