"""The outbox: a promise is made once, held by one at a time, and kept or given back by whoever holds it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from core.domain.errors import Conflict
from core.domain.intents import Claim, Intent, IntentKind
from core.domain.pace import Pace
from ports.unit_of_work import UnitsOfWork
from support.builders import make_intent, new_id
from support.storages import Storage

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(0)


async def _put(units_of_work: UnitsOfWork, *intents: Intent) -> None:
    async with units_of_work.begin() as work:
        await work.outbox.put(*intents)


async def _pending(units_of_work: UnitsOfWork, account: UUID | None = None) -> int:
    async with units_of_work.read() as work:
        return await work.outbox.pending(account)


def _keys(claims: Sequence[Claim]) -> list[str]:
    return [claim.intent.key for claim in claims]


async def test_a_promise_is_claimed_once_and_kept(storage: Storage) -> None:
    intent = make_intent(kind=IntentKind.CLEAR)
    await _put(storage.units_of_work, intent)
    queue = storage.queue(lease=HOUR)
    [claim] = await queue.claim(10)
    assert claim == Claim(intent=intent, attempt=1, until=storage.clock.now() + HOUR)
    assert await queue.claim(10) == []
    assert await _pending(storage.units_of_work) == 1
    async with storage.units_of_work.begin() as work:
        assert await work.outbox.done(claim)
    assert await _pending(storage.units_of_work) == 0
    assert await storage.queue(lease=AT_ONCE).claim(10) == []


async def test_a_promise_of_a_unit_that_failed_was_never_made(storage: Storage) -> None:
    intent = make_intent()
    with pytest.raises(RuntimeError, match="failed"):
        await _put_and_fail(storage.units_of_work, intent)
    assert await storage.queue().claim(10) == []
    await _put(storage.units_of_work, intent)
    assert _keys(await storage.queue().claim(10)) == [intent.key]


async def _put_and_fail(units_of_work: UnitsOfWork, intent: Intent) -> None:
    async with units_of_work.begin() as work:
        await work.outbox.put(intent)
        raise RuntimeError("failed")


async def test_a_key_is_used_once_whatever_became_of_it(storage: Storage) -> None:
    kept, withdrawn, waiting, leased = [make_intent() for _ in range(4)]
    await _put(storage.units_of_work, kept)
    [claim] = await storage.queue().claim(1)
    await _put(storage.units_of_work, withdrawn, waiting)
    async with storage.units_of_work.begin() as work:
        await work.outbox.done(claim)
        await work.outbox.withdraw(withdrawn.key)
        await work.outbox.put_leased(leased, HOUR)
        for intent in (kept, withdrawn, waiting, leased):
            with pytest.raises(Conflict) as put:
                await work.outbox.put(intent)
            with pytest.raises(Conflict) as put_leased:
                await work.outbox.put_leased(intent, HOUR)
            assert put.value.reason == put_leased.value.reason == "INTENT_EXISTS"
        another = make_intent()
        await work.outbox.put(another)
    assert await _pending(storage.units_of_work) == 3


async def test_a_claim_whose_lease_has_ended_is_claimed_again(storage: Storage) -> None:
    await _put(storage.units_of_work, make_intent())
    queue = storage.queue(lease=AT_ONCE)
    [first] = await queue.claim(10)
    [second] = await queue.claim(10)
    assert (first.attempt, second.attempt) == (1, 2)
    async with storage.units_of_work.begin() as work:
        # The fence: whoever lost the claim settles nothing.
        assert not await work.outbox.done(first)
        assert not await work.outbox.retry(first, AT_ONCE)
        assert await work.outbox.done(second)
        assert not await work.outbox.done(second)
        assert not await work.outbox.retry(second, AT_ONCE)
    assert await queue.claim(10) == []


async def test_a_claim_that_is_given_back_comes_due_after_a_while(storage: Storage) -> None:
    now, later = make_intent(), make_intent()
    await _put(storage.units_of_work, now, later)
    queue = storage.queue(lease=HOUR)
    claims = {claim.intent.key: claim for claim in await queue.claim(10)}
    async with storage.units_of_work.begin() as work:
        assert await work.outbox.retry(claims[now.key], AT_ONCE)
        assert await work.outbox.retry(claims[later.key], HOUR)
    [again] = await queue.claim(10)
    assert again.intent == now
    assert again.attempt == 2


async def test_a_claim_of_which_nothing_was_begun_is_as_if_never_taken(storage: Storage) -> None:
    begun_before, fresh, unclaimed = [make_intent() for _ in range(3)]
    await _put(storage.units_of_work, begun_before, fresh, unclaimed)
    first = {claim.intent.key: claim for claim in await storage.queue(lease=AT_ONCE).claim(10)}
    queue = storage.queue()
    async with storage.units_of_work.begin() as work:
        for intent in (fresh, unclaimed):
            assert await work.outbox.unclaim(first[intent.key])
        assert await work.outbox.withdraw(unclaimed.key), "it was never claimed"
    held = {claim.intent.key: claim for claim in await queue.claim(10)}
    assert {key: claim.attempt for key, claim in held.items()} == {begun_before.key: 2, fresh.key: 1}
    async with storage.units_of_work.begin() as work:
        # The fence: a claim that another holder took is not given back by the one before.
        assert not await work.outbox.unclaim(first[begun_before.key])
        assert await work.outbox.unclaim(held[begun_before.key])
        assert await work.outbox.done(held[fresh.key])
        assert not await work.outbox.unclaim(held[fresh.key])
    [again] = await queue.claim(10)
    assert (again.intent, again.attempt) == (begun_before, 2)


async def test_a_promise_born_leased_is_its_maker_s_until_the_lease_ends(storage: Storage) -> None:
    held, ended = make_intent(kind=IntentKind.RECOVER_ROTATION), make_intent()
    async with storage.units_of_work.begin() as work:
        claim = await work.outbox.put_leased(held, HOUR)
        await work.outbox.put_leased(ended, AT_ONCE)
    assert claim == Claim(intent=held, attempt=1, until=storage.clock.now() + HOUR)
    [recovery] = await storage.queue().claim(10)
    assert recovery.intent == ended
    assert recovery.attempt == 2
    async with storage.units_of_work.begin() as work:
        assert await work.outbox.done(claim)


async def test_only_what_was_never_claimed_is_withdrawn(storage: Storage) -> None:
    claimed, waiting, leased = [make_intent() for _ in range(3)]
    await _put(storage.units_of_work, claimed)
    [claim] = await storage.queue(lease=AT_ONCE).claim(1)
    await _put(storage.units_of_work, waiting)
    async with storage.units_of_work.begin() as work:
        await work.outbox.put_leased(leased, AT_ONCE)
        assert await work.outbox.withdraw(waiting.key)
        assert not await work.outbox.withdraw(waiting.key)
        assert not await work.outbox.withdraw(claim.intent.key)
        assert not await work.outbox.withdraw(leased.key)
        assert not await work.outbox.withdraw("nobody's")
    assert set(_keys(await storage.queue().claim(10))) == {claimed.key, leased.key}


async def test_nothing_of_a_held_account_is_claimed(storage: Storage) -> None:
    held, held_for_an_hour, hold_ended, free = [make_intent() for _ in range(4)]
    units_of_work = storage.units_of_work
    await _put(units_of_work, held, held_for_an_hour, hold_ended, free)
    async with units_of_work.begin() as work:
        await work.outbox.hold(held.account, None)
        await work.outbox.hold(held_for_an_hour.account, storage.now() + HOUR)
        await work.outbox.hold(hold_ended.account, storage.now() - HOUR)
    queue = storage.queue()
    assert set(_keys(await queue.claim(10))) == {hold_ended.key, free.key}
    async with units_of_work.begin() as work:
        await work.outbox.release(held.account)
        await work.outbox.release(held_for_an_hour.account)
    assert set(_keys(await queue.claim(10))) == {held.key, held_for_an_hour.key}


async def test_a_hold_may_come_before_the_first_promise(storage: Storage) -> None:
    intent = make_intent()
    async with storage.units_of_work.begin() as work:
        await work.outbox.hold(intent.account, None)
        await work.outbox.put(intent)
    assert await storage.queue().claim(10) == []


async def test_a_later_hold_replaces_the_earlier_one(storage: Storage) -> None:
    intent = make_intent()
    await _put(storage.units_of_work, intent)
    async with storage.units_of_work.begin() as work:
        await work.outbox.hold(intent.account, None)
        await work.outbox.hold(intent.account, storage.now() - HOUR)
    assert _keys(await storage.queue().claim(10)) == [intent.key]


async def test_an_account_goes_no_faster_than_its_pace(storage: Storage) -> None:
    hurried, slow = new_id(), new_id()
    await _put(storage.units_of_work, *(make_intent(account=hurried) for _ in range(5)))
    queue = storage.queue(pace=Pace(interval=HOUR, burst=3))
    assert len(await queue.claim(10)) == 3
    assert await queue.claim(10) == []
    await _put(storage.units_of_work, make_intent(account=slow))
    assert [claim.intent.account for claim in await queue.claim(10)] == [slow]


async def test_claimers_at_once_keep_the_pace_together(storage: Storage) -> None:
    account = new_id()
    await _put(storage.units_of_work, *(make_intent(account=account) for _ in range(30)))
    queue = storage.queue(pace=Pace(interval=HOUR, burst=5))
    async with asyncio.timeout(30):
        claimed = await asyncio.gather(*(queue.claim(2) for _ in range(12)))
        claimed += [await queue.claim(10)]
    assert sum(len(claims) for claims in claimed) == 5


async def test_pace_gives_one_order_for_each_interval_that_passes(storage: Storage) -> None:
    account = new_id()
    await _put(storage.units_of_work, *(make_intent(account=account) for _ in range(6)))
    if storage.kind == "postgresql":  # whose clock nobody can advance: so little that it passes by itself
        queue = storage.queue(pace=Pace(interval=timedelta(microseconds=1)))
        assert [len(await queue.claim(10)) for _ in range(4)] == [1, 1, 1, 1]
        return
    queue = storage.queue(pace=Pace(interval=HOUR, burst=2))
    assert len(await queue.claim(10)) == 2
    storage.clock.advance(HOUR)
    assert len(await queue.claim(10)) == 1
    assert await queue.claim(10) == []
    storage.clock.advance(10 * HOUR)
    assert len(await queue.claim(10)) == 2


async def test_accounts_take_turns(storage: Storage) -> None:
    accounts = [new_id() for _ in range(3)]
    for account in accounts:
        await _put(storage.units_of_work, *(make_intent(account=account) for _ in range(5)))
    # The pace keeps the turns: an account that was served stands behind those that were not.
    queue = storage.queue(pace=Pace(interval=timedelta(minutes=1), burst=1000))
    together = Counter(claim.intent.account for claim in await queue.claim(6))
    one_by_one = Counter([(await queue.claim(1))[0].intent.account for _ in range(6)])
    assert together == one_by_one == dict.fromkeys(accounts, 2)


async def test_a_loud_account_leaves_room_for_a_quiet_one(storage: Storage) -> None:
    loud, quiet = new_id(), new_id()
    await _put(storage.units_of_work, *(make_intent(account=loud) for _ in range(50)))
    await _put(storage.units_of_work, make_intent(account=quiet))
    claimed = [claim.intent.account for claim in await storage.queue().claim(10)]
    assert quiet in claimed


async def test_the_oldest_of_an_account_goes_first(storage: Storage) -> None:
    account = new_id()
    intents = [make_intent(account=account) for _ in range(4)]
    for intent in intents:
        await _put(storage.units_of_work, intent)
        storage.clock.advance(timedelta(seconds=1))
    queue = storage.queue()
    claimed = [_keys(await queue.claim(2)), _keys(await queue.claim(2))]
    assert claimed == [[intents[0].key, intents[1].key], [intents[2].key, intents[3].key]]


async def test_two_claimers_never_hold_the_same_promise(storage: Storage) -> None:
    accounts = [new_id() for _ in range(4)]
    intents = [make_intent(account=accounts[number % 4]) for number in range(60)]
    await _put(storage.units_of_work, *intents)
    queue = storage.queue(lease=HOUR)
    held: list[str] = []

    async def claim_and_settle() -> None:
        while await _pending(storage.units_of_work):
            claims = await queue.claim(3)
            held.extend(_keys(claims))
            async with storage.units_of_work.begin() as work:
                assert [await work.outbox.done(claim) for claim in claims] == [True] * len(claims)

    async with asyncio.timeout(30):
        await asyncio.gather(*(claim_and_settle() for _ in range(4)))
    assert sorted(held) == sorted(intent.key for intent in intents)


async def test_pending_counts_what_is_not_kept(storage: Storage) -> None:
    account = new_id()
    await _put(
        storage.units_of_work, make_intent(account=account), make_intent(account=account), make_intent()
    )
    assert await _pending(storage.units_of_work) == 3
    assert await _pending(storage.units_of_work, account) == 2
    assert await _pending(storage.units_of_work, new_id()) == 0


async def test_a_commit_wakes_who_waits(storage: Storage) -> None:
    queue = storage.queue()
    waiting = asyncio.create_task(queue.wait(HOUR))
    await asyncio.sleep(0)
    async with asyncio.timeout(10), storage.units_of_work.begin() as work:
        await work.outbox.put(make_intent())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done(), "woken before the commit"
    async with asyncio.timeout(10):
        await waiting


async def test_a_promise_put_before_the_wait_is_not_slept_through(storage: Storage) -> None:
    queue = storage.queue()
    assert await queue.claim(1) == []
    await _put(storage.units_of_work, make_intent())
    async with asyncio.timeout(10):
        await queue.wait(HOUR)
        assert len(await queue.claim(1)) == 1


async def test_one_commit_wakes_once(storage: Storage) -> None:
    queue = storage.queue()
    await _put(storage.units_of_work, make_intent())
    async with asyncio.timeout(10):
        await queue.wait(HOUR)
    again = asyncio.create_task(queue.wait(HOUR))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_a_release_wakes_who_waits(storage: Storage) -> None:
    queue = storage.queue()
    async with storage.units_of_work.begin() as work:
        await work.outbox.release(new_id())
    async with asyncio.timeout(10):
        await queue.wait(HOUR)


async def test_a_wait_ends_by_itself(storage: Storage) -> None:
    with pytest.raises(RuntimeError, match="failed"):
        await _put_and_fail(storage.units_of_work, make_intent())
    async with asyncio.timeout(10):
        await storage.queue().wait(timedelta(milliseconds=1))


async def test_kept_promises_are_forgotten_in_the_end(storage: Storage) -> None:
    kept, withdrawn, waiting = [make_intent() for _ in range(3)]
    units_of_work, queue = storage.units_of_work, storage.queue()
    await _put(units_of_work, kept)
    [claim] = await queue.claim(1)
    await _put(units_of_work, withdrawn, waiting)
    async with units_of_work.begin() as work:
        await work.outbox.done(claim)
        await work.outbox.withdraw(withdrawn.key)
    assert await queue.prune(HOUR) == 0
    # Older than "an hour from now": PostgreSQL's clock needs no advancing for that.
    assert await queue.prune(-HOUR) == 2
    await _put(units_of_work, kept, withdrawn)
    assert await _pending(units_of_work) == 3
