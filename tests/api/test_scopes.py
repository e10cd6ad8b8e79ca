"""What a scope opens inside an answer; that each query and mutation needs its scope is walked through in tests/security."""

from typing import Any

import pytest

from core.domain.access import Caller, Scope
from support.builders import (
    make_caller,
)
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document


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


NEGATIVATE = mutation_document(
    "negativate_debtor",
    "... on NegativateDebtorSuccess { negativation { %s } } ... on UserError { code message }",
)
CONSULT = mutation_document(
    "consult_credit", "... on ConsultCreditSuccess { consultation { %s } } ... on UserError { code message }"
)
MONITOR = mutation_document(
    "monitor_company", "... on MonitorCompanySuccess { monitor { %s } } ... on UserError { code message }"
)
INTEGRATION = (
    "integration { login pefinCredential { state } responsibleCpf { number } automation { enabled } }"
)


def _inputs(desk: Desk, mutation: str) -> dict[str, Any]:
    world = desk.world
    inputs: dict[str, dict[str, Any]] = {
        NEGATIVATE: {"invoiceId": global_id(world.invoice)},
        CONSULT: {"subject": {"customerId": global_id(world.customer)}, "plan": "CREDNET_TOP"},
        MONITOR: {"branchId": global_id(world.branch)},
    }
    return inputs[mutation]


@pytest.mark.parametrize(
    ("mutation", "scope", "further"),
    [
        (NEGATIVATE, Scope.NEGATIVATE, INTEGRATION),
        (CONSULT, Scope.CONSULT, INTEGRATION),
        (MONITOR, Scope.MONITOR, INTEGRATION),
        (MONITOR, Scope.MONITOR, "changes { totalCount }"),
    ],
)
async def test_a_mutation_s_answer_leads_no_further_without_read(
    desk: Desk, mutation: str, scope: Scope, further: str
) -> None:
    variables = {"input": _inputs(desk, mutation)}
    ordered = await desk.ask(
        mutation % f"id branch {{ name }} {further}", variables, caller=_caller(scope), language="en"
    )
    assert (ordered.code(), ordered.error()["extensions"]["scope"]) == ("FORBIDDEN", "READ")
    assert desk.world.integration.login not in str(ordered.data)


@pytest.mark.parametrize("also", [Scope.READ, Scope.CONFIGURE])
async def test_who_reads_or_configures_is_told_the_integration(desk: Desk, also: Scope) -> None:
    variables = {"input": _inputs(desk, NEGATIVATE)}
    answer = await desk.ask(
        NEGATIVATE % INTEGRATION, variables, caller=_caller(Scope.NEGATIVATE, also, Scope.WHOLE_DOCUMENTS)
    )
    assert answer.one()["negativation"]["integration"]["login"] == desk.world.integration.login


async def test_what_a_registration_went_through_is_part_of_it(desk: Desk) -> None:
    variables = {"input": _inputs(desk, NEGATIVATE)}
    answer = await desk.ask(
        NEGATIVATE % "history { trigger } replaces { id }", variables, caller=_caller(Scope.NEGATIVATE)
    )
    assert answer.one()["negativation"] == {"history": [{"trigger": "CREATED"}], "replaces": None}
