"""Fetching results: applied once, never asked for too often."""

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
