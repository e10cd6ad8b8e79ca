"""What the collection routine does not register again: what the bureau refused or removed, or somebody took back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.bureau import BureauEventKind, BureauFailure, FailureClass
from core.domain.collection import (
    CollectionDecision,
)
from core.domain.errors import Problem
from core.domain.negativation import Negativation, NegativationStatus
from core.domain.subjects import NegativationHold
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.collecting import activate, items, registered, run
from support.registrations import clear, results, status
from support.world import World


@pytest.fixture
def world(collecting: World) -> World:
    """A company whose debtors the routine registers."""
    return collecting


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
