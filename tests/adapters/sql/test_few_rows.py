"""SQLite: what an index finds at once is done without a way into the connection's thread, whatever may wait is done there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text

from adapters.sql.sqlite_connection import _Connection
from adapters.sql.work import FEW
from support.builders import make_branch, new_id
from support.shops import Shop, open_shop
from support.storages import sqlite_address


@contextmanager
def _ways() -> Iterator[list[object]]:
    """The ways into threads."""
    seen: list[object] = []
    go = _Connection._execute

    async def going(self: _Connection, *step: Any) -> Any:
        seen.append(step)
        return await go(self, *step)  # type: ignore[no-untyped-call]

    with patch.object(_Connection, "_execute", going):
        yield seen


async def test_only_to_commit_needs_the_thread(tmp_path: Path) -> None:
    async with open_shop(sqlite_address(tmp_path / "fiador.sqlite3")) as shop:
        await shop.store()
        await shop.read()
        branch = make_branch()
        with _ways() as ways:
            async with shop.units_of_work.begin() as work:
                branch = await work.branches.add(branch)
                assert await work.branches.get(branch.id, lock=True) == branch
                assert await work.branches.get_many([branch.id, new_id()]) == {branch.id: branch}
                await work.branches.save(branch)
                assert ways == []
            assert len(ways) == 1
            async with shop.units_of_work.read() as work:
                assert await work.branches.get(branch.id) == branch
            assert len(ways) == 1


@pytest.mark.parametrize(("number", "ways_needed"), [(FEW, 0), (FEW + 1, 1)])
async def test_many_rows_are_looked_for_in_the_thread(tmp_path: Path, number: int, ways_needed: int) -> None:
    async with open_shop(sqlite_address(tmp_path / "fiador.sqlite3")) as shop:
        await shop.store()
        async with shop.units_of_work.begin() as work:
            with _ways() as ways:
                assert await work.branches.get_many([new_id() for _ in range(number)]) == {}
            assert len(ways) == ways_needed


async def test_a_chunk_of_the_audit_trail_is_read_in_the_thread(tmp_path: Path) -> None:
    async with open_shop(sqlite_address(tmp_path / "fiador.sqlite3")) as shop:
        await shop.store()
        async with shop.units_of_work.begin() as work:
            with _ways() as ways:
                assert await work.audit_chain.unchained(500) == []
            assert len(ways) == 1


async def test_the_orders_of_a_day_are_counted_in_the_thread(tmp_path: Path) -> None:
    async with open_shop(sqlite_address(tmp_path / "fiador.sqlite3")) as shop:
        await shop.store()
        async with shop.units_of_work.begin() as work:
            with _ways() as ways:
                assert await work.consultations.billed_on(new_id(), shop.clock.now().date()) == 0
            assert len(ways) == 1


async def test_who_waits_for_another_process_to_write_holds_nobody_up(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "fiador.sqlite3")
    async with open_shop(address) as other, open_shop(address) as shop:
        await shop.store()
        async with other.database.writing(other.clock) as work:
            waiting = asyncio.create_task(shop.store())
            for _ in range(20):
                await _read(shop)
            assert not waiting.done()
            assert await work.scalar(text("SELECT 1")) == 1  # type: ignore[arg-type]
        async with asyncio.timeout(30):
            await waiting
        await shop.assert_complete()


async def _read(shop: Shop) -> None:
    await shop.read()
    await asyncio.sleep(0.001)


async def test_who_gives_up_waiting_for_another_process_leaves_the_right_to_write_to_others(
    tmp_path: Path,
) -> None:
    address = sqlite_address(tmp_path / "fiador.sqlite3")
    async with open_shop(address) as other, open_shop(address) as shop:
        await shop.store()
        async with other.database.writing(other.clock):
            waiting = asyncio.create_task(shop.store())
            await asyncio.sleep(0.02)
            waiting.cancel()
            await asyncio.wait((waiting,))
        assert waiting.cancelled()
        await shop.store()
        assert shop.database.lent == 0
