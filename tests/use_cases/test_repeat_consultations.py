"""Consulting again: inside the interval it is warned of, and what counts for the interval."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.domain.audit import AuditAction
from core.domain.bureau import BureauFailure, Environment, FailureClass
from core.domain.consultation import ConsultationOutcome, RepeatConsultation
from core.domain.plans import ConsultationPlan
from core.use_cases.consultation_subject import DocumentSubject
from support.builders import make_branch
from support.consulting import consult
from support.documents import synthetic_cpf
from support.trail import actions_of
from support.world import World


async def test_inside_the_interval_the_answer_is_a_warning_with_the_earlier_consultation(
    world: World,
) -> None:
    first = await consult(world)
    world.clock.advance(timedelta(days=29))

    with pytest.raises(RepeatConsultation) as raised:
        await consult(world, plan=ConsultationPlan.CREDNET_TOP)

    assert raised.value.last == first
    assert raised.value.available_on == date(2026, 4, 15)
    assert len(world.bureau.called("consult")) == 1
    events = await actions_of(world)
    assert events == [AuditAction.CONSULTATION_WARNED, AuditAction.CONSULTATION_PERFORMED]


async def test_confirmed_it_is_consulted_again(world: World) -> None:
    await consult(world)

    again = await consult(world, confirm_repeat=True)

    assert again.repeat_confirmed
    assert len(world.bureau.billed) == 2


@pytest.mark.parametrize("interval", [None, 0])
async def test_without_an_interval_there_is_no_warning(world: World, interval: int | None) -> None:
    await world.set_parameters(repeat_interval_days=interval)
    await consult(world)

    await consult(world)

    assert len(world.bureau.billed) == 2


async def test_the_interval_counts_the_whole_company_but_not_the_other_environment(world: World) -> None:
    other = make_branch()
    integration = await world.add_integration(other)
    production = make_branch()
    real = await world.add_integration(production, environment=Environment.PRODUCTION)
    async with world.units_of_work.begin() as work:
        await work.branches.add(replace(other, integration_id=integration.id))
        await work.branches.add(replace(production, integration_id=real.id))
    await consult(world)
    number = world.customer.document.number

    with pytest.raises(RepeatConsultation):
        await consult(world, subject=DocumentSubject(other.id, number, "SC"))
    await consult(world, subject=DocumentSubject(production.id, number, "SC"))


async def test_failed_consultations_do_not_count_for_the_interval(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.TRANSIENT))
    with pytest.raises(BureauFailure):
        await consult(world)

    assert (await consult(world)).outcome is ConsultationOutcome.SUCCEEDED


async def test_a_document_of_somebody_else_is_not_part_of_the_interval(world: World) -> None:
    await consult(world)

    await consult(world, subject=DocumentSubject(world.branch.id, synthetic_cpf(4711).number, "SC"))

    assert len(world.bureau.billed) == 2
