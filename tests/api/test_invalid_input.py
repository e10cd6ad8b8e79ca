"""Wrong ids, unknown records and refused variables: typed and coded, and no value that was sent comes back."""

import json
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


# variables

SECRET = "S3gredo@"
ROTATE = mutation_document("rotate_credentials", "__typename")


def _rotation(desk: Desk, **changes: Any) -> dict[str, Any]:
    whole = {
        "integrationId": global_id(desk.world.integration),
        "kind": "CONSULTATION",
        "newPassword": SECRET,
        "confirmation": SECRET,
    }
    return {"input": {name: value for name, value in (whole | changes).items() if value is not ...}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"newPassword": {"value": SECRET}}, "Invalid value at `$input.newPassword`: expected is String!."),
        ({"newPassword": None}, "Invalid value at `$input.newPassword`: expected is String!."),
        ({"newPassword": ...}, "The field `newPassword` is missing in `$input`."),
        (
            {"kind": SECRET},
            "Invalid value at `$input.kind`: expected is CredentialKind! (CONSULTATION, PEFIN).",
        ),
        (
            {SECRET: SECRET},
            "In `$input` there is a field that the type RotateCredentialsInput does not have.",
        ),
        ({"integrationId": [SECRET]}, "Invalid value at `$input.integrationId`: expected is ID!."),
    ],
)
async def test_a_variable_of_the_wrong_type_is_named_by_its_path_and_never_by_its_value(
    desk: Desk, changes: dict[str, Any], message: str
) -> None:
    answer = await desk.ask(ROTATE, _rotation(desk, **changes), language="en")
    assert (answer.status, answer.data, answer.code()) == (400, None, "INVALID_VARIABLES")
    assert answer.error()["message"] == message
    assert SECRET not in json.dumps(answer.errors)
    assert desk.world.bureau.calls == []


@pytest.mark.parametrize("value", [SECRET, [SECRET], 5, None])
async def test_a_variable_that_is_no_object_at_all(desk: Desk, value: Any) -> None:
    answer = await desk.ask(ROTATE, {"input": value}, language="en")
    assert answer.error()["message"] == "Invalid value at `$input`: expected is RotateCredentialsInput!."


async def test_a_variable_that_is_missing(desk: Desk) -> None:
    answer = await desk.ask(ROTATE, {}, language="en")
    message = "The variable `$input` of type RotateCredentialsInput! is missing."
    assert answer.error()["message"] == message


@pytest.mark.parametrize(
    "literal",
    [
        f'newPassword: ["{SECRET}"]',
        "newPassword: 20260131",
        f'kind: "{SECRET}"',
        f"kind: {SECRET.strip('@')}",
        f'newPassword: {{a: "{SECRET}"}}',
        f'newPassword "{SECRET}"',
        f'"{SECRET}"',
        f'newPassword: "{SECRET}',
        f'newPassword: """{SECRET}""" """{SECRET}"""',
    ],
)
async def test_a_literal_that_is_refused_does_not_come_back(desk: Desk, literal: str) -> None:
    answer = await desk.ask(f"mutation {{ rotateCredentials(input: {{ {literal} }}) {{ __typename }} }}")
    assert answer.status == 400
    told = json.dumps(answer.errors)
    assert SECRET not in told
    assert SECRET.strip("@") not in told
    assert "20260131" not in told


@pytest.mark.parametrize(
    "subject", [{}, {"customerId": "x", "leadId": "y"}, {"customerId": None}, {"document": {"number": "1"}}]
)
async def test_a_subject_is_exactly_one_of_its_fields(desk: Desk, subject: dict[str, Any]) -> None:
    document = mutation_document("consult_credit", "__typename")
    answer = await desk.ask(document, {"input": {"subject": subject}})
    assert (answer.status, answer.code()) == (400, "INVALID_VARIABLES")


async def test_a_field_that_may_be_left_out_may_not_be_null(desk: Desk) -> None:
    changes = {"branchId": global_id(desk.world.branch), "name": None}
    answer = await desk.ask(
        mutation_document("update_branch", "__typename"), {"input": changes}, language="en"
    )
    assert (answer.status, answer.code()) == (400, "INVALID_VARIABLES")
    assert answer.error()["message"] == "The field `$input.name` may be left out, but not be null."


@pytest.mark.parametrize(
    ("amount", "good"),
    [
        ("129.90", True),
        (129.9, True),
        (130, True),
        ("129,90", False),
        ("R$ 1", False),
        ("1e5", False),
        ("NaN", False),
        (True, False),
        (None, False),
        ("9" * 400, False),
        (1e300, False),
    ],
)
async def test_what_is_an_amount(desk: Desk, amount: Any, good: bool) -> None:
    data = {
        "customerId": global_id(desk.world.customer),
        "amount": amount,
        "issuedOn": "2026-01-01",
        "dueOn": "2026-01-31",
    }
    answer = await desk.ask(mutation_document("create_invoice", "__typename"), {"input": data})
    assert (answer.status == 200) is good
    if not good:
        assert "120.50" in answer.error()["message"]


@pytest.mark.parametrize(
    "day", ["2026-1-1", "20260131", "2026-02-30", "2026-W05-1", "31/01/2026", 5, "2026-01-31T00:00"]
)
async def test_what_is_no_date(desk: Desk, day: Any) -> None:
    answer = await desk.ask("query ($d: Date) { invoices(filter: {dueTo: $d}) { totalCount } }", {"d": day})
    assert (answer.status, answer.code()) == (400, "INVALID_VARIABLES")
    assert '"2026-01-31"' in answer.error()["message"]
