"""The order of a consultation: equal requests share it, its answer is sought when it got lost, nothing is billed twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.bureau import BureauFailure, CredentialKind, Environment, FailureClass
from core.domain.consultation import ConsultationOutcome, RepeatConsultation
from core.domain.credentials import CredentialState
from core.domain.errors import IdempotencyConflict, InvalidInput, NotFound
from core.domain.intents import Claim
from core.domain.listing import ConsultationFilter, ConsultationOrderField
from core.domain.paging import Direction, Order, Window
from core.use_cases.consult_credit import BLOCKS_FOR, LEASE, PATIENCE, ConsultCredit
from core.use_cases.consultation_subject import DocumentSubject
from core.use_cases.recover_consultation import GIVE_UP_AFTER
from core.use_cases.settle_consultation import Consulted, SettleConsultation
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.builders import make_branch, make_bureau_report, make_intent
from support.consulting import consult, consulting
from support.trail import refusals_told
from support.world import World


async def test_equal_requests_at_the_same_moment_are_one_order(world: World) -> None:
    consultations = await asyncio.gather(*(consult(world) for _ in range(5)))

    assert len({consultation.id for consultation in consultations}) == 1
    assert list(world.bureau.billed.values()) == [1]


async def test_a_different_request_at_the_same_moment_waits_and_is_warned(world: World) -> None:
    pause = world.bureau.pause("consult")
    first = asyncio.create_task(consult(world))
    await pause.reached.wait()
    bare = DocumentSubject(world.branch.id, world.customer.document.number, "SC")
    second = asyncio.create_task(consult(world, subject=bare))
    await asyncio.sleep(0)
    pause.resumed.set()

    assert (await first).outcome is ConsultationOutcome.SUCCEEDED
    with pytest.raises(RepeatConsultation):
        await second
    assert list(world.bureau.billed.values()) == [1]


async def test_the_same_key_gives_the_same_answer_and_another_input_a_conflict(world: World) -> None:
    first = await consult(world, idempotency_key="k1")

    assert await consult(world, idempotency_key="k1") == first
    with pytest.raises(IdempotencyConflict):
        await consult(world, idempotency_key="k1", confirm_repeat=True)
    assert len(world.bureau.called("consult")) == 1


async def test_what_a_key_produced_is_told_to_nobody_who_does_not_reach_the_branch(world: World) -> None:
    await consult(world, idempotency_key="k1")

    elsewhere = replace(world.caller, branch_ids=frozenset({make_branch().id}))
    with pytest.raises(NotFound):
        await consult(world, caller=elsewhere, idempotency_key="k1")


@pytest.mark.parametrize("failure", [FailureClass.LEGAL_BLOCK, FailureClass.TRANSIENT, FailureClass.QUOTA])
async def test_a_failure_is_repeated_to_the_same_key_and_a_new_key_tries_again(
    world: World, failure: FailureClass
) -> None:
    world.bureau.fail("consult", BureauFailure(failure=failure, code="900", message="CPF de menor"))

    for _ in range(2):
        with pytest.raises(BureauFailure) as raised:
            await consult(world, idempotency_key="k1")
        assert (raised.value.code, raised.value.message) == ("900", "CPF de menor")
    assert len(world.bureau.called("consult")) == 1

    assert (await consult(world, idempotency_key="k2")).outcome is ConsultationOutcome.SUCCEEDED


async def test_an_empty_key_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as raised:
        await consult(world, idempotency_key=" ")
    assert raised.value.problems[0].path == ("idempotencyKey",)


async def test_a_lost_answer_is_asked_for_and_billed_once(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED), recorded=True)

    consultation = await consult(world)

    assert consultation.outcome is ConsultationOutcome.SUCCEEDED
    assert list(world.bureau.billed.values()) == [1]


async def test_a_lost_answer_that_cannot_be_asked_for_is_learnt_by_the_dispatcher(world: World) -> None:
    lost = BureauFailure(failure=FailureClass.UNDETERMINED)
    world.bureau.fail("consult", lost, recorded=True)
    world.bureau.fail("find_consultation", lost)
    with pytest.raises(BureauFailure):
        await consult(world, idempotency_key="k1")

    world.clock.advance(timedelta(seconds=30))
    assert await world.deliver() == 1

    assert (await consult(world, idempotency_key="k1")).outcome is ConsultationOutcome.SUCCEEDED
    assert list(world.bureau.billed.values()) == [1]


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_lost_answer_is_asked_for_once_with_a_password_that_is_refused(
    world: World, failures: int
) -> None:
    """By whoever ordered it, or by the dispatcher after them."""
    lost = BureauFailure(failure=FailureClass.UNDETERMINED)
    world.bureau.fail("consult", lost)
    world.bureau.fail("find_consultation", *[lost] * (failures - 1))
    world.change_at_bureau(CredentialKind.CONSULTATION)
    with pytest.raises(BureauFailure) as raised:
        await consult(world)
    assert raised.value.failure is FailureClass.UNDETERMINED
    for _ in range(6):
        world.clock.advance(timedelta(minutes=1))
        await world.deliver()
    assert len(world.bureau.called("find_consultation")) == failures
    assert (await world.stored_integration()).consultation.state is CredentialState.REFUSED
    assert await refusals_told(world) == ["CONSULTATION"]


async def test_a_crash_after_the_order_is_cleared_up_by_the_dispatcher(world: World) -> None:
    pause = world.bureau.pause("consult")
    crashed = asyncio.create_task(consult(world))
    await pause.reached.wait()
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)

    assert await world.deliver() == 0
    world.clock.advance(LEASE)
    await world.deliver()
    assert len(world.bureau.called("find_consultation")) == 1
    world.clock.advance(GIVE_UP_AFTER)
    await world.deliver()

    async with world.units_of_work.read() as work:
        assert await work.consultations.open_ones(world.customer.document, Environment.HOMOLOGATION) == []
    assert world.bureau.billed == {}
    assert len(world.bureau.called("consult")) == 1


async def test_an_order_that_stays_open_is_not_repeated_but_reported_as_unavailable(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED))
    with pytest.raises(BureauFailure):
        await consult(world)

    before = world.clock.now()
    with pytest.raises(BureauFailure) as raised:
        await consult(world)

    assert raised.value.failure is FailureClass.UNDETERMINED
    assert PATIENCE <= world.clock.now() - before < PATIENCE + timedelta(seconds=1)
    assert len(world.bureau.called("consult")) == 1


async def test_an_outcome_that_nobody_can_ask_for_any_more_does_not_block_the_document(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED))
    with pytest.raises(BureauFailure):
        await consult(world)
    gone = replace(world.integration, deleted_at=world.clock.now())
    async with world.units_of_work.begin() as work:
        await work.integrations.save(gone.with_credential(gone.consultation.destroyed()))

    world.clock.advance(timedelta(minutes=1))
    await world.deliver()

    async with world.units_of_work.read() as work:
        page = await work.consultations.page(
            ConsultationFilter(),
            Order(ConsultationOrderField.NUMBER, Direction.ASC),
            Window(size=10),
        )
    assert [edge.record.outcome for edge in page.edges] == [ConsultationOutcome.FAILED]


async def test_a_key_that_joined_an_equal_order_stands_for_it(world: World) -> None:
    await world.set_parameters(repeat_interval_days=None)
    pause = world.bureau.pause("consult")
    first = asyncio.create_task(consult(world, idempotency_key="k1"))
    await pause.reached.wait()
    second = asyncio.create_task(consult(world, idempotency_key="k2"))
    await asyncio.sleep(0)
    pause.resumed.set()

    assert await first == await second == await consult(world, idempotency_key="k2")
    assert list(world.bureau.billed.values()) == [1]


async def test_an_order_that_stays_open_for_long_blocks_nobody(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED))
    with pytest.raises(BureauFailure):
        await consult(world)

    world.clock.advance(BLOCKS_FOR)

    assert (await consult(world)).outcome is ConsultationOutcome.SUCCEEDED


async def test_an_order_is_not_placed_when_its_lease_is_about_to_end(world: World) -> None:
    use_case = world.use_case(ConsultCredit)
    suspended = replace(use_case, units_of_work=Suspended(world))

    with pytest.raises(BureauFailure):
        await suspended(consulting(world))

    assert world.bureau.called("consult") == []


async def test_only_what_is_stored_now_is_answered_with_its_report(world: World) -> None:
    first = await world.use_case(ConsultCredit)(consulting(world, idempotency_key="k1"))
    again = await world.use_case(ConsultCredit)(consulting(world, idempotency_key="k1"))
    late = await world.use_case(SettleConsultation).delivered(
        Claim(intent=make_intent(), attempt=1, until=world.clock.now()),
        first.consultation.id,
        make_bureau_report(),
        world.integration.consultation,
    )

    async with world.units_of_work.read() as work:
        stored = await work.consultations.reports([first.consultation.id])
    assert first.report == stored[first.consultation.id]
    assert again == late == Consulted(first.consultation)


class Suspended(UnitsOfWork):
    """Units of work of a process that sleeps for a minute after each one."""

    def __init__(self, world: World) -> None:
        self._world = world

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with self._world.units_of_work.begin() as work:
            yield work
        self._world.clock.advance(timedelta(minutes=1))

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._world.units_of_work.read()
