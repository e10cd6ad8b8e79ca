"""The runs of the collection routine at the API: what they do, and who may see what they decided."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.branch import Branch
from core.domain.collection import AutomaticNegativation, CollectionParameters, CollectionRun
from core.domain.integration import Automation
from core.domain.invoice import SettlementMethod
from core.use_cases.run_collection import RunCollection
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from core.use_cases.start_collection import StartCollection, StartCollectionCommand
from support.builders import TODAY, make_branch, make_caller, make_customer, make_invoice
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document
from support.world import World

AUTOMATION = Automation(enabled=True, restriction_code="OO", clearing_code="01")
ITEMS = "items { totalCount nodes { decision invoice { id } negativation { form } reasons { code field message } } }"
COUNTS = "examined registered notEligible cleared notClearable"
RUN = mutation_document(
    "run_collection",
    f"""__typename
    ... on RunCollectionSuccess {{
      run {{ id number date dryRun status startedBy finishedAt phase branchesLeft progress {COUNTS} {ITEMS} }}
    }}
    ... on InvalidInputError {{ problems {{ path code message }} }}""",
)
RUNS = f"""query ($filter: CollectionRunFilter, $items: CollectionItemFilter) {{
  collectionRuns(filter: $filter) {{
    totalCount
    nodes {{ number dryRun status phase branchesLeft progress {COUNTS}
      items(filter: $items) {{ totalCount nodes {{ invoice {{ id }} }} }} }} }} }}"""


@pytest.fixture
async def world() -> World:
    """The company negativates by itself thirty days after the due date; one customer's data have a gap."""
    world = await World().populate(automation=AUTOMATION)
    gap = make_customer(branch_id=world.branch.id, mobile=None)
    async with world.units_of_work.begin() as work:
        await work.collection_settings.save(
            CollectionParameters(branch_id=None, automatic=AutomaticNegativation.YES, days_after_due=30)
        )
        await work.customers.add(gap)
        await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=gap.id))
    return world


async def _run(desk: Desk, **given: Any) -> Any:
    return (await desk.ask(RUN, {"input": given})).one()


async def _second_branch(world: World) -> Branch:
    """A branch with automation and an overdue invoice of its own."""
    branch = await world.add_branch()
    integration = await world.add_integration(branch, automation=AUTOMATION)
    branch = replace(branch, integration_id=integration.id)
    async with world.units_of_work.begin() as work:
        await work.branches.save(branch)
        customer = await work.customers.add(make_customer(branch_id=branch.id))
        await work.invoices.add(make_invoice(branch_id=branch.id, customer_id=customer.id))
    return branch


# running


async def test_a_dry_run_says_who_and_why_not_and_does_nothing(desk: Desk) -> None:
    run = (await _run(desk, dryRun=True))["run"]
    assert (run["dryRun"], run["status"], run["date"]) == (True, "DONE", TODAY.isoformat())
    assert (run["phase"], run["branchesLeft"], run["progress"]) == (None, 0, 1.0)
    assert [run[name] for name in COUNTS.split()] == [2, 1, 1, 0, 0]
    registered, refused = run["items"]["nodes"]
    assert (registered["decision"], registered["reasons"]) == ("REGISTERED", [])
    assert (registered["invoice"]["id"], registered["negativation"]) == (
        global_id(desk.world.invoice),
        None,
    )
    assert refused["decision"] == "NOT_ELIGIBLE"
    [reason] = refused["reasons"]
    assert (reason["code"], reason["field"]) == ("FIELD_REQUIRED", "customer.mobile")
    assert reason["message"].startswith("O campo é obrigatório para negativar")
    assert (await desk.ask("{ negativations { totalCount } }")).one()["totalCount"] == 0


async def test_a_real_run_negativates_with_form_automatic_and_is_made_once(desk: Desk) -> None:
    first = (await _run(desk))["run"]
    assert first["items"]["nodes"][0]["negativation"] == {"form": "AUTOMATIC"}
    assert first["startedBy"] == "Tests"
    assert (await _run(desk))["run"] == first
    assert (await desk.ask("{ negativations { totalCount } }")).one()["totalCount"] == 1


async def test_what_was_paid_since_is_cleared(desk: Desk) -> None:
    await _run(desk)
    await desk.world.deliver()
    settle = SettleInvoiceCommand(
        caller=desk.world.caller,
        invoice_id=desk.world.invoice.id,
        settled_on=None,
        method=SettlementMethod.PIX,
    )
    await desk.world.use_case(SettleInvoice)(settle)
    desk.world.clock.advance(timedelta(days=1))
    run = (await _run(desk))["run"]
    assert [run[name] for name in COUNTS.split()] == [2, 0, 1, 1, 0]
    assert [item["decision"] for item in run["items"]["nodes"]] == ["NOT_ELIGIBLE", "CLEARED"]


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("pt-BR", "A rotina não pode ser executada para uma data futura."),
        ("en", "The routine cannot be run for a date in the future."),
    ],
)
async def test_a_real_run_has_no_date_to_come(desk: Desk, language: str, message: str) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    result = (await desk.ask(RUN, {"input": {"date": tomorrow}}, language=language)).one()
    assert result["problems"] == [{"path": ["date"], "code": "FUTURE_DATE", "message": message}]
    assert (await _run(desk, date=tomorrow, dryRun=True))["run"]["date"] == tomorrow


async def test_a_real_run_wants_a_token_that_reaches_every_branch(desk: Desk) -> None:
    limited = make_caller(branch_ids=frozenset({desk.world.branch.id}))
    answer = await desk.ask(RUN, {"input": {}}, caller=limited)
    assert (answer.code(), answer.error()["extensions"]["scope"]) == ("FORBIDDEN", "EVERY_BRANCH")
    run = (await desk.ask(RUN, {"input": {"dryRun": True}}, caller=limited)).one()["run"]
    assert (run["registered"], run["notEligible"]) == (1, 1)


# runs


async def _start(world: World, **given: Any) -> CollectionRun:
    command = StartCollectionCommand(caller=world.caller, **given)
    return await world.use_case(RunCollection)(command)


async def test_runs_are_listed_latest_first_and_filtered(desk: Desk) -> None:
    await _start(desk.world, run_date=TODAY - timedelta(days=1))
    await _start(desk.world, dry_run=True)
    for chosen, numbers in (
        ({}, [2, 1]),
        ({"dryRun": True}, [2]),
        ({"dryRun": False}, [1]),
        ({"dateFrom": TODAY.isoformat()}, [2]),
        ({"dateTo": (TODAY - timedelta(days=1)).isoformat()}, [1]),
    ):
        found = (await desk.ask(RUNS, {"filter": chosen})).one()
        assert [run["number"] for run in found["nodes"]] == numbers
        assert found["totalCount"] == len(numbers)
    reversed_period = {"dateFrom": "2026-02-01", "dateTo": "2026-01-01"}
    assert (await desk.ask(RUNS, {"filter": reversed_period})).code() == "INVALID_INPUT"


async def test_decisions_are_filtered(desk: Desk) -> None:
    await _start(desk.world)
    for chosen, count in (
        ({"decision": "NOT_ELIGIBLE"}, 1),
        ({"decision": "CLEARED"}, 0),
        ({"branchId": global_id(desk.world.branch)}, 2),
        ({"branchId": global_id(make_branch())}, 0),
    ):
        [run] = (await desk.ask(RUNS, {"items": chosen})).one()["nodes"]
        assert run["items"]["totalCount"] == count


async def test_progress_is_seen_while_it_runs(desk: Desk) -> None:
    await desk.world.use_case(StartCollection)(StartCollectionCommand(caller=desk.world.caller))
    [run] = (await desk.ask(RUNS)).one()["nodes"]
    assert (run["status"], run["phase"], run["branchesLeft"], run["progress"]) == (
        "RUNNING",
        "REGISTER",
        1,
        0.0,
    )
    await _start(desk.world)
    [run] = (await desk.ask(RUNS)).one()["nodes"]
    assert (run["status"], run["phase"], run["branchesLeft"], run["progress"]) == ("DONE", None, 0, 1.0)


async def test_a_token_of_some_branches_sees_their_decisions_and_no_counts_of_others(desk: Desk) -> None:
    other = await _second_branch(desk.world)
    run = await _start(desk.world)
    limited = make_caller(branch_ids=frozenset({other.id}))
    [seen] = (await desk.ask(RUNS, caller=limited)).one()["nodes"]
    assert [seen[name] for name in COUNTS.split()] == [None] * 5
    assert seen["items"]["totalCount"] == 1
    asked = {"items": {"branchId": global_id(desk.world.branch)}}
    [seen] = (await desk.ask(RUNS, asked, caller=limited)).one()["nodes"]
    assert seen["items"] == {"totalCount": 0, "nodes": []}
    by_id = (
        "query ($id: ID!) { node(id: $id) { ... on CollectionRun { number examined items { totalCount } } } }"
    )
    found = (await desk.ask(by_id, {"id": global_id(run)}, caller=limited)).one()
    assert found == {"number": 1, "examined": None, "items": {"totalCount": 1}}
    found = (await desk.ask(by_id, {"id": global_id(run)})).one()
    assert found == {"number": 1, "examined": 3, "items": {"totalCount": 3}}


async def test_a_run_is_no_business_of_a_token_without_read(desk: Desk) -> None:
    run = await _start(desk.world)
    blind = make_caller(scopes=frozenset(Scope) - {Scope.READ})
    answer = await desk.ask("query ($id: ID!) { node(id: $id) { id } }", {"id": global_id(run)}, caller=blind)
    assert answer.code() == "FORBIDDEN"


async def _reads(desk: Desk, query: str) -> int:
    before = desk.units_of_work.reads
    assert (await desk.ask(query)).errors == []
    return desk.units_of_work.reads - before


async def test_more_runs_and_decisions_cost_no_more_reads(desk: Desk) -> None:
    query = """{ collectionRuns { nodes { number items { totalCount nodes {
        invoice { customer { name } } negativation { number } branch { name } } } } } }"""
    await _start(desk.world)
    few = await _reads(desk, query)
    for _ in range(3):
        await _second_branch(desk.world)
        await _start(desk.world, dry_run=True)
    assert await _reads(desk, query) == few
