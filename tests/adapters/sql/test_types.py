"""Columns: instants keep their zone, and text from outside never makes a database fail."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from adapters.sql.migrate import migrate
from core.domain.listing import PersonFilter, PersonOrder
from core.domain.paging import Cursor, Direction, Order, Window
from ports.unit_of_work import UnitsOfWork
from support.builders import make_branch, make_lead
from support.storages import sql_storage

SAO_PAULO = timezone(timedelta(hours=-3))


async def test_an_instant_comes_back_in_utc(bare_address: str) -> None:
    await migrate(bare_address)
    noon = datetime(2026, 3, 16, 12, 0, 0, 1, tzinfo=SAO_PAULO)
    async with sql_storage(bare_address) as storage, storage.units_of_work.begin() as work:
        branch = await work.branches.add(make_branch(created_at=noon))
        found = await work.branches.get(branch.id)
    assert found is not None
    assert found.created_at == noon
    assert found.created_at.tzinfo is UTC


async def test_an_instant_without_a_zone_is_refused(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        with pytest.raises(ValueError, match="an instant needs its zone"):
            await _add_branch(storage.units_of_work, datetime(2026, 3, 16))  # noqa: DTZ001 - that is the point


async def _add_branch(units_of_work: UnitsOfWork, created_at: datetime) -> None:
    async with units_of_work.begin() as work:
        await work.branches.add(make_branch(created_at=created_at))


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", "\udfff\x00", "😀", "x" * 5000])
async def test_any_text_may_be_looked_for(bare_address: str, odd: str) -> None:
    await migrate(bare_address)
    order = Order(PersonOrder.NAME, Direction.ASC)
    async with sql_storage(bare_address) as storage:
        async with storage.units_of_work.begin() as work:
            branch = await work.branches.add(make_branch())
            lead = await work.leads.add(make_lead(branch_id=branch.id, name="a\x00b\ud800"))
        async with storage.units_of_work.read() as work:
            for matching in (
                PersonFilter(search=odd),
                PersonFilter(document=odd),
                PersonFilter(external_id=odd),
            ):
                page = await work.leads.page(matching, order, Window(size=5, after=Cursor(odd, 1)))
                assert page.edges == ()
            assert await work.leads.by_external_ids([odd]) == {}
            assert await work.idempotency.get(odd, odd) is None
            kept = await work.leads.get(lead.id)
    assert kept is not None
    assert kept.name == "a\ufffdb\ufffd"
