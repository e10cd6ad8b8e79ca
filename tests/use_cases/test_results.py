"""Fetching results: applied once, never asked for too often."""

import asyncio
from datetime import timedelta

import pytest

from core.domain.bureau import (
    BureauCode,
    BureauEventKind,
    BureauFailure,
    FailureClass,
)
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
    NotClearable,
)
from core.use_cases.fetch_results import LEASE, PREFIX, UNREACHABLE, FetchResults
from ports.routines import TurnLost
from support.registrations import clear, results
from support.world import World


async def test_results_are_applied_once_and_late_ones_change_nothing(
    world: World, queued: Negativation
) -> None:
    world.bureau.page_size = 1
    await world.deliver()
    active = await results(
        world,
        queued,
        BureauEventKind.INCLUSION_ACCEPTED,
        BureauEventKind.PUBLISHED,
        BureauEventKind.PUBLISHED,
    )
    assert active.status is NegativationStatus.ACTIVE
    assert len(await world.history(queued)) == 4

    assert (await results(world, queued)).status is NegativationStatus.ACTIVE
    assert len(await world.history(queued)) == 4


async def test_results_are_never_asked_for_sooner_than_the_bureau_allows(
    world: World, queued: Negativation
) -> None:
    world.bureau.ask_again_after_seconds = 3600
    await world.deliver()
    await world.fetch_results()
    asked = len(world.bureau.called("events"))

    world.clock.advance(timedelta(seconds=3599))
    await world.fetch_results()
    assert len(world.bureau.called("events")) == asked
    world.clock.advance(timedelta(seconds=2))
    await world.fetch_results()
    assert len(world.bureau.called("events")) == asked + 1


async def test_results_wait_as_long_as_a_quota_says(world: World, queued: Negativation) -> None:
    world.bureau.fail("events", BureauFailure(failure=FailureClass.QUOTA, retry_after_seconds=900))
    await world.fetch_results()

    world.clock.advance(timedelta(seconds=899))
    await world.fetch_results()
    assert len(world.bureau.called("events")) == 1


async def test_a_bureau_that_is_down_is_not_asked_for_results_every_moment(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("events", BureauFailure(failure=FailureClass.TRANSIENT, retry_after_seconds=5))
    await world.fetch_results()
    world.clock.advance(UNREACHABLE - timedelta(seconds=1))
    await world.fetch_results()
    assert len(world.bureau.called("events")) == 1
    world.clock.advance(timedelta(seconds=1))
    await world.fetch_results()
    assert len(world.bureau.called("events")) == 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (BureauEventKind.REMOVED, NegativationStatus.REMOVED_BY_BUREAU),
        (BureauEventKind.EXPIRED, NegativationStatus.EXPIRED),
    ],
)
async def test_what_the_bureau_ends_itself_arrives_as_a_state(
    world: World, queued: Negativation, kind: BureauEventKind, expected: NegativationStatus
) -> None:
    await world.deliver()
    ended = await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED, kind)

    assert ended.status is expected
    assert (await world.history(queued))[-1].codes == (BureauCode(code="917", description="Sub judice"),)
    with pytest.raises(NotClearable):
        await clear(world, queued)


async def test_whoever_lost_the_turn_while_it_fetched_applies_nothing(
    world: World, queued: Negativation
) -> None:
    await clear_later(world, queued)
    world.bureau.happen(BureauEventKind.INCLUSION_ACCEPTED, queued.inclusion_key)
    before, pause = await world.history(queued), world.bureau.pause("events")
    late = asyncio.create_task(world.use_case(FetchResults)())
    async with asyncio.timeout(10):
        await pause.reached.wait()
        now = world.clock.advance(LEASE)
        async with world.units_of_work.begin() as work:
            taken = await work.routines.take(PREFIX, now=now, leased_until=now + LEASE)
        assert taken is not None
        pause.resumed.set()
        with pytest.raises(TurnLost):
            await late
    assert await world.history(queued) == before
    async with world.units_of_work.read() as work:
        assert await work.outbox.pending() == 0, "the clearing that waits for the confirmation"

    world.clock.advance(LEASE)
    await world.fetch_results()
    assert (await world.negativation(queued)).status is NegativationStatus.CLEARING_QUEUED


async def clear_later(world: World, queued: Negativation) -> None:
    """Taken in, and a clearing asked for that waits until the bureau has confirmed the inclusion."""
    await world.deliver()
    assert (await clear(world, queued)).clearing is not None
    assert (await world.negativation(queued)).status is NegativationStatus.SENT
