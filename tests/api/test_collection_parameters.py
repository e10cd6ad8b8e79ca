"""When the collection routine negativates by itself: for the company, and for a branch that inherits what it does not say."""

from typing import Any

import pytest

from core.domain.collection import AutomaticNegativation, CollectionParameters
from support.builders import make_caller
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document
from support.world import World

PARAMETERS = "branch { id } automatic daysAfterDue effective { automatic daysAfterDue }"
READ = f"query ($branchId: ID) {{ collectionParameters(branchId: $branchId) {{ {PARAMETERS} }} }}"
UPDATE = mutation_document(
    "update_collection_parameters",
    f"""__typename
    ... on UpdateCollectionParametersSuccess {{ parameters {{ {PARAMETERS} }} }}
    ... on InvalidInputError {{ problems {{ path code message }} }}
    ... on NotFoundError {{ kind path }}""",
)


@pytest.fixture
async def world() -> World:
    """The company negativates by itself thirty days after the due date."""
    world = await World().populate()
    async with world.units_of_work.begin() as work:
        await work.collection_settings.save(
            CollectionParameters(branch_id=None, automatic=AutomaticNegativation.YES, days_after_due=30)
        )
    return world


async def _update(desk: Desk, **given: Any) -> Any:
    return (await desk.ask(UPDATE, {"input": given})).one()


async def test_a_branch_shows_what_it_says_and_what_holds(desk: Desk) -> None:
    company = (await desk.ask(READ)).one()
    assert company == {
        "branch": None,
        "automatic": "YES",
        "daysAfterDue": 30,
        "effective": {"automatic": True, "daysAfterDue": 30},
    }
    branch_id = global_id(desk.world.branch)
    branch = (await desk.ask(READ, {"branchId": branch_id})).one()
    assert branch == {
        "branch": {"id": branch_id},
        "automatic": "DEFAULT",
        "daysAfterDue": None,
        "effective": {"automatic": True, "daysAfterDue": 30},
    }


async def test_what_is_left_out_stays_and_null_inherits(desk: Desk) -> None:
    branch_id = global_id(desk.world.branch)
    changed = await _update(desk, branchId=branch_id, daysAfterDue=45)
    assert changed["parameters"] == {
        "branch": {"id": branch_id},
        "automatic": "DEFAULT",
        "daysAfterDue": 45,
        "effective": {"automatic": True, "daysAfterDue": 45},
    }
    changed = await _update(desk, branchId=branch_id, automatic="NO")
    assert changed["parameters"]["effective"] == {"automatic": False, "daysAfterDue": 45}
    changed = await _update(desk, branchId=branch_id, daysAfterDue=None)
    assert changed["parameters"]["effective"] == {"automatic": False, "daysAfterDue": 30}
    assert (await desk.ask(READ, {"branchId": branch_id})).one() == changed["parameters"]


@pytest.mark.parametrize(
    ("language", "inherit", "range_"),
    [
        (
            "pt-BR",
            "Os parâmetros da empresa não têm de quem herdar: informe um valor.",
            "Os dias após o vencimento vão de 4 a 1790.",
        ),
        (
            "en",
            "The company's parameters have nobody to inherit from: give a value.",
            "The days after the due date lie between 4 and 1790.",
        ),
    ],
)
async def test_all_that_is_wrong_with_the_parameters_is_said_at_once(
    desk: Desk, language: str, inherit: str, range_: str
) -> None:
    data = {"input": {"automatic": "DEFAULT", "daysAfterDue": None}}
    result = (await desk.ask(UPDATE, data, language=language)).one()
    assert result["problems"] == [
        {"path": ["daysAfterDue"], "code": "COMPANY_CANNOT_INHERIT", "message": inherit},
        {"path": ["automatic"], "code": "COMPANY_CANNOT_INHERIT", "message": inherit},
    ]
    result = (await desk.ask(UPDATE, {"input": {"daysAfterDue": 3}}, language=language)).one()
    assert result["problems"] == [
        {"path": ["daysAfterDue"], "code": "INVALID_DAYS_AFTER_DUE", "message": range_}
    ]


async def test_automatic_may_be_left_out_but_not_be_null(desk: Desk) -> None:
    answer = await desk.ask(UPDATE, {"input": {"automatic": None}})
    assert answer.code() == "INVALID_VARIABLES"


async def test_the_company_s_parameters_want_every_branch(desk: Desk) -> None:
    limited = make_caller(branch_ids=frozenset({desk.world.branch.id}))
    answer = await desk.ask(UPDATE, {"input": {"automatic": "NO"}}, caller=limited)
    assert (answer.code(), answer.error()["extensions"]["scope"]) == ("FORBIDDEN", "EVERY_BRANCH")
    own = {"branchId": global_id(desk.world.branch), "automatic": "NO"}
    assert (await desk.ask(UPDATE, {"input": own}, caller=limited)).one()["parameters"]["automatic"] == "NO"


async def test_another_branch_s_parameters_are_not_there(desk: Desk) -> None:
    other = await desk.world.add_branch()
    limited = make_caller(branch_ids=frozenset({desk.world.branch.id}))
    variables = {"branchId": global_id(other)}
    assert (await desk.ask(READ, variables, caller=limited)).code() == "NOT_FOUND"
    result = (await desk.ask(UPDATE, {"input": {**variables, "automatic": "NO"}}, caller=limited)).one()
    assert result == {"__typename": "NotFoundError", "kind": "Branch", "path": ["branchId"]}
