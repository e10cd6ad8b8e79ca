"""Delivering: each promise is kept once, whatever the network, the bureau or a crash does in between."""

import asyncio
from dataclasses import replace
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
    Inclusion,
)
from core.domain.calendar_rules import expires_on
from core.domain.credentials import CredentialState
from core.domain.errors import Conflict, InvalidInput
from core.domain.intents import Intent, IntentKind
from core.domain.invoice import SettlementMethod
from core.domain.money import Money
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
    NotClearable,
    NotEligible,
    NotResendable,
    Trigger,
)
from core.domain.secret import Secret
from core.domain.subjects import NegativationHold
from core.use_cases.adopt_credentials import AdoptCredentials, AdoptCredentialsCommand
from core.use_cases.clear_negativation import ClearNegativation, ClearNegativationCommand
from core.use_cases.delivery import LONGEST_BACKOFF, Delivery
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.resend_negativation import ResendNegativation, ResendNegativationCommand
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from support.world import World

LOST = BureauFailure(failure=FailureClass.UNDETERMINED)
DOWN = BureauFailure(failure=FailureClass.TRANSIENT)
LATER = timedelta(minutes=20)


@pytest.fixture
async def queued(world: World) -> Negativation:
    return await world.use_case(NegativateDebtor)(
        NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    )


async def clear(world: World, negativation: Negativation, code: str | None = None) -> Negativation:
    command = ClearNegativationCommand(
        caller=world.caller, negativation_id=negativation.id, clearing_code=code
    )
    return await world.use_case(ClearNegativation)(command)


async def resend(world: World, negativation: Negativation, *, force: bool = False) -> Negativation:
    command = ResendNegativationCommand(caller=world.caller, negativation_id=negativation.id, force=force)
    return await world.use_case(ResendNegativation)(command)


async def results(world: World, negativation: Negativation, *kinds: BureauEventKind) -> Negativation:
    current = await world.negativation(negativation)
    for kind in kinds:
        world.bureau.happen(
            kind, current.inclusion_key, codes=(BureauCode(code="917", description="Sub judice"),)
        )
    world.clock.advance(LATER)
    await world.fetch_results()
    return await world.negativation(negativation)


async def status(world: World, negativation: Negativation) -> NegativationStatus:
    return (await world.negativation(negativation)).status


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


def inclusion_of(negativation: Negativation) -> Inclusion:
    return Inclusion(
        key=negativation.inclusion_key,
        debtor=negativation.debtor,
        contract=negativation.contract,
        amount=negativation.amount,
        due_on=negativation.due_on,
        restriction_code=negativation.restriction_code,
        send_sms=negativation.send_sms,
        responsible_cpf=negativation.responsible_cpf,
    )


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
    await world.deliver()
    assert world.bureau.called("register") == []

    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration)
    world.clock.advance(timedelta(seconds=2))
    await world.deliver()
    assert await status(world, queued) is NegativationStatus.SENT


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


async def test_a_rejected_clearing_is_resent_with_a_new_key(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED, BureauEventKind.PUBLISHED)
    await clear(world, queued)
    await world.deliver()
    rejected = await results(world, queued, BureauEventKind.CLEARING_REJECTED)
    assert rejected.status is NegativationStatus.CLEARING_REJECTED

    assert (await resend(world, queued)).status is NegativationStatus.CLEARING_QUEUED
    await world.deliver()
    assert len(world.bureau.exclusions) == 2


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


async def test_a_rejected_inclusion_is_resent_with_the_customers_new_data(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    with pytest.raises(NotResendable) as raised:
        await resend(world, queued)
    assert raised.value.reason == "NOTHING_CHANGED"

    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Nome Corrigido"))
    resent = await resend(world, queued)
    await world.deliver()

    assert (resent.generation, resent.debtor.name) == (2, "Nome Corrigido")
    assert list(world.bureau.inclusions) == [queued.inclusion_key, resent.inclusion_key]


async def test_unchanged_data_is_resent_when_forced_and_only_errors_are(
    world: World, queued: Negativation
) -> None:
    with pytest.raises(NotResendable) as raised:
        await resend(world, queued, force=True)
    assert raised.value.reason == "WRONG_STATUS"

    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    assert (await resend(world, queued, force=True)).status is NegativationStatus.QUEUED


async def test_what_must_not_be_registered_is_not_resent(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, mobile=None))

    with pytest.raises(NotEligible):
        await resend(world, queued, force=True)


async def test_a_clearing_needs_a_code_that_the_provider_knows(world: World, queued: Negativation) -> None:
    with pytest.raises(InvalidInput) as raised:
        await clear(world, queued, "99")
    assert raised.value.problems[0].code == "UNKNOWN_CLEARING_CODE"

    automation = replace(world.integration.automation, clearing_code=None)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, automation=automation))
    with pytest.raises(InvalidInput) as raised:
        await clear(world, queued)
    assert raised.value.problems[0].code == "CLEARING_CODE_REQUIRED"
    assert await status(world, queued) is NegativationStatus.QUEUED


async def test_clearing_is_possible_while_credit_analysis_is_switched_off(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED)
    await world.set_parameters(enabled=False)

    assert (await clear(world, queued)).status is NegativationStatus.CLEARING_QUEUED


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


async def close(world: World) -> None:
    await world.use_case(SettleInvoice)(
        SettleInvoiceCommand(
            caller=world.caller, invoice_id=world.invoice.id, settled_on=None, method=SettlementMethod.PIX
        )
    )


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
    assert World().use_case(Delivery).backoff(5000) <= 1.5 * LONGEST_BACKOFF


async def test_resending_sends_the_invoice_as_it_is_now(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    due_on = world.invoice.due_on + timedelta(days=5)
    corrected = replace(world.invoice, amount=Money(100), due_on=due_on, contract_number="CT-NEW")
    async with world.units_of_work.begin() as work:
        await work.invoices.save(corrected)

    resent = await resend(world, queued)
    await world.deliver()

    sent = world.bureau.inclusions[resent.inclusion_key]
    assert (sent.amount, sent.due_on, sent.contract) == (Money(100), due_on, "CT-NEW")
    assert resent.expires_on == expires_on(due_on)


async def test_resending_wants_the_environment_it_was_first_sent_to(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, environment=Environment.PRODUCTION))

    with pytest.raises(Conflict) as raised:
        await resend(world, queued, force=True)
    assert raised.value.reason == "INTEGRATION_CHANGED"
    assert await status(world, queued) is NegativationStatus.REJECTED
