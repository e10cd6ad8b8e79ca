"""A branch orders no more consultations in a day than its budget allows, however many ask at once, on every storage."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.bureau import BureauFailure, FailureClass
from core.domain.consultation import Consultation, ConsultationBudgetExceeded
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import DocumentSubject
from support.builders import NOW
from support.documents import synthetic_cnpj
from support.storages import Storage
from support.world import World

MIDNIGHT = datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
"""When the local day of NOW ends."""


@pytest.fixture
async def world(storage: Storage) -> World:
    """A company whose branch may order three consultations a day."""
    world = await World(kept_in=storage).populate()
    world.branch = replace(world.branch, daily_consultation_budget=3)
    async with world.units_of_work.begin() as work:
        await work.branches.save(world.branch)
    return world


async def _consult(world: World, number: int, key: str | None = None) -> Consultation:
    command = ConsultCreditCommand(
        caller=world.caller,
        subject=DocumentSubject(world.branch.id, synthetic_cnpj(number).number),
        plan=ConsultationPlan.CREDNET_TOP,
        idempotency_key=key,
    )
    return (await world.use_case(ConsultCredit)(command)).consultation


async def test_those_who_ask_at_once_get_no_more_than_is_left(world: World) -> None:
    await _consult(world, 1)
    asked = [_consult(world, number) for number in range(2, 10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, ConsultationBudgetExceeded)]
    assert len([answer for answer in answers if isinstance(answer, Consultation)]) == 2
    assert len(refusals) == 6
    assert {(refusal.limit, refusal.used, refusal.resets_at) for refusal in refusals} == {(3, 3, MIDNIGHT)}
    assert sum(world.bureau.billed.values()) == 3


async def test_the_next_day_has_a_budget_of_its_own(world: World) -> None:
    for number in range(3):
        await _consult(world, number)
    world.clock.advance(MIDNIGHT - NOW - timedelta(seconds=1))
    with pytest.raises(ConsultationBudgetExceeded):
        await _consult(world, 4)
    world.clock.advance(timedelta(seconds=1))
    await _consult(world, 4)


async def test_what_may_still_be_billed_counts(world: World) -> None:
    unknown = BureauFailure(failure=FailureClass.UNDETERMINED)
    world.bureau.fail("consult", *[unknown] * 3)
    world.bureau.fail("find_consultation", *[unknown] * 3)
    for number in range(3):
        with pytest.raises(BureauFailure):
            await _consult(world, number)
    with pytest.raises(ConsultationBudgetExceeded):
        await _consult(world, 4)


async def test_what_is_not_billed_does_not_count(world: World) -> None:
    world.bureau.fail("consult", *[BureauFailure(failure=FailureClass.TRANSIENT)] * 5)
    for number in range(5):
        with pytest.raises(BureauFailure):
            await _consult(world, number)
    assert (await _consult(world, 6)).billable


async def test_an_answer_that_was_paid_for_is_given_again(world: World) -> None:
    first = await _consult(world, 0, key="first")
    for number in (1, 2):
        await _consult(world, number)
    assert await _consult(world, 0, key="first") == first
    with pytest.raises(ConsultationBudgetExceeded):
        await _consult(world, 3, key="new")
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(world.branch, daily_consultation_budget=4))
    assert (await _consult(world, 3, key="new")).billable


async def test_other_branches_are_not_held_to_it(world: World) -> None:
    for number in range(3):
        await _consult(world, number)
    other = await world.add_branch()
    integration = await world.add_integration(other)
    world.branch = replace(other, integration_id=integration.id)
    async with world.units_of_work.begin() as work:
        await work.branches.save(world.branch)
    for number in range(10, 14):
        assert (await _consult(world, number)).billable
