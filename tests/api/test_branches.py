"""A token sees the records of its branches, and documents whole only with the scope for it."""

from dataclasses import replace
from typing import Any

import pytest

from api.ids import encode_id
from core.domain.access import Caller, Scope
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.builders import (
    make_audit_event,
    make_caller,
    make_customer,
    make_invoice,
    make_lead,
    make_prospect,
    new_id,
)
from support.desk import Desk, global_id


def _caller(*scopes: Scope, **changes: Any) -> Caller:
    return make_caller(scopes=frozenset(scopes), **changes)


async def _everything(desk: Desk) -> dict[str, str]:
    """One record of each kind in the branch of the world: its id by its kind."""
    world = desk.world
    consult = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=None)
    async with world.units_of_work.begin() as work:
        integration = replace(world.integration, plan=world.integration.plan.REPORT_AND_SCORE)
        await work.integrations.save(integration)
        lead = await work.leads.add(make_lead(branch_id=world.branch.id))
        prospect = await work.prospects.add(make_prospect(branch_id=world.branch.id))
    consultation = (await world.use_case(ConsultCredit)(consult)).consultation
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    negativation = await world.use_case(NegativateDebtor)(command)
    records = (
        world.branch,
        world.integration,
        world.customer,
        lead,
        prospect,
        world.invoice,
        consultation,
        negativation,
    )
    return {type(record).__name__: global_id(record) for record in records}


LISTS = (
    "branches",
    "integrations",
    "customers",
    "leads",
    "prospects",
    "invoices",
    "consultations",
    "negativations",
)


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_shows_the_token_s_branches_only(desk: Desk, name: str) -> None:
    await _everything(desk)
    other = await desk.world.add_branch()
    query = f"{{ {name} {{ totalCount nodes {{ id }} }} }}"
    assert (await desk.ask(query)).one()["totalCount"] >= 1
    stranger = make_caller(branch_ids=frozenset({other.id}))
    found = (await desk.ask(query, caller=stranger)).one()
    assert found["totalCount"] == (1 if name == "branches" else 0)
    nobody = make_caller(branch_ids=frozenset())
    assert (await desk.ask(query, caller=nobody)).one() == {"totalCount": 0, "nodes": []}


async def test_asking_for_another_branch_widens_nothing(desk: Desk) -> None:
    other = await desk.world.add_branch()
    query = "query ($branch: ID!) { customers(filter: {branchId: $branch}) { totalCount } }"
    stranger = make_caller(branch_ids=frozenset({other.id}))
    variables = {"branch": global_id(desk.world.branch)}
    assert (await desk.ask(query, variables)).one() == {"totalCount": 1}
    assert (await desk.ask(query, variables, caller=stranger)).one() == {"totalCount": 0}


async def test_records_of_other_branches_are_no_nodes(desk: Desk) -> None:
    ids = await _everything(desk)
    other = await desk.world.add_branch()
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    variables = {"ids": list(ids.values())}
    found = (await desk.ask(query, variables)).one()
    assert {node["__typename"]: node["id"] for node in found} == ids
    stranger = make_caller(branch_ids=frozenset({other.id}))
    assert (await desk.ask(query, variables, caller=stranger)).one() == [None] * 8


async def test_an_id_of_nothing_is_null(desk: Desk) -> None:
    answer = await desk.ask(
        "query ($id: ID!) { node(id: $id) { id } }", {"id": encode_id("Customer", new_id())}
    )
    assert answer.one() is None


async def test_a_consultation_s_node_needs_its_own_scope(desk: Desk) -> None:
    ids = await _everything(desk)
    answer = await desk.ask(
        "query ($id: ID!) { node(id: $id) { id } }", {"id": ids["Consultation"]}, caller=_caller(Scope.READ)
    )
    assert (answer.data, answer.code()) == ({"node": None}, "FORBIDDEN")


async def test_a_record_that_points_to_another_branch_shows_nothing_of_it(desk: Desk) -> None:
    other = await desk.world.add_branch()
    async with desk.world.units_of_work.begin() as work:
        moved = await work.customers.add(make_customer(branch_id=other.id))
        invoice = make_invoice(branch_id=desk.world.branch.id, customer_id=moved.id)
        invoice = await work.invoices.add(invoice)
    query = (
        "query ($id: ID!) { node(id: $id) { ... on Invoice { number customer { name } branch { name } } } }"
    )
    here = make_caller(branch_ids=frozenset({desk.world.branch.id}))
    found = (await desk.ask(query, {"id": global_id(invoice)}, caller=here)).one()
    assert found == {"number": invoice.number, "customer": None, "branch": {"name": desk.world.branch.name}}


async def test_events_of_the_company_are_for_tokens_of_every_branch(desk: Desk) -> None:
    async with desk.world.units_of_work.begin() as work:
        await work.audit.add(make_audit_event(), make_audit_event(branch_id=desk.world.branch.id))
    query = "{ auditEvents { totalCount nodes { branch { name } } } }"
    assert (await desk.ask(query)).one()["totalCount"] == 2
    here = make_caller(branch_ids=frozenset({desk.world.branch.id}))
    assert (await desk.ask(query, caller=here)).one() == {
        "totalCount": 1,
        "nodes": [{"branch": {"name": desk.world.branch.name}}],
    }


async def test_documents_are_masked_without_the_scope_to_see_them_whole(desk: Desk) -> None:
    query = "{ customers { nodes { document { kind number formatted masked } } } }"
    document = desk.world.customer.document
    whole = (await desk.ask(query)).one()["nodes"][0]["document"]
    assert whole == {
        "kind": "CPF",
        "number": document.number,
        "formatted": document.formatted,
        "masked": False,
    }
    hidden = (await desk.ask(query, caller=_caller(Scope.READ))).one()["nodes"][0]["document"]
    assert hidden == {"kind": "CPF", "number": document.masked, "formatted": document.masked, "masked": True}


async def test_no_answer_holds_a_whole_document_for_a_token_that_sees_masks(desk: Desk) -> None:
    await _everything(desk)
    document = desk.world.customer.document
    query = """{
      customers { nodes { document { number formatted } } }
      consultations { nodes { document { number formatted } originalUrl } }
      negativations { nodes { debtor { document { number formatted } } responsibleCpf { formatted } } }
      auditEvents { nodes { details { value } } }
    }"""
    masked = await desk.ask(query, caller=_caller(*(set(Scope) - {Scope.WHOLE_DOCUMENTS})))
    assert masked.errors == []
    assert document.number not in str(masked.data)
    assert document.formatted not in str(masked.data)
    assert document.number in str((await desk.ask(query)).data)


async def test_a_repeat_warning_shows_nothing_of_another_branch(desk: Desk) -> None:
    await _everything(desk)
    other = await desk.world.add_branch()
    async with desk.world.units_of_work.begin() as work:
        twin = await work.customers.add(
            make_customer(branch_id=other.id, document=desk.world.customer.document)
        )
        await work.branches.save(replace(other, integration_id=desk.world.integration.id))
    query = """mutation ($input: ConsultCreditInput!) { consultCredit(input: $input) {
      __typename ... on RepeatConsultationWarning { lastConsultation { number } lastPerformedAt availableOn } } }"""
    variables = {"input": {"subject": {"customerId": global_id(twin)}}}
    stranger = make_caller(branch_ids=frozenset({other.id}))
    told = {
        "__typename": "RepeatConsultationWarning",
        "lastPerformedAt": "2026-03-16T15:00:00Z",
        "availableOn": "2026-04-15",
    }
    assert (await desk.ask(query, variables, caller=stranger)).one() == {**told, "lastConsultation": None}
    assert (await desk.ask(query, variables)).one() == {**told, "lastConsultation": {"number": 1}}
