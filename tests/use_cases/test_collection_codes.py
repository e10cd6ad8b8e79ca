"""The restriction codes that the collection routine decides by: fetched once a day, and never another integration's."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.domain.bureau import BureauCode
from core.domain.code_tables import CodeTable
from core.domain.integration import Integration
from core.use_cases.advance_collection import AdvanceCollection
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.start_collection import StartCollection, StartCollectionCommand
from support.builders import make_customer, make_invoice
from support.collecting import AUTOMATION, collecting_company, run
from support.world import World


@pytest.fixture
async def world() -> World:
    return await collecting_company()


class SlowCodes(BureauCodes):
    """A code table that is asked for in vain until `answered`; whoever asked before that is told of an empty one."""

    answered = asyncio.Event()

    async def of(self, integration: Integration, table: CodeTable) -> Sequence[BureauCode]:
        if self.answered.is_set():
            return await super().of(integration, table)
        await self.answered.wait()
        return ()


class NoCodes(BureauCodes):
    """A provider whose code table is empty."""

    async def of(self, integration: Integration, table: CodeTable) -> Sequence[BureauCode]:
        return ()


async def test_the_codes_are_asked_for_once_a_day(world: World) -> None:
    await run(world)
    await run(world, dry_run=True)
    assert len(world.bureau.called("restriction_codes")) == 1
    world.clock.advance(timedelta(days=1))
    await run(world)
    assert len(world.bureau.called("restriction_codes")) == 2


async def test_an_empty_code_table_is_an_answer(world: World) -> None:
    advance = world.use_case(AdvanceCollection)
    codes = NoCodes(**{field.name: getattr(advance.codes, field.name) for field in fields(advance.codes)})
    begun = await world.use_case(StartCollection)(StartCollectionCommand(caller=world.caller))
    async with asyncio.timeout(5):
        assert (await replace(advance, codes=codes)(begun.id)).counts == {"NOT_ELIGIBLE": 1}


async def test_the_codes_of_one_branch_never_decide_about_another(world: World) -> None:
    branch = await world.add_branch()
    integration = await world.add_integration(branch, automation=AUTOMATION)
    customer = make_customer(branch_id=branch.id)
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(branch, integration_id=integration.id))
        await work.customers.add(customer)
        await work.invoices.add(make_invoice(branch_id=branch.id, customer_id=customer.id))
    begun = await world.use_case(StartCollection)(StartCollectionCommand(caller=world.caller))
    fast = world.use_case(AdvanceCollection)
    slow_codes = SlowCodes(**{field.name: getattr(fast.codes, field.name) for field in fields(fast.codes)})
    slow = asyncio.create_task(replace(fast, codes=slow_codes)(begun.id))
    await asyncio.sleep(0)

    await fast(begun.id)
    assert not slow.done()
    SlowCodes.answered.set()
    await slow

    assert (await run(world)).counts == {"REGISTERED": 2}
