"""Each query and mutation needs its scope."""

from typing import Any

import pytest

from api.schema import MUTATIONS, QUERIES
from core.domain.access import Caller, Scope
from support.builders import (
    make_caller,
)
from support.desk import Desk, global_id
from support.mutation_inputs import WRITES, mutation_document, with_ids


def _caller(*scopes: Scope, **changes: Any) -> Caller:
    return make_caller(scopes=frozenset(scopes), **changes)


READS = {
    "branches": ("{ branches { totalCount } }", Scope.READ),
    "integrations": ("{ integrations { totalCount } }", Scope.READ),
    "customers": ("{ customers { totalCount } }", Scope.READ),
    "leads": ("{ leads { totalCount } }", Scope.READ),
    "prospects": ("{ prospects { totalCount } }", Scope.READ),
    "invoices": ("{ invoices { totalCount } }", Scope.READ),
    "negativations": ("{ negativations { totalCount } }", Scope.READ),
    "credit_parameters": ("{ creditParameters { enabled } }", Scope.READ),
    "node": ('{ node(id: "x") { id } }', Scope.READ),
    "nodes": ('{ nodes(ids: ["x"]) { id } }', Scope.READ),
    "consultation_plans": ('{ consultationPlans(branchId: "QnJhbmNo") { name } }', Scope.READ),
    "restriction_codes": ('{ restrictionCodes(branchId: "QnJhbmNo") { code } }', Scope.READ),
    "clearing_codes": ('{ clearingCodes(branchId: "QnJhbmNo") { code } }', Scope.READ),
    "negativation_eligibility": ("{ negativationEligibility(invoiceIds: []) { allowed } }", Scope.READ),
    "consultations": ("{ consultations { totalCount } }", Scope.READ_CONSULTATIONS),
    "clearing_tasks": ("{ clearingTasks { totalCount } }", Scope.READ),
    "collection_parameters": ("{ collectionParameters { daysAfterDue } }", Scope.READ),
    "collection_runs": ("{ collectionRuns { totalCount } }", Scope.READ),
    "monitors": ("{ monitors { totalCount } }", Scope.MONITOR),
    "monitor_changes": ("{ monitorChanges { totalCount } }", Scope.MONITOR),
    "audit_events": ("{ auditEvents { totalCount } }", Scope.AUDIT),
}
FREE = {"viewer", "password_criteria", "password_advice"}


def test_each_query_is_tried_without_its_scope() -> None:
    assert {field.python_name for field in QUERIES} == set(READS) | FREE


@pytest.mark.parametrize("name", READS)
async def test_a_query_without_its_scope_is_forbidden(desk: Desk, name: str) -> None:
    query, scope = READS[name]
    if "QnJhbmNo" in query:
        query = query.replace("QnJhbmNo", global_id(desk.world.branch))
    answer = await desk.ask(query, caller=_caller(*(set(Scope) - {scope})))
    assert answer.status == 200
    assert answer.error()["extensions"] == {
        "code": "FORBIDDEN",
        "scope": scope.value,
        "requestId": "the-request",
    }
    assert scope.value in answer.error()["message"]


async def test_whoever_holds_a_token_may_ask_who_it_is(desk: Desk) -> None:
    query = "{ viewer { name scopes branches { nodes { name } } } passwordCriteria(kind: PEFIN) { code } passwordAdvice { code } }"
    answer = await desk.ask(query, caller=_caller())
    assert answer.errors == []


def test_each_mutation_is_tried_without_its_scope() -> None:
    assert {field.python_name for field in MUTATIONS} == set(WRITES)


@pytest.mark.parametrize("name", WRITES)
async def test_a_mutation_without_its_scope_is_forbidden_and_does_nothing(desk: Desk, name: str) -> None:
    data, scope = WRITES[name]
    answer = await desk.ask(
        mutation_document(name, "__typename"),
        {"input": with_ids(data)},
        caller=_caller(*(set(Scope) - {scope})),
        language="en",
    )
    assert (answer.status, answer.data) == (200, None)
    assert answer.error()["extensions"] == {
        "code": "FORBIDDEN",
        "scope": scope.value,
        "requestId": "the-request",
    }
    assert answer.error()["message"] == f"The token lacks the scope {scope.value}."
    assert desk.world.bureau.calls == []


async def test_what_concerns_the_whole_company_is_not_for_a_token_of_some_branches(desk: Desk) -> None:
    answer = await desk.ask(
        "mutation { updateCreditParameters(input: {enabled: false}) { __typename } }",
        caller=make_caller(branch_ids=frozenset({desk.world.branch.id})),
        language="en",
    )
    assert answer.code() == "FORBIDDEN"
    assert "whole company" in answer.error()["message"]


async def test_a_record_s_consultations_are_forbidden_without_hiding_the_record(desk: Desk) -> None:
    query = "{ customers { nodes { name consultations { totalCount } } } }"
    answer = await desk.ask(query, caller=_caller(Scope.READ))
    assert answer.data == {
        "customers": {"nodes": [{"name": desk.world.customer.name, "consultations": None}]}
    }
    assert answer.code() == "FORBIDDEN"
    assert answer.error()["path"] == ["customers", "nodes", 0, "consultations"]
