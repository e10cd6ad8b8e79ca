"""The collection routine: who is registered and cleared by itself, that a date has one run, and that a dry run does nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters.memory.clock import FixedClock
from core.domain.collection import (
    AutomaticNegativation,
    CollectionDecision,
    CollectionParameters,
    CollectionRunStatus,
)
from core.domain.errors import Forbidden, InvalidInput
from core.domain.invoice import InvoiceStatus
from core.domain.listing import CollectionRunFilter, NegativationFilter
from core.domain.negativation import Negativation, NegativationForm, NegativationStatus
from core.use_cases.advance_collection import CHUNK, AdvanceCollection
from core.use_cases.continue_collection import ContinueCollection, StartDailyCollection, next_daily
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.start_collection import StartCollection, StartCollectionCommand
from core.use_cases.unlink_integration import UnlinkIntegration, UnlinkIntegrationCommand
from support.builders import TODAY, make_caller, make_customer, make_invoice
from support.collecting import AUTOMATION, activate, items, registered, run, save, settle
from support.registrations import status
from support.world import World


@pytest.fixture
def world(collecting: World) -> World:
    """A company whose debtors the routine registers."""
    return collecting


async def test_what_is_overdue_long_enough_is_registered_automatically(world: World) -> None:
    done = await run(world)

    assert done.status is CollectionRunStatus.DONE
    assert done.counts == {"REGISTERED": 1}
    negativation = await registered(world)
    assert negativation is not None
    assert negativation.form is NegativationForm.AUTOMATIC
    assert negativation.restriction_code == "OO"
    [item] = await items(world, done)
    assert (item.invoice_id, item.negativation_id) == (world.invoice.id, negativation.id)


async def test_what_stays_unpaid_stays_registered(world: World) -> None:
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    await activate(world, negativation)
    for _ in range(3):
        world.clock.advance(timedelta(days=30))
        assert (await run(world)).counts == {}
        await world.deliver()
        await world.fetch_results()
    assert (await world.negativation(negativation)).status is NegativationStatus.ACTIVE
    assert world.bureau.called("clear") == []


async def test_a_date_has_one_run_and_repeating_it_has_no_effect(world: World) -> None:
    first = await run(world)

    assert await run(world) == first
    async with world.units_of_work.read() as work:
        assert await work.negativations.count(NegativationFilter()) == 1


async def test_a_dry_run_says_who_and_why_not_and_does_nothing(world: World) -> None:
    gap = make_customer(branch_id=world.branch.id, mobile=None)
    late = make_invoice(branch_id=world.branch.id, customer_id=gap.id)
    async with world.units_of_work.begin() as work:
        await work.customers.add(gap)
        await work.invoices.add(late)

    done = await run(world, dry_run=True)

    assert done.counts == {"REGISTERED": 1, "NOT_ELIGIBLE": 1}
    by_invoice = {item.invoice_id: item for item in await items(world, done)}
    assert [problem.path for problem in by_invoice[late.id].reasons] == [("customer", "mobile")]
    assert by_invoice[world.invoice.id].decision is CollectionDecision.REGISTERED
    async with world.units_of_work.read() as work:
        assert await work.negativations.count(NegativationFilter()) == 0
        assert await work.outbox.pending() == 0


async def test_a_dry_run_looks_at_any_date(world: World) -> None:
    assert (await run(world, TODAY - timedelta(days=31), dry_run=True)).counts == {}
    assert (await run(world, TODAY + timedelta(days=90), dry_run=True)).counts == {"REGISTERED": 1}


async def test_a_real_run_has_no_date_to_come(world: World) -> None:
    with pytest.raises(InvalidInput) as raised:
        await run(world, TODAY + timedelta(days=1))
    assert raised.value.problems[0].code == "FUTURE_DATE"


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("day", [date.min, date(1989, 12, 31), date(2101, 1, 1)])
async def test_a_run_has_a_date_that_an_invoice_may_bear(world: World, day: date, dry_run: bool) -> None:
    with pytest.raises(InvalidInput) as raised:
        await run(world, day, dry_run=dry_run)
    assert raised.value.problems[0].path == ("date",)
    assert raised.value.problems[0].code == "DATE_OUT_OF_RANGE"
    async with world.units_of_work.read() as work:
        assert await work.collection_runs.count(CollectionRunFilter()) == 0


async def test_a_real_run_wants_a_caller_that_reaches_every_branch(world: World) -> None:
    world.caller = make_caller(branch_ids=frozenset({world.branch.id}))

    with pytest.raises(Forbidden):
        await run(world)
    assert (await run(world, dry_run=True)).counts == {"REGISTERED": 1}


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        (None, {"REGISTERED": 1}),
        ((AutomaticNegativation.NO, None), {}),
        ((AutomaticNegativation.DEFAULT, 60), {"REGISTERED": 1}),
        ((AutomaticNegativation.DEFAULT, 61), {}),
        ((AutomaticNegativation.YES, 4), {"REGISTERED": 1}),
    ],
)
async def test_a_branch_inherits_what_it_does_not_say(
    world: World, branch: tuple[AutomaticNegativation, int | None] | None, expected: dict[str, int]
) -> None:
    if branch is not None:
        own = CollectionParameters(branch_id=world.branch.id, automatic=branch[0], days_after_due=branch[1])
        await save(world, own)

    assert (await run(world)).counts == expected


async def test_without_automation_at_the_integration_nothing_happens(world: World) -> None:
    automation = replace(AUTOMATION, enabled=False)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, automation=automation))

    assert (await run(world)).counts == {}


async def test_settled_invoices_of_automatic_registrations_are_cleared(world: World) -> None:
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    await activate(world, negativation)
    await settle(world)
    assert (await world.negativation(negativation)).status is NegativationStatus.ACTIVE

    world.clock.advance(timedelta(days=1))
    done = await run(world)

    assert done.counts == {"CLEARED": 1}
    cleared = await world.negativation(negativation)
    assert cleared.status is NegativationStatus.CLEARING_QUEUED
    assert cleared.clearing is not None
    assert cleared.clearing.code == "01"


async def paid_beside_another_debt(world: World) -> Negativation:
    """What the routine registered and is paid now, while another customer owes."""
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    await activate(world, negativation)
    await settle(world)
    other = make_customer(branch_id=world.branch.id)
    async with world.units_of_work.begin() as work:
        await work.customers.add(other)
        await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=other.id))
    return negativation


async def test_unlinked_the_integration_still_clears_and_registers_nothing(world: World) -> None:
    negativation = await paid_beside_another_debt(world)
    await world.use_case(UnlinkIntegration)(
        UnlinkIntegrationCommand(
            caller=world.caller, branch_id=world.branch.id, integration_id=world.integration.id
        )
    )
    world.clock.advance(timedelta(days=1))

    assert (await run(world)).counts == {"CLEARED": 1}
    await world.deliver()
    assert await status(world, negativation) is NegativationStatus.CLEARING_SENT


async def test_manual_registrations_are_left_to_people_with_a_due_date(world: World) -> None:
    manual = await world.use_case(NegativateDebtor)(
        NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    )
    await activate(world, manual)
    await settle(world)

    assert (await run(world)).counts == {}
    left = await world.negativation(manual)
    assert left.status is NegativationStatus.ACTIVE
    assert left.clearing_due_on == date(2026, 3, 23)


async def test_switched_off_the_routine_still_clears(world: World) -> None:
    await paid_beside_another_debt(world)
    await world.set_parameters(enabled=False)
    world.clock.advance(timedelta(days=1))

    assert (await run(world)).counts == {"CLEARED": 1}


class SlowClock(FixedClock):
    """A clock that shows four tenths of a second more each time."""

    def now(self) -> datetime:
        self.at += timedelta(seconds=0.4)
        return self.at


@pytest.mark.parametrize(("calling", "turns"), [(True, 2), (False, 1)], ids=["beside callers", "alone"])
async def test_a_long_run_is_carried_on_chunk_by_chunk_and_loses_nothing(
    world: World, calling: bool, turns: int
) -> None:
    world.callers.calling = calling
    async with world.units_of_work.begin() as work:
        for _ in range(2 * CHUNK):
            customer = await work.customers.add(make_customer(branch_id=world.branch.id))
            await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=customer.id))
    begun = await world.use_case(StartCollection)(StartCollectionCommand(caller=world.caller))
    first = await world.use_case(AdvanceCollection)(begun.id)
    assert (first.status, first.examined) == (CollectionRunStatus.RUNNING, CHUNK)

    carry_on = replace(world.use_case(ContinueCollection), clock=SlowClock(at=world.clock.at))
    taken = 0
    while await carry_on():
        taken += 1

    done = await run(world)
    assert done.status is CollectionRunStatus.DONE
    assert done.counts == {"REGISTERED": 2 * CHUNK + 1}
    assert taken == turns
    async with world.units_of_work.read() as work:
        assert await work.negativations.count(NegativationFilter()) == 2 * CHUNK + 1


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("at_once", [1, 2])
async def test_two_invoices_of_one_contract_are_one_registration(
    world: World, dry_run: bool, at_once: int
) -> None:
    twin = make_invoice(
        branch_id=world.branch.id,
        customer_id=world.customer.id,
        contract_number=world.invoice.contract_number,
    )
    async with world.units_of_work.begin() as work:
        await work.invoices.add(twin)

    started = StartCollectionCommand(caller=world.caller, dry_run=dry_run)
    under_way = await world.use_case(StartCollection)(started)
    while under_way.status is CollectionRunStatus.RUNNING:
        under_way = await world.use_case(AdvanceCollection)(under_way.id, at_once)

    assert under_way.counts == {"REGISTERED": 1, "NOT_ELIGIBLE": 1}
    by_invoice = {item.invoice_id: item for item in await items(world, under_way)}
    assert [reason.code for reason in by_invoice[twin.id].reasons] == ["CONTRACT_ALREADY_NEGATIVATED"]


async def test_every_day_has_its_run_by_itself(world: World) -> None:
    daily = world.use_case(StartDailyCollection)
    assert await daily() is False

    world.clock.at = datetime(2026, 3, 17, 9, 1, tzinfo=UTC)
    assert await daily() is True
    assert await daily() is False
    while await world.use_case(ContinueCollection)():
        pass

    assert await registered(world) is not None
    assert (await run(world)).started_by == "fiador"


def test_the_daily_run_begins_at_six_in_the_morning_of_sao_paulo() -> None:
    assert next_daily(datetime(2026, 3, 17, 8, 59, tzinfo=UTC)) == datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
    assert next_daily(datetime(2026, 3, 17, 9, 0, tzinfo=UTC)) == datetime(2026, 3, 18, 9, 0, tzinfo=UTC)


async def test_a_settled_invoice_is_not_taken_up(world: World) -> None:
    await settle(world)
    async with world.units_of_work.read() as work:
        stored = await work.invoices.get(world.invoice.id)
    assert stored is not None
    assert stored.status is InvoiceStatus.SETTLED

    assert (await run(world)).counts == {}
