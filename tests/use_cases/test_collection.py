"""The collection routine: who is registered and cleared by itself, that a date has one run, and that a dry run does nothing."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from adapters.memory.clock import FixedClock
from core.domain.bureau import BureauEventKind, BureauFailure, FailureClass
from core.domain.collection import (
    AutomaticNegativation,
    CollectionDecision,
    CollectionItem,
    CollectionParameters,
    CollectionRun,
    CollectionRunStatus,
)
from core.domain.errors import Forbidden, InvalidInput, Problem
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.domain.listing import CollectionItemFilter, CollectionOrder, NegativationFilter
from core.domain.negativation import Negativation, NegativationForm, NegativationStatus
from core.domain.paging import Direction, Order, Window
from core.domain.subjects import NegativationHold
from core.use_cases.advance_collection import CHUNK, AdvanceCollection
from core.use_cases.continue_collection import ContinueCollection, StartDailyCollection, next_daily
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from core.use_cases.start_collection import StartCollection, StartCollectionCommand
from core.use_cases.unlink_integration import UnlinkIntegration, UnlinkIntegrationCommand
from support.builders import TODAY, make_caller, make_customer, make_invoice
from support.collecting import AUTOMATION, collecting_company, run, save
from support.registrations import clear, results, status
from support.storages import sql_storage, sqlite_address
from support.world import World


@pytest.fixture(params=["memory", "sqlite"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """The file of a database; None where everything is in memory."""
    if request.param == "memory":
        return None
    return Path(shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "fiador.sqlite3"))


@pytest.fixture
async def world(file: Path | None) -> AsyncIterator[World]:
    if file is None:
        yield await collecting_company()
        return
    async with sql_storage(sqlite_address(file)) as storage:
        yield await collecting_company(storage)


async def items(world: World, of: CollectionRun) -> list[CollectionItem]:
    async with world.units_of_work.read() as work:
        order = Order(CollectionOrder.NUMBER, Direction.ASC)
        page = await work.collection_items.page(CollectionItemFilter(run_id=of.id), order, Window(size=100))
    return [edge.record for edge in page.edges]


async def registered(world: World, invoice: Invoice | None = None) -> Negativation | None:
    invoice_id = (invoice or world.invoice).id
    async with world.units_of_work.read() as work:
        return (await work.negativations.live_of_invoices([invoice_id])).get(invoice_id)


async def settle(world: World) -> None:
    await world.use_case(SettleInvoice)(
        SettleInvoiceCommand(
            caller=world.caller, invoice_id=world.invoice.id, settled_on=None, method=SettlementMethod.PIX
        )
    )


async def activate(world: World, negativation: Negativation) -> None:
    await world.deliver()
    world.bureau.happen(BureauEventKind.INCLUSION_ACCEPTED, negativation.inclusion_key)
    world.bureau.happen(BureauEventKind.PUBLISHED, negativation.inclusion_key)
    world.clock.advance(timedelta(minutes=10))
    await world.fetch_results()


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


async def refused_by_law(world: World, negativation: Negativation) -> None:
    world.bureau.fail("register", BureauFailure(failure=FailureClass.LEGAL_BLOCK))
    await world.deliver()


async def refused_as_a_duplicate(world: World, negativation: Negativation) -> None:
    world.bureau.fail("register", BureauFailure(failure=FailureClass.DUPLICATE))
    await world.deliver()


async def rejected_by_the_batch(world: World, negativation: Negativation) -> None:
    await world.deliver()
    await results(world, negativation, BureauEventKind.INCLUSION_REJECTED)


async def removed_by_the_bureau(world: World, negativation: Negativation) -> None:
    await activate(world, negativation)
    await results(world, negativation, BureauEventKind.REMOVED)


async def cleared_by_a_person(world: World, negativation: Negativation) -> None:
    await activate(world, negativation)
    await clear(world, negativation)
    await world.deliver()
    await results(world, negativation, BureauEventKind.CLEARING_ACCEPTED)


async def taken_back_before_it_was_sent(world: World, negativation: Negativation) -> None:
    await clear(world, negativation)


async def taken_back_in_doubt(world: World, negativation: Negativation) -> None:
    world.bureau.fail("register", BureauFailure(failure=FailureClass.UNDETERMINED))
    await world.deliver()
    await clear(world, negativation)
    world.clock.advance(timedelta(minutes=20))
    await world.deliver()


@pytest.mark.parametrize(
    ("end", "ended"),
    [
        (refused_by_law, NegativationStatus.REJECTED),
        (refused_as_a_duplicate, NegativationStatus.REJECTED),
        (rejected_by_the_batch, NegativationStatus.REJECTED),
        (removed_by_the_bureau, NegativationStatus.REMOVED_BY_BUREAU),
        (cleared_by_a_person, NegativationStatus.CLEARED),
        (taken_back_before_it_was_sent, NegativationStatus.CANCELLED),
        (taken_back_in_doubt, NegativationStatus.CANCELLED),
    ],
)
async def test_what_was_refused_removed_or_taken_back_is_left_to_people(
    world: World, end: Callable[[World, Negativation], Awaitable[None]], ended: NegativationStatus
) -> None:
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    await end(world, negativation)
    assert await status(world, negativation) is ended
    orders = len(world.bureau.called("register"))

    world.clock.advance(timedelta(days=1))
    for dry_run in (True, False):
        [item] = await items(world, await run(world, dry_run=dry_run))
        assert item.decision is CollectionDecision.NOT_ELIGIBLE
        before = Problem(("invoice", "negativation"), "NEGATIVATED_BEFORE", {"status": ended.value})
        assert item.reasons == (before,)
    await world.deliver()
    assert len(world.bureau.called("register")) == orders

    by_hand = await world.use_case(NegativateDebtor)(
        NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    )
    assert by_hand.replaces_id == negativation.id


async def test_what_was_cancelled_without_anybody_asking_for_it_is_registered_when_it_may_be(
    world: World,
) -> None:
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, hold=NegativationHold.DISPUTE))
    await world.deliver()
    assert await status(world, negativation) is NegativationStatus.CANCELLED
    async with world.units_of_work.begin() as work:
        await work.customers.save(world.customer)

    world.clock.advance(timedelta(days=1))
    assert (await run(world)).counts == {"REGISTERED": 1}
    await world.deliver()
    assert len(world.bureau.inclusions) == 1


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


async def test_unlinked_the_integration_still_clears_and_registers_nothing(world: World) -> None:
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    await activate(world, negativation)
    await settle(world)
    other = make_customer(branch_id=world.branch.id)
    async with world.units_of_work.begin() as work:
        await work.customers.add(other)
        await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=other.id))
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
    await run(world)
    negativation = await registered(world)
    assert negativation is not None
    await activate(world, negativation)
    await settle(world)
    other = make_customer(branch_id=world.branch.id)
    async with world.units_of_work.begin() as work:
        await work.customers.add(other)
        await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=other.id))
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


async def test_two_invoices_of_one_contract_are_one_registration(world: World) -> None:
    twin = make_invoice(
        branch_id=world.branch.id,
        customer_id=world.customer.id,
        contract_number=world.invoice.contract_number,
    )
    async with world.units_of_work.begin() as work:
        await work.invoices.add(twin)

    assert (await run(world)).counts == {"REGISTERED": 1, "NOT_ELIGIBLE": 1}


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
