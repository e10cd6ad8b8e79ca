"""What the tests of use cases share."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.negativation import Negativation
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.collecting import collecting_company
from support.storages import sql_storage, sqlite_address
from support.world import World


@pytest.fixture
async def queued(world: World) -> Negativation:
    return await world.use_case(NegativateDebtor)(
        NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    )


@pytest.fixture(params=["memory", "sqlite"])
def collecting_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """The file of a database; None where everything is in memory."""
    if request.param == "memory":
        return None
    return Path(shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "fiador.sqlite3"))


@pytest.fixture
async def collecting(collecting_file: Path | None) -> AsyncIterator[World]:
    """A company whose debtors the collection routine registers, in memory and in a database."""
    if collecting_file is None:
        yield await collecting_company()
        return
    async with sql_storage(sqlite_address(collecting_file)) as storage:
        yield await collecting_company(storage)
