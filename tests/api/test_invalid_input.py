"""Wrong ids, unknown records and filters that make no sense: typed and coded, and no value that was sent comes back."""

from typing import Any

import pytest

from api.ids import encode_id, split_id
from support.builders import new_id
from support.desk import Desk, global_id
from support.mutation_inputs import WRITES, mutation_document, with_ids

PROBLEMS = "__typename ... on InvalidInputError { problems { path code } } ... on NotFoundError { kind path }"


def _ids_in(value: dict[str, Any], *path: str) -> list[tuple[list[str], str]]:
    """Where an input takes ids, and of which kind."""
    found = []
    for name, inside in value.items():
        if isinstance(inside, dict):
            found += _ids_in(inside, *path, name)
        elif isinstance(inside, str) and inside.startswith("{"):
            found.append(([*path, name], inside.strip("{}")))
    return found


def _replaced(value: Any, replacement: str) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(inside, replacement) for name, inside in value.items()}
    return replacement if isinstance(value, str) and value.startswith("{") else value


BAD_IDS = ["", "x", "7", "é", "T3Jh", encode_id("Nothing", new_id()), encode_id("AuditEvent", new_id())]
WITH_IDS = [name for name, data in WRITES.items() if _ids_in(data)]


@pytest.mark.parametrize("name", WITH_IDS)
@pytest.mark.parametrize("bad", BAD_IDS)
async def test_what_is_no_id_is_an_invalid_input_that_names_the_field(
    desk: Desk, name: str, bad: str
) -> None:
    data = WRITES[name]
    answer = await desk.ask(mutation_document(name, PROBLEMS), {"input": _replaced(data, bad)})
    assert answer.one() == {
        "__typename": "InvalidInputError",
        "problems": [{"path": path, "code": "INVALID_ID"} for path, _ in _ids_in(data)],
    }


@pytest.mark.parametrize("name", WITH_IDS)
async def test_a_record_that_is_not_there_is_not_found_and_the_field_is_named(desk: Desk, name: str) -> None:
    data = {**WRITES[name], "document": "111.444.777-35", "responsibleCpf": "111.444.777-35"}
    data = {field: value for field, value in data.items() if field in WRITES[name]}
    if "newPassword" in data:
        data |= {"newPassword": "135790", "confirmation": "135790"}
    result = (await desk.ask(mutation_document(name, PROBLEMS), {"input": with_ids(data)})).one()
    assert result["__typename"] == "NotFoundError"
    assert (result["path"], result["kind"]) in [(path, kind) for path, kind in _ids_in(data)]


async def test_a_lone_id_is_read_as_one_of_a_list(desk: Desk) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    answer = await desk.ask(query, {"ids": global_id(desk.world.customer)})
    assert answer.one() == [{"id": global_id(desk.world.customer)}]


async def test_every_bad_id_of_a_list_is_named(desk: Desk) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    answer = await desk.ask(query, {"ids": ["x", global_id(desk.world.customer), "y"]})
    paths = [problem["path"] for problem in answer.error()["extensions"]["problems"]]
    assert paths == [["ids", "0"], ["ids", "2"]]


async def test_too_many_ids_are_refused(desk: Desk) -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    answer = await desk.ask(query, {"ids": ["x"] * 101}, language="en")
    assert answer.error()["extensions"]["problems"] == [
        {"path": ["ids"], "code": "TOO_MANY", "message": "At most 100 items are accepted."}
    ]


async def test_a_query_that_asks_for_an_unknown_record_names_the_argument(desk: Desk) -> None:
    query = "query ($id: ID!) { restrictionCodes(branchId: $id) { code } }"
    answer = await desk.ask(query, {"id": encode_id("Branch", new_id())})
    assert answer.error()["extensions"] == {
        "code": "NOT_FOUND",
        "argument": ["branchId"],
        "requestId": "the-request",
    }


@pytest.mark.parametrize(
    "text", ["Customer", "Q3VzdG9tZXI6", "Q3VzdG9tZXI6eA==", " " + encode_id("Lead", new_id())]
)
def test_an_id_has_one_spelling(text: str) -> None:
    assert split_id(text) is None


@pytest.mark.parametrize(
    ("condition", "path", "code"),
    [
        ({"branchId": "x"}, ["filter", "branchId"], "INVALID_ID"),
        ({"integrationId": "x"}, ["filter", "integrationId"], "INVALID_ID"),
        ({"document": "123"}, ["filter", "document"], "INVALID_DOCUMENT"),
        (
            {"performedFrom": "2026-02-01", "performedTo": "2026-01-31"},
            ["filter", "performedTo"],
            "PERIOD_REVERSED",
        ),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    desk: Desk, condition: dict[str, str], path: list[str], code: str
) -> None:
    query = "query ($filter: ConsultationFilter) { consultations(filter: $filter) { totalCount } }"
    answer = await desk.ask(query, {"filter": condition})
    (problem,) = answer.error()["extensions"]["problems"]
    assert (answer.code(), problem["path"], problem["code"]) == ("INVALID_INPUT", path, code)
