"""The dispatcher: a slow promise holds up none of the others, none is in hand twice, and stopping hands back what it held."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from adapters.memory.bureau import FakeBureau
from adapters.memory.clock import FixedClock
from core.domain.bureau import BureauAccount, CredentialKind, Inclusion, Receipt
from core.domain.credentials import PROVEN_FOR, CredentialState
from core.domain.intents import Claim, Intent, IntentKind
from core.domain.negativation import Negativation, NegativationStatus
from core.domain.secret import Secret
from core.use_cases.deliver import Deliver
from core.use_cases.delivery import UNPROVEN_AT_ONCE
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from server import dispatcher as dispatcher_module
from server.dispatcher import APART, PLACES, Dispatcher
from support.builders import make_customer, make_invoice
from support.registrations import inclusion_of, status
from support.world import World

SOON = timedelta(milliseconds=1)
LEASE = timedelta(seconds=60)


class _SlowBureau(FakeBureau):
    """A bureau that takes its time with the registrations of some keys."""

    def __init__(self) -> None:
        super().__init__()
        self.slow: dict[str, asyncio.Event] = {}
        self.begun: asyncio.Queue[str] = asyncio.Queue()

    async def register(self, account: BureauAccount, inclusion: Inclusion) -> Receipt:
        self.begun.put_nowait(inclusion.key)
        if inclusion.key in self.slow:
            await self.slow[inclusion.key].wait()
        return await super().register(account, inclusion)

    def answer_slowly(self, *negativations: Negativation) -> asyncio.Event:
        """Answer their registrations only when the event is set."""
        resumed = asyncio.Event()
        self.slow.update(dict.fromkeys((one.inclusion_key for one in negativations), resumed))
        return resumed


class _StandingClock(FixedClock):
    """A clock on which whoever sleeps never wakes."""

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration)
        await asyncio.Event().wait()


@pytest.fixture
def bureau() -> _SlowBureau:
    return _SlowBureau()


@pytest.fixture
async def world(bureau: _SlowBureau) -> World:
    return await World(bureau=bureau).populate()


def _dispatcher(world: World, clock: FixedClock | None = None) -> Dispatcher:
    return Dispatcher(
        deliver=world.use_case(Deliver),
        queue=world.queue,
        clock=clock or world.clock,
        monotonic=lambda: world.clock.at.timestamp(),
    )


async def _negativate(world: World, count: int) -> list[Negativation]:
    made = []
    for _ in range(count):
        async with world.units_of_work.begin() as work:
            customer = await work.customers.add(make_customer(branch_id=world.branch.id))
            invoice = await work.invoices.add(
                make_invoice(branch_id=world.branch.id, customer_id=customer.id)
            )
        command = NegativateDebtorCommand(caller=world.caller, invoice_id=invoice.id)
        made.append(await world.use_case(NegativateDebtor)(command))
    return made


async def _until(world: World, negativation: Negativation, wanted: NegativationStatus) -> None:
    for _ in range(10_000):
        if await status(world, negativation) is wanted:
            return
        await asyncio.sleep(0)
    pytest.fail(f"never {wanted}")


async def _claimed_now(world: World) -> dict[str, int]:
    """What is due, with the attempt that its holder makes."""
    return {claim.intent.key: claim.attempt for claim in await world.queue.claim(100)}


async def test_a_slow_delivery_holds_up_none_of_the_others(world: World, bureau: _SlowBureau) -> None:
    slow, *others = await _negativate(world, PLACES + 3)
    resumed, dispatcher = bureau.answer_slowly(slow), _dispatcher(world)
    assert await dispatcher.fill() == PLACES
    for other in others[: PLACES - 1]:
        await _until(world, other, NegativationStatus.SENT)
    async with asyncio.timeout(10):
        await dispatcher.wait(LEASE)
    assert await dispatcher.fill() == 3
    for other in others:
        await _until(world, other, NegativationStatus.SENT)
    assert await status(world, slow) is NegativationStatus.QUEUED
    resumed.set()
    await _until(world, slow, NegativationStatus.SENT)


async def test_a_password_that_went_bad_is_tried_less_often_than_locks_the_login(world: World) -> None:
    await _negativate(world, 30)
    world.clock.advance(PROVEN_FOR)
    world.bureau.passwords[world.integration.login, CredentialKind.PEFIN] = Secret("975310")
    pause, dispatcher = world.bureau.pause("register"), _dispatcher(world)
    assert await dispatcher.fill() == PLACES
    for _ in range(1_000):
        await asyncio.sleep(0)
    pause.resumed.set()
    for _ in range(1_000):
        await asyncio.sleep(0)
        world.clock.advance(SOON)
        await dispatcher.fill()
    assert len(world.bureau.called("register")) == UNPROVEN_AT_ONCE < 5
    assert (await world.stored_integration()).pefin.state is CredentialState.REFUSED
    await dispatcher.stop(10)


async def test_once_the_password_is_seen_to_work_nothing_waits_any_more(
    world: World, bureau: _SlowBureau
) -> None:
    first, *others = await _negativate(world, PLACES)
    world.clock.advance(PROVEN_FOR)
    working, rest = bureau.answer_slowly(first), bureau.answer_slowly(*others)
    dispatcher = _dispatcher(world)
    assert await dispatcher.fill() == PLACES
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert bureau.begun.qsize() == UNPROVEN_AT_ONCE
    working.set()
    await _until(world, first, NegativationStatus.SENT)
    for _ in range(1_000):
        await asyncio.sleep(0)
    assert bureau.begun.qsize() == PLACES
    rest.set()
    await dispatcher.stop(10)


async def test_with_full_hands_nothing_is_claimed_until_one_ends(world: World, bureau: _SlowBureau) -> None:
    several = await _negativate(world, PLACES + 1)
    resumed = {one.inclusion_key: bureau.answer_slowly(one) for one in several}
    dispatcher = _dispatcher(world)
    assert await dispatcher.fill() == PLACES
    assert await dispatcher.fill() == 0
    waiting = asyncio.create_task(dispatcher.wait(SOON))
    async with asyncio.timeout(10):
        begun = [await bureau.begun.get() for _ in range(PLACES)]
        assert not waiting.done()
        resumed[begun[3]].set()
        await waiting
        assert await dispatcher.fill() == 1
        assert await bureau.begun.get() not in begun


async def test_what_comes_due_again_while_in_hand_is_asked_about_when_the_first_ends(
    world: World, bureau: _SlowBureau
) -> None:
    [slow] = await _negativate(world, 1)
    resumed, dispatcher = bureau.answer_slowly(slow), _dispatcher(world)
    await dispatcher.fill()
    async with asyncio.timeout(10):
        await bureau.begun.get()
    for _ in range(2):
        world.clock.advance(timedelta(hours=1))  # the clock is put forward: every lease has ended
        assert await dispatcher.fill() == 1
    for _ in range(10):
        await asyncio.sleep(0)
    assert bureau.begun.empty()
    assert bureau.called("find") == []

    resumed.set()
    await _until(world, slow, NegativationStatus.SENT)
    assert len(bureau.called("register")) == len(bureau.called("find")) == 1
    world.clock.advance(LEASE)
    assert await dispatcher.fill() == 0


async def test_deliveries_begin_one_after_another(world: World) -> None:
    several = await _negativate(world, 3)
    await _dispatcher(world).fill()
    for one in several:
        await _until(world, one, NegativationStatus.SENT)
    assert sorted(world.clock.slept) == [APART, 2 * APART]


async def test_a_single_promise_is_kept_at_once(world: World) -> None:
    [only] = await _negativate(world, 1)
    await _dispatcher(world).fill()
    await _until(world, only, NegativationStatus.SENT)
    assert world.clock.slept == []


async def test_what_nobody_expected_is_logged_and_the_others_are_kept(world: World) -> None:
    gone = Intent(
        key="gone", account=world.integration.id, kind=IntentKind.REGISTER, subject_id=world.ids.new()
    )
    async with world.units_of_work.begin() as work:
        await work.outbox.put(gone)
    [kept] = await _negativate(world, 1)
    with capture_logs() as logs:
        await _dispatcher(world).fill()
        await _until(world, kept, NegativationStatus.SENT)
    assert [(entry["event"], entry["kind"]) for entry in logs] == [("a delivery failed", "REGISTER")]


async def test_how_long_the_slowest_is_in_hand_is_known(world: World, bureau: _SlowBureau) -> None:
    dispatcher = _dispatcher(world)
    assert dispatcher.longest_in_hand == 0
    [slow] = await _negativate(world, 1)
    resumed = bureau.answer_slowly(slow)
    await dispatcher.fill()
    world.clock.advance(LEASE)
    assert dispatcher.longest_in_hand == 60
    resumed.set()
    await dispatcher.stop(10)
    assert dispatcher.longest_in_hand == 0


async def test_stopping_hands_back_what_was_not_begun_as_if_never_taken(
    world: World, bureau: _SlowBureau
) -> None:
    first, *others = await _negativate(world, 4)
    dispatcher = _dispatcher(world, _StandingClock())
    assert await dispatcher.fill() == 4
    async with asyncio.timeout(10):
        sent = await bureau.begun.get()
        await dispatcher.stop(10)
    assert await status(world, first) is NegativationStatus.SENT
    assert sent == first.inclusion_key
    assert await _claimed_now(world) == {other.inclusion_key: 1 for other in others}


async def test_what_is_in_hand_may_finish_before_it_stops(world: World, bureau: _SlowBureau) -> None:
    [slow] = await _negativate(world, 1)
    resumed, dispatcher = bureau.answer_slowly(slow), _dispatcher(world)
    await dispatcher.fill()
    async with asyncio.timeout(10):
        await bureau.begun.get()
        asyncio.get_running_loop().call_later(0.02, resumed.set)
        await dispatcher.stop(10)
    assert await status(world, slow) is NegativationStatus.SENT
    assert await _claimed_now(world) == {}


async def test_what_is_cut_off_is_handed_back_and_asked_about_first(
    world: World, bureau: _SlowBureau
) -> None:
    [slow] = await _negativate(world, 1)
    resumed, dispatcher = bureau.answer_slowly(slow), _dispatcher(world)
    await dispatcher.fill()
    async with asyncio.timeout(10):
        await bureau.begun.get()
        await dispatcher.stop(0)
    bureau.inclusions[slow.inclusion_key] = inclusion_of(slow)  # it had arrived
    resumed.set()
    assert await world.deliver() == 1
    assert len(bureau.called("find")) == 1
    assert bureau.called("register") == []
    assert await status(world, slow) is NegativationStatus.SENT


async def test_what_comes_due_again_and_is_cut_off_is_handed_back_too(
    world: World, bureau: _SlowBureau
) -> None:
    [slow] = await _negativate(world, 1)
    bureau.answer_slowly(slow)
    dispatcher = _dispatcher(world)
    await dispatcher.fill()
    async with asyncio.timeout(10):
        await bureau.begun.get()
        world.clock.advance(LEASE)
        assert await dispatcher.fill() == 1
        await dispatcher.stop(0)
    assert await _claimed_now(world) == {slow.inclusion_key: 3}


async def test_what_is_claimed_while_it_stops_is_handed_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    [late] = await _negativate(world, 1)
    dispatcher, claim = _dispatcher(world), world.queue.claim

    async def stopped_meanwhile(limit: int) -> Sequence[Claim]:
        claims = await claim(limit)
        await dispatcher.stop(10)
        return claims

    monkeypatch.setattr(world.queue, "claim", stopped_meanwhile)
    assert await dispatcher.fill() == 0
    monkeypatch.undo()
    assert await _claimed_now(world) == {late.inclusion_key: 1}
    assert await status(world, late) is NegativationStatus.QUEUED


async def test_it_stops_even_when_nothing_can_be_handed_back(
    world: World, bureau: _SlowBureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher_module, "HAND_BACK_SECONDS", 0.02)
    slow, unbegun = await _negativate(world, 2)
    bureau.answer_slowly(slow)
    dispatcher = _dispatcher(world, _StandingClock())
    await dispatcher.fill()
    async with asyncio.timeout(10):
        await bureau.begun.get()
        with capture_logs() as logs:
            async with world.storage.writing():  # somebody holds the database
                await asyncio.create_task(dispatcher.stop(0))
    assert [entry["event"] for entry in logs] == ["claims were not handed back"] * 2
    world.clock.advance(LEASE)
    assert await _claimed_now(world) == {slow.inclusion_key: 2, unbegun.inclusion_key: 2}
