"""The restriction codes that the collection routine decides by: fetched once a day, and never another integration's."""

import asyncio
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from core.domain.bureau import BureauCode, CredentialKind
from core.domain.code_tables import CodeTable
from core.domain.collection import CollectionRunStatus
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.listing import NegativationFilter
from core.use_cases.advance_collection import CHUNK, AdvanceCollection
from core.use_cases.assess_eligibility import AssessEligibility, AssessEligibilityCommand
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.negativate_debtors import NegativateDebtors, NegativateDebtorsCommand
from core.use_cases.start_collection import StartCollection, StartCollectionCommand
from support.builders import make_customer, make_invoice
from support.collecting import AUTOMATION, collecting_company, items, run
from support.trail import refusals_told
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


async def add_invoices(world: World, count: int) -> list[Invoice]:
    """Further invoices, each of a customer of its own."""
    added = []
    async with world.units_of_work.begin() as work:
        for _ in range(count):
            customer = await work.customers.add(make_customer(branch_id=world.branch.id))
            invoice = make_invoice(branch_id=world.branch.id, customer_id=customer.id)
            added.append(await work.invoices.add(invoice))
    return added


async def shown_once(world: World) -> None:
    """Check that the PEFIN password was shown once, and noted and told of as refused."""
    assert len(world.bureau.called("restriction_codes")) == 1
    integration = await world.stored_integration()
    assert integration.pefin.state is CredentialState.REFUSED
    assert integration.consultation == world.integration.consultation
    assert await refusals_told(world) == ["PEFIN"]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_run_shows_a_refused_password_once(collecting: World, dry_run: bool) -> None:
    await add_invoices(collecting, 5 * CHUNK)
    collecting.change_at_bureau(CredentialKind.PEFIN)
    begun = await collecting.use_case(StartCollection)(
        StartCollectionCommand(caller=collecting.caller, dry_run=dry_run)
    )
    advance = collecting.use_case(AdvanceCollection)
    while (done := await advance(begun.id)).status is not CollectionRunStatus.DONE:
        pass
    assert done.counts == {"NOT_ELIGIBLE": 5 * CHUNK + 1}
    found = [reason.code for item in await items(collecting, done) for reason in item.reasons]
    assert set(found) == {"CREDENTIALS_REFUSED"}
    await shown_once(collecting)


async def test_registering_many_shows_a_refused_password_once(collecting: World) -> None:
    added = await add_invoices(collecting, 6)
    collecting.change_at_bureau(CredentialKind.PEFIN)
    results = await collecting.use_case(NegativateDebtors)(
        NegativateDebtorsCommand(caller=collecting.caller, invoice_ids=[invoice.id for invoice in added])
    )
    assert [type(result) for result in results] == [CredentialsRefused] * 6
    await shown_once(collecting)
    async with collecting.units_of_work.read() as work:
        assert await work.negativations.count(NegativationFilter()) == 0


async def test_looking_at_what_may_be_registered_shows_a_refused_password_once(collecting: World) -> None:
    collecting.change_at_bureau(CredentialKind.PEFIN)
    command = AssessEligibilityCommand(caller=collecting.caller, invoice_ids=[collecting.invoice.id])
    answers = [await collecting.use_case(AssessEligibility)(command) for _ in range(6)]
    assert [reason.code for reason in answers[-1][0].reasons] == ["CREDENTIALS_REFUSED"]
    await shown_once(collecting)
