"""Clearing: cancelled, held or queued, whichever the state calls for, and sent once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.bureau import (
    BureauEventKind,
    BureauFailure,
)
from core.domain.errors import InvalidInput, NotFound
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
    NotClearable,
)
from support.builders import make_branch
from support.registrations import DOWN, LATER, LOST, clear, close, results, status
from support.world import World


async def remove_the_default_code(world: World) -> None:
    automation = replace(world.integration.automation, clearing_code=None)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, automation=automation))


async def test_what_was_never_sent_is_cancelled_without_a_call(world: World, queued: Negativation) -> None:
    assert (await clear(world, queued)).status is NegativationStatus.CANCELLED

    assert await world.deliver() == 0
    assert world.bureau.called("clear") == []


async def test_a_clearing_is_held_while_the_inclusion_is_in_flight(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    held = await clear(world, queued)
    assert held.status is NegativationStatus.SENT
    with pytest.raises(NotClearable):
        await clear(world, queued)

    released = await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED)
    assert released.status is NegativationStatus.CLEARING_QUEUED
    await world.deliver()
    assert len(world.bureau.exclusions) == 1


async def test_a_clearing_asked_for_in_doubt_cancels_what_the_bureau_never_received(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", LOST)
    await world.deliver()
    assert (await clear(world, queued)).status is NegativationStatus.UNDETERMINED

    world.clock.advance(LATER)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CANCELLED
    assert len(world.bureau.called("register")) == 1


@pytest.mark.parametrize("left", [LOST, DOWN], ids=["in doubt", "queued, as by a process that was cut off"])
async def test_a_clearing_asked_for_in_doubt_is_sent_for_what_the_bureau_has_late(
    world: World, queued: Negativation, left: BureauFailure
) -> None:
    world.clock.advance(LATER)
    world.bureau.fail("register", left, recorded=True)
    await world.deliver()
    still_at_work_on = world.bureau.inclusions.pop(queued.inclusion_key)
    await clear(world, queued)
    for _ in range(2):
        world.clock.advance(timedelta(seconds=30))
        await world.deliver()
        assert await status(world, queued) is NegativationStatus.UNDETERMINED

    world.bureau.inclusions[queued.inclusion_key] = still_at_work_on
    world.clock.advance(timedelta(seconds=30))
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CLEARING_SENT
    assert len(world.bureau.called("register")) == len(world.bureau.called("clear")) == 1


async def test_a_lost_answer_to_a_clearing_is_asked_for(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED, BureauEventKind.PUBLISHED)
    await clear(world, queued)
    world.bureau.fail("clear", LOST, recorded=True)
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.CLEARING_QUEUED

    world.clock.advance(LATER)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.CLEARING_SENT
    assert len(world.bureau.called("clear")) == 1


async def test_a_clearing_needs_a_code_that_the_provider_knows(world: World, queued: Negativation) -> None:
    with pytest.raises(InvalidInput) as raised:
        await clear(world, queued, "99")
    assert raised.value.problems[0].code == "UNKNOWN_CLEARING_CODE"

    await remove_the_default_code(world)
    with pytest.raises(InvalidInput) as raised:
        await clear(world, queued)
    assert raised.value.problems[0].code == "CLEARING_CODE_REQUIRED"
    assert await status(world, queued) is NegativationStatus.QUEUED


async def test_the_same_key_clears_once_whatever_became_of_the_code(
    world: World, queued: Negativation
) -> None:
    first = await clear(world, queued, idempotency_key="k1")
    await remove_the_default_code(world)

    assert await clear(world, queued, idempotency_key="k1") == first

    elsewhere = replace(world.caller, branch_ids=frozenset({make_branch().id}))
    with pytest.raises(NotFound):
        await clear(world, queued, caller=elsewhere, idempotency_key="k1")


async def test_clearing_is_possible_while_credit_analysis_is_switched_off(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED)
    await world.set_parameters(enabled=False)

    assert (await clear(world, queued)).status is NegativationStatus.CLEARING_QUEUED


async def test_what_was_paid_after_the_bureau_took_it_in_waits_for_its_clearing(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", LOST, recorded=True)
    await world.deliver()
    await close(world)

    world.clock.advance(LATER)
    await world.deliver()

    stored = await world.negativation(queued)
    assert stored.status is NegativationStatus.SENT
    assert stored.awaits_clearing
