"""Plans: fixed or chosen, and discontinued from a day on."""

from datetime import date

import pytest

from core.domain.plans import (
    DEPRECATED_PLANS,
    PLAN_NAMES,
    ConsultationPlan,
    IntegrationPlan,
    PlanNotAllowed,
    PlanRequired,
    plans_in_force,
    require_in_force,
    resolve_plan,
)

TODAY = date(2026, 3, 16)
REPORT = ConsultationPlan.REPORT_AND_SCORE
FIXED = [plan for plan in IntegrationPlan if plan is not IntegrationPlan.ALL]


def resolve(
    fixed: IntegrationPlan, requested: ConsultationPlan | None, ends_on: date | None = None
) -> ConsultationPlan:
    return resolve_plan(fixed, requested, today=TODAY, deprecated_plans_end_on=ends_on)


@pytest.mark.parametrize("fixed", FIXED)
def test_a_fixed_plan_is_used_asked_for_or_not(fixed: IntegrationPlan) -> None:
    plan = ConsultationPlan(fixed.value)
    assert resolve(fixed, None) is resolve(fixed, plan) is plan


@pytest.mark.parametrize("fixed", FIXED)
@pytest.mark.parametrize("requested", ConsultationPlan)
def test_another_plan_than_the_fixed_one_is_refused(
    fixed: IntegrationPlan, requested: ConsultationPlan
) -> None:
    if requested.value == fixed.value:
        return
    with pytest.raises(PlanNotAllowed) as caught:
        resolve(fixed, requested)
    assert caught.value.plan is requested
    assert caught.value.allowed == (ConsultationPlan(fixed.value),)
    assert caught.value.ended_on is None


@pytest.mark.parametrize("requested", ConsultationPlan)
def test_with_all_any_plan_may_be_chosen(requested: ConsultationPlan) -> None:
    assert resolve(IntegrationPlan.ALL, requested) is requested


def test_with_all_one_must_be_chosen() -> None:
    with pytest.raises(PlanRequired) as caught:
        resolve(IntegrationPlan.ALL, None)
    assert caught.value.allowed == tuple(ConsultationPlan)
    with pytest.raises(PlanRequired) as caught:
        resolve(IntegrationPlan.ALL, None, ends_on=TODAY)
    assert caught.value.allowed == (REPORT,)


@pytest.mark.parametrize("plan", sorted(DEPRECATED_PLANS))
def test_a_discontinued_plan_is_refused_from_that_day_on(plan: ConsultationPlan) -> None:
    tomorrow = date(2026, 3, 17)
    for fixed in (IntegrationPlan(plan.value), IntegrationPlan.ALL):
        assert resolve(fixed, plan, ends_on=tomorrow) is plan
        with pytest.raises(PlanNotAllowed) as caught:
            resolve(fixed, plan, ends_on=TODAY)
        assert caught.value.ended_on == TODAY
        assert plan not in caught.value.allowed


def test_the_recommended_plan_does_not_end() -> None:
    assert {ConsultationPlan.NEGATIVE_INDICATOR, ConsultationPlan.CREDNET_TOP} == DEPRECATED_PLANS
    assert resolve(IntegrationPlan.REPORT_AND_SCORE, None, ends_on=date(2000, 1, 1)) is REPORT
    assert plans_in_force(TODAY, date(2000, 1, 1)) == (REPORT,)
    assert plans_in_force(TODAY, None) == tuple(ConsultationPlan)


def test_an_integration_is_not_fixed_to_an_ended_plan() -> None:
    for plan in IntegrationPlan:
        require_in_force(plan, today=TODAY, deprecated_plans_end_on=None)
    for plan in (IntegrationPlan.ALL, IntegrationPlan.REPORT_AND_SCORE):
        require_in_force(plan, today=TODAY, deprecated_plans_end_on=TODAY)
    with pytest.raises(PlanNotAllowed) as caught:
        require_in_force(IntegrationPlan.CREDNET_TOP, today=TODAY, deprecated_plans_end_on=TODAY)
    assert (caught.value.allowed, caught.value.ended_on) == ((REPORT,), TODAY)


def test_every_plan_has_its_name() -> None:
    assert set(PLAN_NAMES) == set(ConsultationPlan)
