"""Values of the wrong type, in variables and in literals: named by their path and what is accepted, and none comes back."""

import json
from typing import Any

import pytest

from api.execution import Checked, Outcome, check
from api.http.requests import GraphQLRequest
from support.desk import Desk, global_id, shared_schema
from support.mutation_inputs import mutation_document

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
    ("literal", "messages"),
    [
        ("{}", ["The field `subject` is missing in `input`."]),
        (
            '{subject: {customerId: "x"}, S3gredo: 1}',
            ["In `input` there is a field that the type ConsultCreditInput does not have."],
        ),
        (
            "{subject: {}, plan: S3gredo}",
            [
                "Invalid value at `input.plan`: expected is ConsultationPlan (NEGATIVE_INDICATOR, CREDNET_TOP, REPORT_AND_SCORE).",
                "In `input.subject` exactly one of these fields is needed: customerId, leadId, prospectId, document.",
            ],
        ),
        (
            '{subject: {document: {number: "1"}}}',
            [
                "The field `branchId` is missing in `input.subject.document`.",
            ],
        ),
        ('"S3gredo"', ["Invalid value at `input`: expected is ConsultCreditInput!."]),
        ("null", ["Invalid value at `input`: expected is ConsultCreditInput!."]),
    ],
)
async def test_what_is_wrong_with_a_literal_is_told_as_of_a_variable(
    desk: Desk, literal: str, messages: list[str]
) -> None:
    query = f"mutation {{ consultCredit(input: {literal}) {{ __typename }} }}"
    answer = await desk.ask(query, language="en")
    assert (answer.status, answer.data) == (400, None)
    assert {error["extensions"]["code"] for error in answer.errors} == {"VALIDATION_ERROR"}
    assert [error["message"] for error in answer.errors] == messages
    assert all(error["locations"] for error in answer.errors)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ customers(first: true) { totalCount } }", "Invalid value at `first`: expected is Int."),
        ('{ nodes(ids: ["x", 1.5]) { id } }', "Invalid value at `ids.1`: expected is ID!."),
        (
            "query ($d: Date = 5) { invoices(filter: {dueTo: $d}) { totalCount } }",
            'Invalid value at `$d`: expected is Date, "2026-01-31".',
        ),
        (
            "{ invoices(filter: {status: [OPEN, GONE]}) { totalCount } }",
            "Invalid value at `filter.status.1`: expected is InvoiceStatus! (OPEN, SETTLED, CANCELLED, RENEGOTIATED).",
        ),
        ("{ viewer @skip(if: 1) { name } }", "Invalid value at `if`: expected is Boolean!."),
    ],
)
async def test_a_literal_of_the_wrong_type_is_named_by_its_path(desk: Desk, query: str, message: str) -> None:
    answer = await desk.ask(query, language="en")
    assert (answer.status, answer.code(), answer.error()["message"]) == (400, "VALIDATION_ERROR", message)


@pytest.mark.parametrize(
    "subject", [{}, {"customerId": "x", "leadId": "y"}, {"customerId": None}, {"document": {"number": "1"}}]
)
async def test_a_subject_is_exactly_one_of_its_fields(desk: Desk, subject: dict[str, Any]) -> None:
    document = mutation_document("consult_credit", "__typename")
    answer = await desk.ask(document, {"input": {"subject": subject}})
    assert (answer.status, answer.code()) == (400, "INVALID_VARIABLES")


@pytest.mark.parametrize(
    ("header", "given", "variables", "where"),
    [
        ("($i: ConsultCreditInput!)", "$i", {"i": {"subject": {"customerId": "x", "leadId": "y"}}}, "$i"),
        ("($i: ConsultCreditInput!)", "$i", {"i": {"subject": {"customerId": None}}}, "$i"),
        ("($id: ID)", "{subject: {customerId: $id}}", {"id": None}, "input"),
        ("($id: ID)", "{subject: {customerId: $id}}", {}, "input"),
    ],
)
async def test_which_fields_are_meant_is_told(
    desk: Desk, header: str, given: str, variables: dict[str, Any], where: str
) -> None:
    query = f"mutation {header} {{ consultCredit(input: {given}) {{ __typename }} }}"
    answer = await desk.ask(query, variables, language="en")
    assert (answer.status, answer.code()) == (400, "INVALID_VARIABLES")
    fields = "customerId, leadId, prospectId, document"
    assert (
        answer.error()["message"] == f"In `{where}.subject` exactly one of these fields is needed: {fields}."
    )


async def test_a_field_that_may_be_left_out_may_not_be_null(desk: Desk) -> None:
    changes = {"branchId": global_id(desk.world.branch), "name": None}
    answer = await desk.ask(
        mutation_document("update_branch", "__typename"), {"input": changes}, language="en"
    )
    assert (answer.status, answer.code()) == (400, "INVALID_VARIABLES")
    assert answer.error()["message"] == "The field `$input.name` may be left out, but not be null."


NULLS = [
    ("updateIntegration", 'integrationId: "x"', "plan", "IntegrationPlan"),
    ("updateIntegration", 'integrationId: "x"', "automation", "AutomationChangesInput"),
    ("updateBranch", 'branchId: "x"', "requiresRescission", "Boolean"),
    ("updateInvoice", 'invoiceId: "x"', "amount", "Decimal"),
    ("updateCollectionParameters", 'branchId: "x"', "automatic", "AutomaticNegativation"),
]


@pytest.mark.parametrize(("name", "record", "field", "kind"), NULLS)
@pytest.mark.parametrize(
    ("header", "null", "variables", "code"),
    [
        ("", "null", {}, "VALIDATION_ERROR"),
        ("($no: {kind})", "$no", {"no": None}, "INVALID_VARIABLES"),
        ("($no: {kind} = null)", "$no", {}, "INVALID_VARIABLES"),
    ],
    ids=["literal", "variable", "default"],
)
async def test_nor_may_it_be_null_in_an_input_that_is_written_out(
    desk: Desk,
    name: str,
    record: str,
    field: str,
    kind: str,
    header: str,
    null: str,
    variables: dict[str, Any],
    code: str,
) -> None:
    query = f"mutation M{header.format(kind=kind)} {{ {name}(input: {{{record}, {field}: {null}}}) {{ __typename }} }}"
    answer = await desk.ask(query, variables, language="en")
    assert (answer.status, answer.data, answer.code()) == (400, None, code)
    assert answer.error()["message"] == f"The field `input.{field}` may be left out, but not be null."
    assert answer.error()["locations"]


async def test_what_is_left_out_by_a_variable_is_no_null(desk: Desk) -> None:
    query = (
        "mutation ($id: ID!, $no: String) { updateBranch(input: {branchId: $id, name: $no}) { __typename } }"
    )
    answer = await desk.ask(query, {"id": global_id(desk.world.branch)})
    assert answer.one() == {"__typename": "UpdateBranchSuccess"}


@pytest.mark.parametrize(
    ("query", "where"),
    [
        (
            'mutation ($i: UpdateBranchInput! = {branchId: "x", name: null}) { updateBranch(input: $i) { __typename } }',
            "$i.name",
        ),
        (
            'mutation { saveCustomers(input: {rows: [{externalId: "1", branchExternalId: "2", document: "3", name: "4"},'
            ' {externalId: null, branchExternalId: "2", document: "3", name: "4"}]}) { __typename } }',
            "input.rows.1.externalId",
        ),
    ],
    ids=["default", "row"],
)
async def test_what_is_null_in_a_literal_is_named_by_its_path(desk: Desk, query: str, where: str) -> None:
    answer = await desk.ask(query, language="en")
    assert (answer.status, answer.code()) == (400, "VALIDATION_ERROR")
    assert f"`{where}`" in answer.error()["message"]


@pytest.mark.parametrize(
    ("header", "field", "variables", "path", "where", "expected"),
    [
        ('$no: ID = "x"', "node(id: $no) { id }", {"no": None}, ["node"], "id", "ID!"),
        ('$no: ID = "x"', 'nodes(ids: ["x", $no]) { id }', {"no": None}, ["nodes"], "ids.1", "ID!"),
        (
            "$no: InvoiceStatus = OPEN",
            "invoices(filter: {status: [OPEN, $no]}) { totalCount }",
            {"no": None},
            ["invoices"],
            "filter.status.1",
            "InvoiceStatus! (OPEN, SETTLED, CANCELLED, RENEGOTIATED)",
        ),
        (
            "$no: Boolean = true",
            "viewer { ...Named } } fragment Named on Viewer { name @skip(if: $no)",
            {"no": None},
            ["viewer"],
            "if",
            "Boolean!",
        ),
    ],
)
@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("pt-BR", "Valor inválido em `{}`: é esperado {}."),
        ("en", "Invalid value at `{}`: expected is {}."),
    ],
)
async def test_a_variable_that_is_null_where_nothing_may_be_is_an_error_of_its_field(
    desk: Desk,
    header: str,
    field: str,
    variables: dict[str, Any],
    path: list[str],
    where: str,
    expected: str,
    language: str,
    message: str,
) -> None:
    answer = await desk.ask(f"query Q({header}) {{ {field} }}", variables, language=language)
    assert (answer.status, answer.code()) == (200, "INVALID_VARIABLES")
    assert answer.error()["message"] == message.format(where, expected)
    assert answer.error()["path"] == path
    assert answer.error()["locations"]


async def test_a_mutation_whose_input_a_variable_leaves_null_does_nothing(desk: Desk) -> None:
    query = """
        mutation ($no: String = "x", $id: ID!) {
            createLead(input: {branchId: $id, document: "529.982.247-25", name: $no}) { __typename }
        }
    """
    answer = await desk.ask(query, {"id": global_id(desk.world.branch), "no": None}, language="en")
    assert (answer.status, answer.data, answer.code()) == (200, None, "INVALID_VARIABLES")
    assert answer.error()["message"] == "Invalid value at `input.name`: expected is String!."
    assert answer.error()["path"] == ["createLead"]


def test_the_nulls_of_other_operations_are_none_of_its_own() -> None:
    query = """
        mutation Other($no: String) { ...Named }
        fragment Named on Mutation { updateBranch(input: {branchId: "x", name: $no}) { __typename } }
        mutation This($no: String) { clearNegativation(input: {negativationId: "x", clearingCode: $no}) { __typename } }
    """
    variables = {"no": None}
    other, this = (
        check(shared_schema(), GraphQLRequest(query=query, operation_name=name, variables=variables))
        for name in ("Other", "This")
    )
    assert isinstance(other, Outcome)
    assert isinstance(this, Checked)


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
