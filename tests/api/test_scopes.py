"""What a scope opens inside an answer; that each query and mutation needs its scope is walked through in tests/security."""

from typing import Any

from core.domain.access import Caller, Scope
from support.builders import (
    make_caller,
)
from support.desk import Desk, global_id


def _caller(*scopes: Scope, **changes: Any) -> Caller:
    return make_caller(scopes=frozenset(scopes), **changes)


async def test_whoever_holds_a_token_may_ask_who_it_is(desk: Desk) -> None:
    query = "{ viewer { name scopes branches { nodes { name } } } passwordCriteria(kind: PEFIN) { code } passwordAdvice { code } }"
    answer = await desk.ask(query, caller=_caller())
    assert answer.errors == []


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
    assert answer.data == {"customers": {"nodes": [{"name": "Cliente ***", "consultations": None}]}}
    assert answer.code() == "FORBIDDEN"
    assert answer.error()["path"] == ["customers", "nodes", 0, "consultations"]


async def test_what_a_record_leads_to_is_for_those_who_may_read(desk: Desk) -> None:
    """Answers of mutations and the caller's own branches show records to those who may not read, but lead no further."""
    answer = await desk.ask(
        "{ viewer { branches { nodes { name integration { login } } } } }", caller=_caller()
    )
    assert answer.data == {
        "viewer": {"branches": {"nodes": [{"name": desk.world.branch.name, "integration": None}]}}
    }
    assert answer.error()["extensions"]["scope"] == "READ"
    change = "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ... on UpdateCustomerSuccess { customer { %s { totalCount } } } } }"
    variables = {"input": {"customerId": global_id(desk.world.customer)}}
    for list_name in ("negativations", "invoices"):
        writer = _caller(Scope.WRITE_RECORDS)
        assert (await desk.ask(change % list_name, variables, caller=writer)).code() == "FORBIDDEN"
        reader = _caller(Scope.WRITE_RECORDS, Scope.READ)
        assert (await desk.ask(change % list_name, variables, caller=reader)).errors == []
