"""Plans (planos): the kinds of report contracted with the bureau."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.errors import DomainError


class ConsultationPlan(StrEnum):
    """A plan that one consultation is made with."""

    NEGATIVE_INDICATOR = "NEGATIVE_INDICATOR"
    CREDNET_TOP = "CREDNET_TOP"
    REPORT_AND_SCORE = "REPORT_AND_SCORE"


class IntegrationPlan(StrEnum):
    """The plan of an integration: one of the plans, fixed for every consultation, or ALL, chosen at each one."""

    NEGATIVE_INDICATOR = "NEGATIVE_INDICATOR"
    CREDNET_TOP = "CREDNET_TOP"
    REPORT_AND_SCORE = "REPORT_AND_SCORE"
    ALL = "ALL"

    @property
    def allowed(self) -> tuple[ConsultationPlan, ...]:
        """The plans that a consultation under this integration may be made with."""
        if self is IntegrationPlan.ALL:
            return tuple(ConsultationPlan)
        return (ConsultationPlan(self.value),)


DEPRECATED_PLANS = frozenset({ConsultationPlan.NEGATIVE_INDICATOR, ConsultationPlan.CREDNET_TOP})
"""Plans announced to be discontinued; REPORT_AND_SCORE replaces them."""

PLAN_NAMES = {
    ConsultationPlan.NEGATIVE_INDICATOR: "Indicador de negativos",
    ConsultationPlan.CREDNET_TOP: "Crednet Top",
    ConsultationPlan.REPORT_AND_SCORE: "Relatório + Score",
}
"""The plans' names on the provider's screens, until the provider itself could be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOffer:
    """A plan as the provider offers it now: its name there and, when told, its price."""

    plan: ConsultationPlan
    name: str
    price_centavos: int | None = None


@dataclass(eq=False, kw_only=True)
class PlanRequired(DomainError):
    """The integration is set to ALL (Todos), so the consultation must say which of `allowed` it wants."""

    allowed: tuple[ConsultationPlan, ...]


@dataclass(eq=False, kw_only=True)
class PlanNotAllowed(DomainError):
    """The integration's plan is fixed to another one, or `plan` was discontinued on `ended_on`."""

    plan: ConsultationPlan
    allowed: tuple[ConsultationPlan, ...]
    ended_on: date | None = None


def plans_in_force(today: date, deprecated_plans_end_on: date | None) -> tuple[ConsultationPlan, ...]:
    """The plans that may still be used: the deprecated ones are refused from `deprecated_plans_end_on` on."""
    ended = deprecated_plans_end_on is not None and today >= deprecated_plans_end_on
    return tuple(plan for plan in ConsultationPlan if not (ended and plan in DEPRECATED_PLANS))


def require_in_force(plan: IntegrationPlan, *, today: date, deprecated_plans_end_on: date | None) -> None:
    """Raise PlanNotAllowed when an integration would be fixed to a plan that was discontinued."""
    if plan is IntegrationPlan.ALL:
        return
    fixed, in_force = ConsultationPlan(plan.value), plans_in_force(today, deprecated_plans_end_on)
    if fixed not in in_force:
        raise PlanNotAllowed(plan=fixed, allowed=in_force, ended_on=deprecated_plans_end_on)


def resolve_plan(
    fixed: IntegrationPlan,
    requested: ConsultationPlan | None,
    *,
    today: date,
    deprecated_plans_end_on: date | None,
) -> ConsultationPlan:
    """The plan to consult with: the fixed one, or the requested one when the integration is set to ALL.

    A plan that differs from the fixed one is refused, never switched silently, because the price differs. Deprecated
    plans are refused from `deprecated_plans_end_on` on. Raises PlanRequired or PlanNotAllowed.
    """
    in_force = plans_in_force(today, deprecated_plans_end_on)
    allowed = tuple(plan for plan in fixed.allowed if plan in in_force)
    if requested is None and fixed is IntegrationPlan.ALL:
        raise PlanRequired(allowed=allowed)
    plan = requested or ConsultationPlan(fixed.value)
    if plan not in allowed:
        ended_on = deprecated_plans_end_on if plan in fixed.allowed else None
        raise PlanNotAllowed(plan=plan, allowed=allowed, ended_on=ended_on)
    return plan
