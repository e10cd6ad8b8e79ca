"""The plans on offer ("Buscar plano"): only what the branch may use now, asked for once a day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.bureau import BureauAccount, BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialState
from core.domain.errors import Forbidden, NotFound
from core.domain.integration import IntegrationNotLinked
from core.domain.money import Money
from core.domain.plans import ConsultationPlan, IntegrationPlan, PlanOffer
from core.use_cases.consultation_plans import ConsultationPlans, ConsultationPlansCommand, OfferedPlan
from support.refusals import refused
from support.trail import refusals_told
from support.world import CONSULTATION_PASSWORD, World

NEGATIVE, TOP, REPORT = ConsultationPlan


async def plans(world: World, **changes: Any) -> list[OfferedPlan]:
    command = ConsultationPlansCommand(caller=world.caller, branch_id=world.branch.id)
    return await world.use_case(ConsultationPlans)(replace(command, **changes))


async def fix_plan(world: World, plan: IntegrationPlan) -> None:
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, plan=plan))


def failure() -> BureauFailure:
    return BureauFailure(failure=FailureClass.TRANSIENT)


async def test_all_that_the_provider_offers_with_deprecation_and_price(world: World) -> None:
    ends_on = date(2026, 12, 31)
    await world.set_parameters(deprecated_plans_end_on=ends_on)
    price = Money(250)
    assert await plans(world) == [
        OfferedPlan(plan=NEGATIVE, name="Negative_Indicator", deprecated=True, ends_on=ends_on, price=price),
        OfferedPlan(plan=TOP, name="Crednet_Top", deprecated=True, ends_on=ends_on, price=price),
        OfferedPlan(plan=REPORT, name="Report_And_Score", deprecated=False, ends_on=None, price=price),
    ]


async def test_the_consultation_password_is_what_is_asked_with(world: World) -> None:
    await plans(world)
    (call,) = world.bureau.calls
    assert call.operation == "plans"
    assert call.account.password == CONSULTATION_PASSWORD
    assert world.bureau.billed == {}


async def test_a_fixed_plan_is_the_only_offer(world: World) -> None:
    await fix_plan(world, IntegrationPlan.CREDNET_TOP)
    assert [offer.plan for offer in await plans(world)] == [TOP]


async def test_what_has_ended_is_left_out(world: World) -> None:
    await world.set_parameters(deprecated_plans_end_on=date(2026, 3, 16))
    assert [offer.plan for offer in await plans(world)] == [REPORT]
    await world.set_parameters(deprecated_plans_end_on=date(2026, 3, 17))
    assert [offer.plan for offer in await plans(world)] == [NEGATIVE, TOP, REPORT]


async def test_what_the_provider_does_not_sell_is_left_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sold(account: BureauAccount) -> list[PlanOffer]:
        return [PlanOffer(plan=REPORT, name="Relatório", price_centavos=None)]

    monkeypatch.setattr(world.bureau, "plans", sold)
    expected = [OfferedPlan(plan=REPORT, name="Relatório", deprecated=False, ends_on=None, price=None)]
    assert await plans(world) == expected
    assert await plans(world) == expected, "the same from what was kept"


async def test_the_provider_is_asked_once_a_day(world: World) -> None:
    first = await plans(world)
    world.clock.advance(timedelta(days=1) - timedelta(seconds=1))
    assert await plans(world) == first
    assert len(world.bureau.called("plans")) == 1
    world.clock.advance(timedelta(seconds=1))
    assert await plans(world) == first
    assert len(world.bureau.called("plans")) == 2


async def test_the_last_known_offer_holds_while_the_provider_cannot_be_asked(world: World) -> None:
    first = await plans(world)
    world.clock.advance(timedelta(days=2))
    world.bureau.fail("plans", failure())
    assert await plans(world) == first


async def test_before_it_ever_could_be_asked_the_usual_names_serve(world: World) -> None:
    world.bureau.fail("plans", failure())
    offered = await plans(world)
    assert [(offer.name, offer.price) for offer in offered] == [
        ("Indicador de negativos", None),
        ("Crednet Top", None),
        ("Relatório + Score", None),
    ]
    assert len(await plans(world)) == 3
    assert len(world.bureau.called("plans")) == 2, "a guess is not kept"


async def test_with_a_refused_password_the_provider_is_not_asked(world: World) -> None:
    refused_one = replace(world.integration.consultation, state=CredentialState.REFUSED)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration.with_credential(refused_one))
    assert [offer.plan for offer in await plans(world)] == [NEGATIVE, TOP, REPORT]
    assert world.bureau.calls == []


@pytest.mark.parametrize("known", [False, True])
async def test_a_refused_password_is_shown_once_and_told_of(world: World, known: bool) -> None:
    if known:
        await plans(world)
        world.clock.advance(timedelta(days=2))
    asked = len(world.bureau.called("plans"))
    world.change_at_bureau(CredentialKind.CONSULTATION)

    offered = [await plans(world) for _ in range(6)]

    assert {plan.price is not None for each in offered for plan in each} == {known}
    assert [len(each) for each in offered] == [3] * 6
    assert len(world.bureau.called("plans")) == asked + 1
    integration = await world.stored_integration()
    assert integration.consultation.state is CredentialState.REFUSED
    assert integration.pefin == world.integration.pefin
    assert await refusals_told(world) == ["CONSULTATION"]


async def test_who_may_ask_and_where(world: World) -> None:
    with refused(world, Forbidden):
        await plans(world, caller=replace(world.caller, scopes=frozenset(Scope) - {Scope.READ}))
    with refused(world, NotFound):
        await plans(world, caller=replace(world.caller, branch_ids=frozenset()))
    other = await world.add_branch()
    with refused(world, IntegrationNotLinked) as caught:
        await plans(world, branch_id=other.id)
    assert caught.value.branch_number == other.number
