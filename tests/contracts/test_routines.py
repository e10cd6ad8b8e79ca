"""Routines: each turn is taken by one, none is skipped, and a holder that came too late changes nothing."""

import asyncio
from datetime import datetime, timedelta

from ports.routines import LONGEST_LEASE, LONGEST_REST, Routine
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def _ensure(units_of_work: UnitsOfWork, name: str, next_at: datetime = NOW) -> None:
    async with units_of_work.begin() as work:
        await work.routines.ensure(name, next_at)


async def _take(units_of_work: UnitsOfWork, prefix: str, now: datetime = NOW) -> Routine | None:
    async with units_of_work.begin() as work:
        return await work.routines.take(prefix, now=now, leased_until=now + MINUTE)


async def _finish(
    units_of_work: UnitsOfWork, routine: Routine, next_at: datetime, state: str | None = None
) -> bool:
    async with units_of_work.begin() as work:
        return await work.routines.finish(routine, next_at=next_at, state=state)


async def test_a_turn_is_taken_by_one_and_remembers_what_it_was_left(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "results:1")
    first = await _take(units_of_work, "results:")
    assert first is not None
    assert (first.name, first.state) == ("results:1", None)
    assert await _take(units_of_work, "results:") is None
    assert await _finish(units_of_work, first, NOW + HOUR, "cursor 7")
    assert await _take(units_of_work, "results:", NOW + HOUR - MINUTE) is None
    second = await _take(units_of_work, "results:", NOW + HOUR)
    assert second is not None
    assert second.state == "cursor 7"
    assert second.fence > first.fence


async def test_a_routine_is_made_known_once(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "daily", NOW + HOUR)
    await _ensure(units_of_work, "daily", NOW)
    assert await _take(units_of_work, "daily") is None
    assert await _take(units_of_work, "daily", NOW + HOUR) is not None


async def test_only_routines_of_the_prefix_are_taken_the_longest_due_first(
    units_of_work: UnitsOfWork,
) -> None:
    await _ensure(units_of_work, "a%:late", NOW - MINUTE)
    await _ensure(units_of_work, "a%:later", NOW - HOUR)
    await _ensure(units_of_work, "ab:other", NOW - 2 * HOUR)
    names = [await _take(units_of_work, "a%:") for _ in range(3)]
    assert [routine and routine.name for routine in names] == ["a%:later", "a%:late", None]


async def test_a_lease_that_ended_gives_the_turn_to_the_next(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "daily")
    lost = await _take(units_of_work, "daily")
    taken = await _take(units_of_work, "daily", NOW + MINUTE)
    assert lost is not None
    assert taken is not None
    assert not await _finish(units_of_work, lost, NOW + HOUR, "too late")
    assert await _finish(units_of_work, taken, NOW + HOUR, "in time")
    assert not await _finish(units_of_work, taken, NOW + 2 * HOUR, "twice")
    again = await _take(units_of_work, "daily", NOW + HOUR)
    assert again is not None
    assert again.state == "in time"


async def test_a_lease_that_a_clock_ahead_wrote_has_ended(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "daily")
    lost = await _take(units_of_work, "daily", NOW)
    back = NOW + MINUTE - LONGEST_LEASE
    assert await _take(units_of_work, "daily", back) is None, "as long as a lease may be"
    taken = await _take(units_of_work, "daily", back - MINUTE)
    assert lost is not None
    assert taken is not None
    assert not await _finish(units_of_work, lost, NOW)
    assert await _finish(units_of_work, taken, NOW)


async def test_a_rest_that_a_clock_ahead_wrote_is_over(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "daily", NOW + LONGEST_REST)
    assert await _take(units_of_work, "daily", NOW) is None, "as long as a rest may be"
    assert await _take(units_of_work, "daily", NOW - MINUTE) is not None


async def test_a_forgotten_routine_is_gone_for_its_holder_too(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "daily")
    held = await _take(units_of_work, "daily")
    assert held is not None
    async with units_of_work.begin() as work:
        await work.routines.forget("daily")
        await work.routines.forget("unknown")
    assert not await _finish(units_of_work, held, NOW + HOUR)
    await _ensure(units_of_work, "daily")
    assert await _take(units_of_work, "daily") is not None
    assert not await _finish(units_of_work, held, NOW + HOUR)


async def test_what_a_turn_did_and_its_end_take_effect_together(units_of_work: UnitsOfWork) -> None:
    await _ensure(units_of_work, "daily")
    held = await _take(units_of_work, "daily")
    assert held is not None
    try:
        async with units_of_work.begin() as work:
            await work.routines.finish(held, next_at=NOW + HOUR, state="lost")
            raise RuntimeError
    except RuntimeError:
        pass
    again = await _take(units_of_work, "daily", NOW + MINUTE)
    assert again is not None
    assert again.state is None


async def test_each_due_routine_is_taken_by_one_of_many(units_of_work: UnitsOfWork) -> None:
    names = {f"results:{number}" for number in range(12)}
    for name in names:
        await _ensure(units_of_work, name)
    taken: list[str] = []

    async def take_all() -> None:
        while routine := await _take(units_of_work, "results:"):
            taken.append(routine.name)

    async with asyncio.timeout(30):
        await asyncio.gather(*(take_all() for _ in range(4)))
    assert sorted(taken) == sorted(names)
