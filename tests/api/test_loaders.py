"""No list costs a query per row: what the records of a list point to is read together."""

from pathlib import Path

import pytest

from adapters.sql.migrate import migrate
from core.domain.negativation import Negativation
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.builders import make_customer, make_invoice
from support.desk import Desk, global_id
from support.storages import sql_storage, sqlite_address
from support.world import World

QUERIES = {
    "branches of customers": "{ customers { nodes { branch { name } } } }",
    "integrations of branches of customers": "{ customers { nodes { branch { integration { login isLinked } } } } }",
    "customers and branches of invoices": "{ invoices { nodes { customer { name branch { name } } branch { name } } } }",
    "invoices of customers": "{ customers { nodes { invoices(first: 2) { nodes { number } } } } }",
    "invoices of customers, counted": "{ customers { nodes { invoices(first: 0) { totalCount } } } }",
    "negativations of customers": "{ customers { nodes { negativations(first: 2) { nodes { number } } } } }",
    "consultations of customers": "{ customers { nodes { consultations(first: 1) { nodes { outcome } } } } }",
    "all that consultations point to": """{ consultations { nodes {
        branch { name } integration { login } subject { __typename } report { score { value } } } } }""",
    "all that negativations point to": """{ negativations { nodes {
        branch { name } integration { login } customer { name } invoice { number } history { status } replaces { number } } } }""",
    "branches of audit events": "{ auditEvents { nodes { branch { name } } } }",
}


async def _grow(world: World, count: int) -> None:
    """Add customers, each with an invoice, a consultation and a negativation."""
    for _ in range(count):
        async with world.units_of_work.begin() as work:
            customer = await work.customers.add(make_customer(branch_id=world.branch.id))
            invoice = make_invoice(branch_id=world.branch.id, customer_id=customer.id)
            invoice = await work.invoices.add(invoice)
        plan = world.integration.plan.allowed[0]
        consult = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(customer.id), plan=plan)
        await world.use_case(ConsultCredit)(consult)
        negativate = NegativateDebtorCommand(caller=world.caller, invoice_id=invoice.id)
        assert isinstance(await world.use_case(NegativateDebtor)(negativate), Negativation)


async def _reads(desk: Desk, query: str) -> int:
    """How many units of work for reading a query opens."""
    before = desk.units_of_work.reads
    answer = await desk.ask(query)
    assert answer.errors == []
    return desk.units_of_work.reads - before


@pytest.mark.parametrize("name", QUERIES)
async def test_more_rows_cost_no_more_reads(desk: Desk, name: str) -> None:
    await _grow(desk.world, 2)
    few = await _reads(desk, QUERIES[name])
    await _grow(desk.world, 12)
    assert await _reads(desk, QUERIES[name]) == few


async def test_a_record_is_read_once_however_often_it_is_named(desk: Desk) -> None:
    query = (
        "query ($id: ID!) { a: node(id: $id) { id } b: node(id: $id) { id } nodes(ids: [$id, $id]) { id } }"
    )
    answer = await desk.ask(query, {"id": global_id(desk.world.customer)})
    assert answer.errors == []
    assert desk.units_of_work.reads == 1


async def test_a_report_that_was_just_delivered_is_answered_as_it_is_stored_but_not_read_again(
    desk: Desk,
) -> None:
    report = """number report {
        identity { name birthOrFoundationOn documentStatus motherName } score { value band }
        pendingDebts { ...block } protests { ...block } badCheques { ...block }
        lawsuits { ...block } bankruptcies { ...block } earlierQueries { ...block } }"""
    block = """fragment block on ReportBlock { count total { amount } firstOn lastOn message entries {
        occurredOn amount { amount } origin modality reference city stateCode guarantor subJudice } }"""
    consult = f"""mutation ($customer: ID!) {{
        consultCredit(input: {{ subject: {{ customerId: $customer }}, plan: REPORT_AND_SCORE }}) {{
            ... on ConsultCreditSuccess {{ consultation {{ {report} }} }} }} }} {block}"""
    before = desk.units_of_work.reads
    answered = (await desk.ask(consult, {"customer": global_id(desk.world.customer)})).one()["consultation"]
    assert desk.units_of_work.reads == before

    stored = (await desk.ask(f"{{ consultations {{ nodes {{ {report} }} }} }} {block}")).one()["nodes"]
    assert [answered] == stored
    assert answered["report"]["pendingDebts"] is not None


async def test_each_record_s_list_is_its_own(desk: Desk) -> None:
    await _grow(desk.world, 3)
    query = """{ customers { nodes { id
        invoices { totalCount nodes { customer { id } } }
        negativations { totalCount nodes { customer { id } } } } } }"""
    for customer in (await desk.ask(query)).one()["nodes"]:
        assert customer["invoices"] == {"totalCount": 1, "nodes": [{"customer": {"id": customer["id"]}}]}
        owners = [node["customer"]["id"] for node in customer["negativations"]["nodes"]]
        assert owners == [customer["id"]] * customer["negativations"]["totalCount"]


async def test_pages_inside_a_record_follow_one_another(desk: Desk) -> None:
    async with desk.world.units_of_work.begin() as work:
        for _ in range(4):
            await work.invoices.add(
                make_invoice(branch_id=desk.world.branch.id, customer_id=desk.world.customer.id)
            )
    query = """query ($id: ID!, $after: String) { node(id: $id) { ... on Customer {
        invoices(first: 2, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } } } }"""
    seen, after, more = [], None, True
    while more:
        variables = {"id": global_id(desk.world.customer), "after": after}
        page = (await desk.ask(query, variables)).one()["invoices"]
        seen += [node["number"] for node in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    assert seen == [5, 4, 3, 2, 1]


async def test_differing_pages_of_one_list_are_told_apart(desk: Desk) -> None:
    await _grow(desk.world, 2)
    query = "{ customers { nodes { a: invoices(first: 1) { nodes { number } } b: invoices(first: 0) { nodes { number } } } } }"
    for customer in (await desk.ask(query)).one()["nodes"]:
        assert (len(customer["a"]["nodes"]), customer["b"]["nodes"]) == (1, [])


async def test_a_field_that_fails_takes_nothing_from_others_that_wait_for_the_same_record(
    tmp_path: Path,
) -> None:
    address = sqlite_address(tmp_path / "fiador.db")
    await migrate(address)
    query = """{ customers {
        nodes { branch { name } }
        edges { node { branch { name } negativations(first: 1, last: 1) { totalCount } } }
    } branches { nodes { name } } }"""
    async with sql_storage(address) as storage:
        desk = Desk(await World(kept_in=storage).populate())
        answers = [await desk.ask(query) for _ in range(10)]
    assert {answer.code() for answer in answers} == {"INVALID_INPUT"}
