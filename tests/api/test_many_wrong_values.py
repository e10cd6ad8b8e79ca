"""Of values that are wrong by the thousand, as many are told as the largest import may have; the work ends there, too."""

from typing import Any

import pytest

import api.documents
import api.variables
from api.execution import Outcome, check
from api.http.requests import GraphQLRequest
from api.variables import MAX_WRONG
from api.wrong_values import MAX_REPEATED, explain
from core.use_cases.save_rows import MAX_ROWS
from support.desk import Desk, shared_schema
from support.mutation_inputs import mutation_document

STATUSES = "query ($s: [InvoiceStatus!]) { invoices(filter: {status: $s}) { totalCount } }"
ROW = {"externalId": "1", "branchExternalId": "2", "document": "3", "name": "4"}


async def test_what_is_wrong_with_the_largest_import_is_told_all_at_once(desk: Desk) -> None:
    rows = [ROW | {"document": index} for index in range(MAX_ROWS)]
    answer = await desk.ask(
        mutation_document("save_customers", "__typename"), {"input": {"rows": rows}}, language="en"
    )
    assert answer.status == 400
    assert [error["message"] for error in answer.errors] == [
        f"Invalid value at `$input.rows.{index}.document`: expected is String!." for index in range(MAX_ROWS)
    ]


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        (
            "pt-BR",
            "Valor inválido em `$s.0`: é esperado InvoiceStatus! (OPEN, SETTLED, CANCELLED, RENEGOTIATED).",
            f"Pode haver mais valores inválidos: a verificação parou depois de {MAX_WRONG}.",
        ),
        (
            "en",
            "Invalid value at `$s.0`: expected is InvoiceStatus! (OPEN, SETTLED, CANCELLED, RENEGOTIATED).",
            f"More values may be wrong: checking stopped after {MAX_WRONG}.",
        ),
    ],
)
async def test_of_more_wrong_variables_than_that_is_told_that_there_are_more(
    desk: Desk, language: str, first: str, last: str
) -> None:
    answer = await desk.ask(STATUSES, {"s": [5] * 2_000}, language=language)
    assert answer.status == 400
    assert len(answer.errors) == MAX_WRONG + 1
    assert (answer.errors[0]["message"], answer.errors[-1]["message"]) == (first, last)
    assert {error["extensions"]["code"] for error in answer.errors} == {"INVALID_VARIABLES"}


UNKNOWN = " ".join(f"a{index}: 1" for index in range(1_000))


@pytest.mark.parametrize(
    ("query", "variables", "most"),
    [
        (STATUSES, {"s": [5] * 2_000}, MAX_WRONG + 1),
        (
            mutation_document("update_branch", "__typename"),
            {"input": {"branchId": "x", **{f"a{index}": 1 for index in range(2_000)}}},
            MAX_REPEATED + 1,
        ),
        (
            f'mutation {{ updateBranch(input: {{branchId: "x", {UNKNOWN}}}) {{ __typename }} }}',
            {},
            MAX_REPEATED + 1,
        ),
        (f"{{ nodes(ids: [{'{} ' * 1_000}]) {{ id }} }}", {}, api.documents.MAX_ERRORS + 1),
    ],
    ids=["list", "unknown fields", "unknown fields in a literal", "list in a literal"],
)
def test_nor_is_more_looked_at(
    monkeypatch: pytest.MonkeyPatch, query: str, variables: dict[str, Any], most: int
) -> None:
    explained = 0

    def count(*args: Any) -> Any:
        nonlocal explained
        explained += 1
        return explain(*args)

    for module in (api.documents, api.variables):
        monkeypatch.setattr(module, "explain", count)
    api.documents.prepare.cache_clear()
    outcome = check(shared_schema(), GraphQLRequest(query=query, operation_name=None, variables=variables))
    assert isinstance(outcome, Outcome)
    assert 0 < explained <= most
