"""The general parameters: what is accepted, and that what is not given stays."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.errors import Forbidden, InvalidInput
from core.domain.money import Money
from core.domain.parameters import CreditParameters
from core.use_cases.update_credit_parameters import UpdateCreditParameters, UpdateCreditParametersCommand
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World


async def update(world: World, **changes: Any) -> CreditParameters:
    command = UpdateCreditParametersCommand(caller=world.caller)
    return await world.use_case(UpdateCreditParameters)(replace(command, **changes))


async def stored(world: World) -> CreditParameters:
    async with world.units_of_work.read() as work:
        return await work.parameters.credit()


WHOLE = CreditParameters(
    enabled=False,
    repeat_interval_days=15,
    deprecated_plans_end_on=date(2026, 12, 31),
    minimum_negativation_amount=Money(5_000),
)


async def test_what_is_given_is_stored(world: World) -> None:
    updated = await update(
        world,
        enabled=False,
        repeat_interval_days=15,
        deprecated_plans_end_on=date(2026, 12, 31),
        minimum_negativation_amount=Decimal("50.00"),
    )
    assert updated == await stored(world) == WHOLE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"enabled": True}, replace(WHOLE, enabled=True)),
        ({"repeat_interval_days": None}, replace(WHOLE, repeat_interval_days=None)),
        ({"repeat_interval_days": 0}, replace(WHOLE, repeat_interval_days=0)),
        ({"repeat_interval_days": 3650}, replace(WHOLE, repeat_interval_days=3650)),
        ({"deprecated_plans_end_on": None}, replace(WHOLE, deprecated_plans_end_on=None)),
        ({"minimum_negativation_amount": None}, replace(WHOLE, minimum_negativation_amount=None)),
        ({}, WHOLE),
    ],
)
async def test_what_is_not_given_stays_and_none_clears(
    world: World, given: dict[str, Any], expected: CreditParameters
) -> None:
    await world.set_parameters(**{field: getattr(WHOLE, field) for field in WHOLE.__slots__})
    assert await update(world, **given) == await stored(world) == expected


async def test_every_problem_is_said_at_once(world: World) -> None:
    with refused(world, InvalidInput) as caught:
        await update(
            world,
            enabled=False,
            repeat_interval_days=3651,
            deprecated_plans_end_on=date(1989, 12, 31),
            minimum_negativation_amount=Decimal("0"),
        )
    assert problems_of(caught) == {
        ("repeatIntervalDays", "INVALID_INTERVAL"),
        ("deprecatedPlansEndOn", "DATE_OUT_OF_RANGE"),
        ("minimumNegativationAmount", "INVALID_AMOUNT"),
    }


async def test_a_negative_interval_is_refused(world: World) -> None:
    with refused(world, InvalidInput) as caught:
        await update(world, repeat_interval_days=-1)
    assert problems_of(caught) == {("repeatIntervalDays", "INVALID_INTERVAL")}


async def test_the_trail_tells_of_changes_only(world: World) -> None:
    await update(world, repeat_interval_days=30)
    assert await events_of(world, AuditAction.PARAMETERS_UPDATED) == []
    await update(world, enabled=False, repeat_interval_days=7)
    (event,) = await events_of(world, AuditAction.PARAMETERS_UPDATED)
    assert event.details == {
        "fields": "enabled,repeatIntervalDays",
        "enabled": False,
        "repeatIntervalDays": 7,
    }


async def test_who_may_change_them(world: World) -> None:
    with refused(world, Forbidden) as caught:
        scopes = frozenset(Scope) - {Scope.CONFIGURE}
        await update(world, enabled=False, caller=replace(world.caller, scopes=scopes))
    assert caught.value.scope == "CONFIGURE"
    with refused(world, Forbidden) as caught:
        branches = frozenset({world.branch.id})
        await update(world, enabled=False, caller=replace(world.caller, branch_ids=branches))
    assert caught.value.scope == "EVERY_BRANCH"
