"""The outbox and a clock that jumps: what was put off while the clock was ahead does not stay put off."""

from collections.abc import Sequence
from datetime import timedelta

from core.domain.intents import CLOCK_TOLERANCE, LONGEST_HOLD, LONGEST_WAIT, Claim, Intent
from core.domain.pace import Pace
from ports.unit_of_work import UnitsOfWork
from support.builders import make_intent
from support.storages import Storage

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(0)


async def _put(units_of_work: UnitsOfWork, *intents: Intent) -> None:
    async with units_of_work.begin() as work:
        await work.outbox.put(*intents)


def _keys(claims: Sequence[Claim]) -> list[str]:
    return [claim.intent.key for claim in claims]


async def test_what_a_clock_that_was_ahead_put_off_is_due_at_the_first_claim(storage: Storage) -> None:
    """Whatever it was: a promise given back, one born leased, a hold, the pace."""
    given_back, leased, held, paced = [make_intent() for _ in range(4)]
    years = timedelta(days=3650)
    await _put(storage.units_of_work, given_back, paced)
    claims = await storage.queue(pace=Pace(interval=years)).claim(10)
    async with storage.units_of_work.begin() as work:
        for claim in claims:
            assert await work.outbox.retry(claim, years if claim.intent == given_back else AT_ONCE)
        await work.outbox.put_leased(leased, years)
        await work.outbox.put(held)
        await work.outbox.hold(held.account, storage.now() + years)
    queue = storage.queue(pace=Pace(interval=HOUR))
    assert set(_keys(await queue.claim(10))) == {intent.key for intent in (given_back, leased, held, paced)}


async def test_what_is_put_off_for_as_long_as_may_be_stays_put_off(storage: Storage) -> None:
    given_back, leased, held, claimed = [make_intent() for _ in range(4)]
    await _put(storage.units_of_work, given_back, claimed)
    lease = LONGEST_WAIT + HOUR
    claims = await storage.queue(lease=lease, pace=Pace(interval=HOUR, burst=2)).claim(10)
    async with storage.units_of_work.begin() as work:
        [claim] = [claim for claim in claims if claim.intent == given_back]
        assert await work.outbox.retry(claim, LONGEST_WAIT)
        await work.outbox.put_leased(leased, LONGEST_WAIT)
        await work.outbox.put(held)
        await work.outbox.hold(held.account, storage.now() + LONGEST_HOLD - HOUR)
    assert await storage.queue(lease=lease, pace=Pace(interval=HOUR, burst=2)).claim(10) == []


async def test_a_clock_that_is_put_back_puts_nothing_off(storage: Storage) -> None:
    if storage.kind == "postgresql":  # whose clock nobody can put back
        return
    given_back, held, paced = [make_intent() for _ in range(3)]
    queue = storage.queue(lease=timedelta(minutes=1), pace=Pace(interval=HOUR))
    await _put(storage.units_of_work, given_back, paced)
    claims = await queue.claim(10)
    async with storage.units_of_work.begin() as work:
        for claim in claims:
            await work.outbox.retry(claim, LONGEST_WAIT if claim.intent == given_back else AT_ONCE)
        await work.outbox.put(held)
        await work.outbox.hold(held.account, storage.now() + LONGEST_HOLD)
    storage.clock.advance(-CLOCK_TOLERANCE)
    assert await queue.claim(10) == []
    storage.clock.advance(-HOUR)
    assert set(_keys(await queue.claim(10))) == {intent.key for intent in (given_back, held, paced)}
