"""What was promised and is wanted no more when it could be sent: it is not, and what may have been sent is asked about first."""

from dataclasses import replace
from datetime import timedelta

from core.domain.negativation import (
    Negativation,
    NegativationStatus,
)
from core.domain.subjects import NegativationHold
from support.registrations import LATER, LOST, close, status
from support.world import World


async def test_what_was_paid_before_it_was_sent_is_never_sent(world: World, queued: Negativation) -> None:
    await close(world)

    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CANCELLED
    assert world.bureau.called("register") == []


async def test_what_was_paid_in_doubt_is_sent_no_second_time(world: World, queued: Negativation) -> None:
    world.bureau.fail("register", LOST)
    await world.deliver()
    await close(world)

    world.clock.advance(LATER)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CANCELLED
    assert len(world.bureau.called("register")) == 1


async def test_what_was_sent_again_and_lost_again_may_still_arrive_late(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", LOST, LOST)
    await world.deliver()
    world.clock.advance(LATER)
    await world.deliver()
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, hold=NegativationHold.DISPUTE))

    world.clock.advance(timedelta(seconds=30))
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.UNDETERMINED
    world.clock.advance(LATER)
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.CANCELLED
    assert len(world.bureau.called("register")) == 2


async def test_whom_must_not_be_registered_any_more_is_not_sent(world: World, queued: Negativation) -> None:
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, hold=NegativationHold.DISPUTE))

    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CANCELLED
    assert world.bureau.called("register") == []


async def test_what_became_too_old_while_it_waited_is_not_sent(world: World, queued: Negativation) -> None:
    world.clock.advance(timedelta(days=5 * 365))

    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CANCELLED
    assert world.bureau.called("register") == []
