"""The parameters of the collection routine: of the company, and of the branches that inherit from it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.collection import (
    AutomaticNegativation,
    effective,
)
from core.domain.errors import Forbidden, InvalidInput, NotFound
from core.use_cases.collection_settings import (
    ReadCollectionParameters,
    UpdateCollectionParameters,
    UpdateCollectionParametersCommand,
)
from support.builders import TODAY, make_branch, make_caller
from support.collecting import YES, collecting_company
from support.world import World


@pytest.fixture
async def world() -> World:
    return await collecting_company()


def test_never_sooner_than_the_bureau_takes_a_debt() -> None:
    early = effective(replace(YES, days_after_due=1), None)
    assert early.overdue_until(TODAY) == TODAY - timedelta(days=4)


@pytest.mark.parametrize(
    ("run_date", "expected"),
    [(date(1, 1, 1), date.min), (date(1, 1, 31), date.min), (date(1, 2, 1), date(1, 1, 2))],
)
def test_the_days_before_all_dates_are_none(run_date: date, expected: date) -> None:
    assert effective(replace(YES, days_after_due=30), None).overdue_until(run_date) == expected


async def update(world: World, **changes: Any) -> None:
    values = {"branch_id": None, "automatic": AutomaticNegativation.YES, "days_after_due": 30, **changes}
    await world.use_case(UpdateCollectionParameters)(
        UpdateCollectionParametersCommand(caller=world.caller, **values)
    )


async def test_parameters_are_saved_and_read_with_inheritance(world: World) -> None:
    await update(world, days_after_due=45)
    await update(
        world, branch_id=world.branch.id, automatic=AutomaticNegativation.DEFAULT, days_after_due=None
    )

    view = await world.use_case(ReadCollectionParameters)(world.caller, world.branch.id)

    assert view.parameters.days_after_due is None
    assert (view.effective.automatic, view.effective.days_after_due) == (True, 45)


async def test_the_company_cannot_inherit_and_all_of_it_is_said(world: World) -> None:
    with pytest.raises(InvalidInput) as raised:
        await update(world, automatic=AutomaticNegativation.DEFAULT, days_after_due=None)
    assert [(problem.path, problem.code) for problem in raised.value.problems] == [
        (("daysAfterDue",), "COMPANY_CANNOT_INHERIT"),
        (("automatic",), "COMPANY_CANNOT_INHERIT"),
    ]

    with pytest.raises(InvalidInput):
        await update(world, days_after_due=3)
    with pytest.raises(NotFound):
        await update(world, branch_id=make_branch().id)
    world.caller = make_caller(branch_ids=frozenset({world.branch.id}))
    with pytest.raises(Forbidden) as refused:
        await update(world)
    assert refused.value.scope == "EVERY_BRANCH"


async def test_parameters_that_are_left_out_stay(world: World) -> None:
    await update(world, days_after_due=45)
    command = UpdateCollectionParametersCommand(
        caller=world.caller, branch_id=None, automatic=AutomaticNegativation.NO
    )

    view = await world.use_case(UpdateCollectionParameters)(command)

    assert (view.parameters.automatic, view.parameters.days_after_due) == (AutomaticNegativation.NO, 45)
