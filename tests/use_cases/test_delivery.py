"""Delivering: each promise is kept once, whatever the network, the bureau or a crash does in between."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from core.domain.bureau import (
    BureauCode,
    BureauEventKind,
    BureauFailure,
    BureauNotConfigured,
    CredentialKind,
    Environment,
    FailureClass,
)
from core.domain.credentials import CredentialState
from core.domain.intents import LONGEST_HOLD, LONGEST_WAIT, Intent, IntentKind
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
    Trigger,
)
from core.domain.secret import Secret
from core.use_cases.adopt_credentials import AdoptCredentials, AdoptCredentialsCommand
from core.use_cases.delivery import LONGEST_BACKOFF, Delivery
from support.registrations import DOWN, LATER, LOST, clear, inclusion_of, resend, results, status
from support.world import World


async def test_the_whole_life_of_a_registration(world: World, queued: Negativation) -> None:
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT
    accepted = await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED)
    assert accepted.status is NegativationStatus.AWAITING_NOTICE
    active = await results(world, queued, BureauEventKind.PUBLISHED)
    assert active.status is NegativationStatus.ACTIVE
    assert (await clear(world, queued, "02")).status is NegativationStatus.CLEARING_QUEUED
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.CLEARING_SENT
    cleared = await results(world, queued, BureauEventKind.CLEARING_ACCEPTED)
    assert cleared.status is NegativationStatus.CLEARED

    assert [entry.trigger for entry in await world.history(queued)] == [
        Trigger.CREATED,
        Trigger.TAKEN_IN,
        Trigger.INCLUSION_ACCEPTED,
        Trigger.PUBLISHED,
        Trigger.CLEARING_REQUESTED,
        Trigger.CLEARING_TAKEN_IN,
        Trigger.CLEARING_ACCEPTED,
    ]
    assert len(world.bureau.called("register")) == len(world.bureau.called("clear")) == 1
    [exclusion] = world.bureau.exclusions.values()
    assert (exclusion.inclusion_key, exclusion.clearing_code) == (queued.inclusion_key, "02")


async def test_after_a_lost_answer_the_bureau_is_asked_and_nothing_is_sent_twice(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", LOST, recorded=True)
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.UNDETERMINED

    world.clock.advance(LATER)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.SENT
    assert len(world.bureau.called("register")) == 1
    assert len(world.bureau.called("find")) == 1


async def test_what_the_bureau_never_received_is_sent_again_after_asking(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", LOST)
    await world.deliver()

    world.clock.advance(LATER)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.SENT
    operations = [call.operation for call in world.bureau.calls if call.operation in ("register", "find")]
    assert operations == ["register", "find", "register"]


async def test_while_the_bureau_cannot_be_asked_nothing_is_sent(world: World, queued: Negativation) -> None:
    world.bureau.fail("register", LOST, recorded=True)
    world.bureau.fail("find", DOWN, LOST)
    for _ in range(4):
        await world.deliver()
        world.clock.advance(LATER)

    assert await status(world, queued) is NegativationStatus.SENT
    assert len(world.bureau.called("register")) == 1


async def test_a_holder_that_crashed_is_followed_by_one_that_asks_first(
    world: World, queued: Negativation
) -> None:
    pause = world.bureau.pause("register")
    crashed = asyncio.create_task(world.deliver())
    await pause.reached.wait()
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)
    pause.resumed.set()
    assert await world.deliver() == 0

    world.clock.advance(timedelta(seconds=61))
    await world.deliver()

    assert len(world.bureau.called("find")) == 1
    assert await status(world, queued) is NegativationStatus.SENT


async def test_a_late_holder_writes_nothing(world: World, queued: Negativation) -> None:
    pause = world.bureau.pause("register")
    late = asyncio.create_task(world.deliver())
    await pause.reached.wait()
    world.clock.advance(timedelta(seconds=61))
    world.bureau.inclusions[queued.inclusion_key] = inclusion_of(queued)
    await world.deliver()
    history = await world.history(queued)

    pause.resumed.set()
    await late

    assert await world.history(queued) == history


async def nearly_included(world: World, queued: Negativation) -> None:
    world.bureau.fail("register", DOWN, recorded=True)
    await world.deliver()
    world.bureau.inclusions.clear()
    world.clock.advance(LATER)


async def nearly_cleared(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED, BureauEventKind.PUBLISHED)
    await clear(world, queued)


@pytest.mark.parametrize("late", [None, LOST, BureauFailure(failure=FailureClass.VALIDATION)])
@pytest.mark.parametrize(
    ("begin", "operation", "rejected", "sent"),
    [
        (nearly_included, "register", BureauEventKind.INCLUSION_REJECTED, NegativationStatus.SENT),
        (nearly_cleared, "clear", BureauEventKind.CLEARING_REJECTED, NegativationStatus.CLEARING_SENT),
    ],
    ids=["inclusion", "clearing"],
)
async def test_a_late_answer_says_nothing_of_what_was_resent_meanwhile(
    world: World,
    queued: Negativation,
    begin: Callable[[World, Negativation], Awaitable[None]],
    operation: str,
    rejected: BureauEventKind,
    sent: NegativationStatus,
    late: BureauFailure | None,
) -> None:
    await begin(world, queued)
    pause = world.bureau.pause(operation)
    answered_late = asyncio.create_task(world.deliver())
    await pause.reached.wait()
    await results(world, queued, rejected)
    resent = await resend(world, queued, force=True)
    history = await world.history(queued)
    if late is not None:
        world.bureau.fail(operation, late)

    pause.resumed.set()
    await answered_late

    assert (await world.negativation(queued), await world.history(queued)) == (resent, history)
    world.clock.advance(LATER)
    await world.deliver()
    assert await status(world, queued) is sent
    key = resent.clearing_key if operation == "clear" else resent.inclusion_key
    assert [call.key for call in world.bureau.called(operation)].count(key) == 1


async def test_a_refusal_is_the_last_word_with_the_bureaus_code(world: World, queued: Negativation) -> None:
    refusal = BureauFailure(failure=FailureClass.LEGAL_BLOCK, code="917", message="DOCUMENTO SOB JUDICE")
    world.bureau.fail("register", refusal)
    await world.deliver()

    rejected = await world.negativation(queued)
    assert rejected.status is NegativationStatus.REJECTED
    assert rejected.codes == (BureauCode(code="917", description="DOCUMENTO SOB JUDICE"),)
    world.clock.advance(LATER)
    assert await world.deliver() == 0


async def test_a_refused_password_stops_the_account_until_another_is_adopted(
    world: World, queued: Negativation
) -> None:
    login = (world.integration.login, CredentialKind.PEFIN)
    world.bureau.passwords[login] = Secret("864209")
    await world.deliver()
    world.clock.advance(LATER)
    assert await world.deliver() == 0
    assert (await world.stored_integration()).pefin.state is CredentialState.REFUSED

    await world.use_case(AdoptCredentials)(
        AdoptCredentialsCommand(
            caller=world.caller,
            integration_id=world.integration.id,
            kind=CredentialKind.PEFIN,
            new_password=Secret("864209"),
            confirmation=Secret("864209"),
        )
    )
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.SENT
    assert len(world.bureau.called("register")) == 2


@pytest.mark.parametrize("failure", [FailureClass.BALANCE, FailureClass.QUOTA])
async def test_an_empty_balance_or_a_quota_lets_the_account_rest(
    world: World, queued: Negativation, failure: FailureClass
) -> None:
    world.bureau.fail("register", BureauFailure(failure=failure, retry_after_seconds=600))
    await world.deliver()

    world.clock.advance(timedelta(seconds=599))
    assert await world.deliver() == 0
    world.clock.advance(timedelta(seconds=2))
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT


async def test_a_bureau_that_is_down_lets_the_account_rest_and_no_attempt_counts(
    world: World, queued: Negativation
) -> None:
    down = BureauFailure(failure=FailureClass.TRANSIENT, retry_after_seconds=40)
    world.bureau.fail("register", down, down)
    for _ in range(2):
        assert await world.deliver() == 1
        world.clock.advance(timedelta(seconds=39))
        assert await world.deliver() == 0
        world.clock.advance(timedelta(seconds=1))
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT
    assert world.bureau.called("find") == [], "nothing was sent, so there is nothing to ask about"


async def test_what_may_have_been_sent_is_asked_about_however_long_the_bureau_was_down(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", LOST, recorded=True)
    world.bureau.fail("find", BureauFailure(failure=FailureClass.TRANSIENT, retry_after_seconds=40))
    for _ in range(3):
        await world.deliver()
        world.clock.advance(LATER)
    assert await status(world, queued) is NegativationStatus.SENT
    assert len(world.bureau.called("register")) == 1
    assert len(world.bureau.called("find")) == 2


async def test_no_account_rests_for_longer_than_a_day_whatever_the_bureau_says(
    world: World, queued: Negativation
) -> None:
    forever = BureauFailure(failure=FailureClass.QUOTA, retry_after_seconds=10_000_000)
    world.bureau.fail("register", forever)
    await world.deliver()
    world.clock.advance(LONGEST_HOLD)
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT


async def test_an_address_that_is_not_configured_is_tried_again_later(
    world: World, queued: Negativation
) -> None:
    world.bureau.fail("register", BureauNotConfigured(environment=Environment.HOMOLOGATION))
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.QUEUED

    world.clock.advance(LATER)
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT


async def test_while_the_password_is_changed_deliveries_wait(world: World, queued: Negativation) -> None:
    sealed = world.vault.seal(Secret("864209"), "elsewhere")
    rotating = world.integration.pefin.rotating(sealed, world.clock.now())
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration.with_credential(rotating))
    assert await world.deliver() == 1
    assert world.bureau.called("register") == []
    world.clock.advance(LATER)
    assert await world.deliver() == 0, "it does not ask again and again"

    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration)
        await work.outbox.release(world.integration.id)
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT


async def test_an_unexpected_error_with_one_promise_does_not_keep_the_others_from_being_kept(
    world: World, queued: Negativation
) -> None:
    async with world.units_of_work.begin() as work:
        lost = Intent(
            key="lost", account=world.integration.id, kind=IntentKind.REGISTER, subject_id=world.ids.new()
        )
        await work.outbox.put(lost)

    with pytest.raises(ExceptionGroup):
        await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT


async def test_an_adopted_password_that_could_not_be_tried_does_not_keep_deliveries_waiting(
    world: World, queued: Negativation
) -> None:
    world.bureau.passwords[world.integration.login, CredentialKind.PEFIN] = Secret("864209")
    await world.deliver()
    world.bureau.fail("test_credentials", DOWN)
    await world.use_case(AdoptCredentials)(
        AdoptCredentialsCommand(
            caller=world.caller,
            integration_id=world.integration.id,
            kind=CredentialKind.PEFIN,
            new_password=Secret("864209"),
            confirmation=Secret("864209"),
        )
    )

    world.clock.advance(LATER)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.SENT


async def test_a_hold_that_comes_after_the_password_was_mended_is_not_made(
    world: World, queued: Negativation
) -> None:
    [claim] = await world.queue.claim(1)
    refused = world.integration.with_credential(world.integration.pefin.refused(world.clock.now()))

    await world.use_case(Delivery).give_back(claim, timedelta(0), hold=refused)
    await world.deliver()

    assert await status(world, queued) is NegativationStatus.SENT


def test_backing_off_never_ends_in_an_overflow() -> None:
    assert World().use_case(Delivery).backoff(5000) <= 1.5 * LONGEST_BACKOFF <= LONGEST_WAIT
