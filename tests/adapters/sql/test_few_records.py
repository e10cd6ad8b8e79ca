"""Records of which there are few are read each time, and made anew when what is read has changed."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import col

from adapters.sql import prepared
from adapters.sql.database import Database
from adapters.sql.migrate import migrate
from adapters.sql.tables import BranchRow
from adapters.system.clock import SystemClock
from support.builders import make_branch
from support.records import store_company
from support.storages import sql_storage


async def test_what_did_not_change_is_made_once(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        async with storage.units_of_work.begin() as work:
            stored = [await work.branches.add(make_branch()) for _ in range(2)]
        async with storage.units_of_work.read() as work:
            first = [await work.branches.get(branch.id) for branch in stored]
        assert first == stored
        async with storage.units_of_work.begin() as work:
            for branch, known in zip(stored, first, strict=True):
                assert await work.branches.get(branch.id, lock=True) is known
                assert (await work.branches.get_many([branch.id]))[branch.id] is known


async def test_what_changed_is_made_anew(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage, storage.units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        assert await work.branches.get(branch.id) == branch
        renamed = replace(branch, name="Filial nova")
        await work.branches.save(renamed)
        assert await work.branches.get(branch.id, lock=True) == renamed
        assert await work.branches.get_many([branch.id]) == {branch.id: renamed}


async def test_what_a_row_held_before_is_not_kept(bare_address: str) -> None:
    """A password that was destroyed is gone, sealed as it was, whether the integration is read again or not."""
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.units_of_work.begin() as work:
            integration = (await store_company(work)).integration
            for version in range(3):
                await work.integrations.get(integration.id, lock=version == 1)
                credential = replace(integration.pefin, version=version)
                await work.integrations.save(replace(integration, pefin=credential))
                assert _kept(storage.database) == []
            await work.integrations.get(integration.id)
        assert [kept.pefin.version for kept in _kept(storage.database)] == [2]


async def test_nothing_is_kept_of_a_row_that_is_gone(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.units_of_work.begin() as work:
            branch = await work.branches.add(make_branch())
            await work.branches.get(branch.id)
        assert _kept(storage.database) == [branch]
        async with storage.database.writing(SystemClock()) as row:
            await row.change(delete(BranchRow).where(col(BranchRow.id) == branch.id))
        async with storage.units_of_work.read() as work:
            assert await work.branches.get(branch.id) is None
        assert _kept(storage.database) == []


async def test_no_more_are_kept_than_there_is_room_for(
    bare_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(bare_address)
    monkeypatch.setattr(prepared, "_REMEMBERED", 2)
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.units_of_work.begin() as work:
            branches = [await work.branches.add(make_branch()) for _ in range(3)]
            for branch in branches:
                assert await work.branches.get(branch.id) == branch
        assert _kept(storage.database) == branches[1:]


def _kept(database: Database) -> list[Any]:
    return [record for _, record in database.statements._records.values()]
