"""Watching companies at the API: begun, found, stopped, and kept to the branches and scopes of a token."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind, Environment, FailureClass
from core.domain.credentials import CredentialState
from core.domain.monitoring import ChangeEvent, ChangeKind
from core.use_cases.fetch_changes import FetchChanges
from support.builders import make_caller, make_credential
from support.desk import Desk, global_id
from support.documents import synthetic_cnpj
from support.mutation_inputs import mutation_document

COMPANY = synthetic_cnpj(4242)
MONITOR = "id number document { number } branch { id } integration { id } environment createdBy stoppedAt"
ERRORS = """
... on InvalidInputError { problems { path code } }
... on NotFoundError { kind path }
... on IntegrationNotLinkedError { branchNumber }
... on CredentialsRefusedError { credential: kind }
... on BureauRejectedError { bureauCode }
... on BureauUnavailableError { retryable }
... on UserError { code message }
"""
CONFLICT = "... on ConflictError { reason }"
WATCH = mutation_document(
    "monitor_company",
    f"__typename ... on MonitorCompanySuccess {{ monitor {{ {MONITOR} }} }} {ERRORS} {CONFLICT}",
)
STOP_ERRORS = ERRORS.replace("... on IntegrationNotLinkedError { branchNumber }\n", "")
STOP = mutation_document(
    "stop_monitoring", f"__typename ... on StopMonitoringSuccess {{ monitor {{ {MONITOR} }} }} {STOP_ERRORS}"
)
MONITORS = """query ($filter: MonitorFilter) { monitors(filter: $filter) {
    totalCount nodes { id number document { number } changes { totalCount nodes { kind description occurredAt } } } } }"""
CHANGES = """query ($filter: MonitorChangeFilter) { monitorChanges(filter: $filter) {
    totalCount nodes { number kind description occurredAt monitor { id } } } }"""


async def _watch(desk: Desk, number: str | None = COMPANY.formatted, **changes: Any) -> Any:
    data = {"branchId": global_id(desk.world.branch), "number": number, **changes}
    return (await desk.ask(WATCH, {"input": data})).one()


async def _stop(desk: Desk, monitor_id: str) -> Any:
    return (await desk.ask(STOP, {"input": {"monitorId": monitor_id}})).one()


async def _change_integration(desk: Desk, **changes: Any) -> None:
    """Store a change that `updateIntegration` would refuse while anything is watched; once it did not."""
    async with desk.world.units_of_work.begin() as work:
        await work.integrations.save(replace(desk.world.integration, **changes))


async def _find(desk: Desk, *event_ids: str, document: str = COMPANY.number) -> None:
    """Let the provider find changes, and fetch them."""
    desk.world.bureau.changes_found += [
        ChangeEvent(
            event_id=event_id,
            document=document,
            kind=ChangeKind.PROTEST,
            description=f"Novo protesto {event_id}",
            occurred_at=datetime(2026, 3, 17, tzinfo=UTC),
        )
        for event_id in event_ids
    ]
    desk.world.clock.advance(timedelta(hours=1))
    while await desk.world.use_case(FetchChanges)():
        pass


async def test_a_company_is_watched_once(desk: Desk) -> None:
    first = await _watch(desk)
    assert first["monitor"]["document"]["number"] == COMPANY.number
    assert first["monitor"]["branch"]["id"] == global_id(desk.world.branch)
    assert first["monitor"]["integration"]["id"] == global_id(desk.world.integration)
    assert (first["monitor"]["environment"], first["monitor"]["createdBy"]) == ("HOMOLOGATION", "Tests")
    assert await _watch(desk, COMPANY.number) == first
    assert len(desk.world.bureau.called("watch")) == 1


async def test_a_monitor_belongs_to_the_environment_it_was_begun_in(desk: Desk) -> None:
    tried = (await _watch(desk))["monitor"]
    await _change_integration(desk, environment=Environment.PRODUCTION)

    real = (await _watch(desk))["monitor"]
    assert (tried["environment"], real["environment"]) == ("HOMOLOGATION", "PRODUCTION")
    assert real["id"] != tried["id"]
    assert (await _stop(desk, tried["id"]))["monitor"]["stoppedAt"] is not None
    assert [(call.operation, call.account.environment) for call in desk.world.bureau.calls] == [
        ("watch", Environment.HOMOLOGATION),
        ("watch", Environment.PRODUCTION),
        ("unwatch", Environment.HOMOLOGATION),
    ]
    await _find(desk, "e1")
    assert (await desk.ask(CHANGES)).one()["nodes"][0]["monitor"] == {"id": real["id"]}


async def test_without_a_number_the_branch_s_own_cnpj_is_watched(desk: Desk) -> None:
    result = await _watch(desk, None)
    assert result["monitor"]["document"]["number"] == desk.world.branch.document.number


@pytest.mark.parametrize(
    ("number", "code"), [("52998224725", "WRONG_DOCUMENT_KIND"), ("123", "INVALID_DOCUMENT")]
)
async def test_only_companies_are_watched(desk: Desk, number: str, code: str) -> None:
    result = await _watch(desk, number)
    assert result["problems"] == [{"path": ["number"], "code": code}]
    assert desk.world.bureau.calls == []


async def test_a_branch_without_an_integration_watches_nobody(desk: Desk) -> None:
    bare = await desk.world.add_branch()
    result = await _watch(desk, branchId=global_id(bare))
    assert (result["code"], result["branchNumber"]) == ("INTEGRATION_NOT_LINKED", bare.number)


async def test_nothing_is_asked_with_a_password_that_was_refused(desk: Desk) -> None:
    async with desk.world.units_of_work.begin() as work:
        refused = make_credential(CredentialKind.CONSULTATION, state=CredentialState.REFUSED)
        await work.integrations.save(desk.world.integration.with_credential(refused))
    result = await _watch(desk)
    assert (result["code"], result["credential"]) == ("CREDENTIALS_REFUSED", "CONSULTATION")


FAILURES = [
    (BureauFailure(failure=FailureClass.TRANSIENT), "BureauUnavailableError", {"retryable": True}),
    (BureauFailure(failure=FailureClass.VALIDATION, code="7"), "BureauRejectedError", {"bureauCode": "7"}),
    (
        BureauNotConfigured(environment=Environment.PRODUCTION),
        "BureauUnavailableError",
        {"retryable": False},
    ),
]


@pytest.mark.parametrize(("failure", "name", "fields"), FAILURES)
async def test_when_the_provider_fails_nothing_changes_here(
    desk: Desk, failure: Any, name: str, fields: dict[str, Any]
) -> None:
    desk.world.bureau.fail("watch", failure)
    result = await _watch(desk)
    assert result["__typename"] == name
    assert fields.items() <= result.items()
    assert (await desk.ask(MONITORS)).one()["totalCount"] == 0

    monitor = (await _watch(desk))["monitor"]
    desk.world.bureau.fail("unwatch", failure)
    result = await _stop(desk, monitor["id"])
    assert result["__typename"] == name
    assert (await desk.ask(MONITORS)).one()["totalCount"] == 1


async def test_what_is_found_is_seen_at_the_company_and_in_one_list(desk: Desk) -> None:
    monitor = (await _watch(desk))["monitor"]
    own = (await _watch(desk, None))["monitor"]
    await _find(desk, "e1", "e2")
    await _find(desk, "e3", document=desk.world.branch.document.number)

    changes = (await desk.ask(CHANGES)).one()
    assert [change["description"][-2:] for change in changes["nodes"]] == ["e3", "e2", "e1"]
    assert changes["nodes"][2] == {
        "number": 1,
        "kind": "PROTEST",
        "description": "Novo protesto e1",
        "occurredAt": "2026-03-17T00:00:00Z",
        "monitor": {"id": monitor["id"]},
    }
    of_own = (await desk.ask(CHANGES, {"filter": {"monitorId": own["id"]}})).one()
    assert (of_own["totalCount"], of_own["nodes"][0]["description"]) == (1, "Novo protesto e3")
    found = {node["id"]: node["changes"] for node in (await desk.ask(MONITORS)).one()["nodes"]}
    assert (found[monitor["id"]]["totalCount"], found[own["id"]]["totalCount"]) == (2, 1)
    assert found[monitor["id"]]["nodes"][0]["description"] == "Novo protesto e2"


async def test_stopping_keeps_what_was_found(desk: Desk) -> None:
    monitor = (await _watch(desk))["monitor"]
    await _find(desk, "e1")
    stopped = await _stop(desk, monitor["id"])
    assert stopped["monitor"]["stoppedAt"] is not None
    assert await _stop(desk, monitor["id"]) == stopped
    assert len(desk.world.bureau.called("unwatch")) == 1

    assert (await desk.ask(MONITORS)).one()["totalCount"] == 0
    [listed] = (await desk.ask(MONITORS, {"filter": {"stopped": True}})).one()["nodes"]
    assert (listed["id"], listed["changes"]["totalCount"]) == (monitor["id"], 1)


async def test_monitors_are_filtered(desk: Desk) -> None:
    monitor = (await _watch(desk))["monitor"]
    await _watch(desk, None)
    for chosen, count in (
        ({"document": COMPANY.formatted}, 1),
        ({"document": synthetic_cnpj(7).number}, 0),
        ({"branchId": global_id(desk.world.branch)}, 2),
    ):
        assert (await desk.ask(MONITORS, {"filter": chosen})).one()["totalCount"] == count
    assert (await desk.ask(MONITORS, {"filter": {"document": "1"}})).code() == "INVALID_INPUT"
    assert (await desk.ask(CHANGES, {"filter": {"monitorId": "x"}})).code() == "INVALID_INPUT"
    assert monitor["number"] == 1


async def test_what_another_branch_has_watched_is_not_shown(desk: Desk) -> None:
    await _watch(desk)
    other = await desk.world.add_branch()
    async with desk.world.units_of_work.begin() as work:
        await work.branches.save(replace(other, integration_id=desk.world.integration.id))
    await _change_integration(desk, branch_id=other.id)
    data = {"input": {"branchId": global_id(other), "number": COMPANY.number}}
    stranger = make_caller(branch_ids=frozenset({other.id}))
    refused = (await desk.ask(WATCH, data, caller=stranger)).one()
    assert (refused["code"], refused["reason"]) == ("CONFLICT", "ALREADY_MONITORED")
    assert len(desk.world.bureau.called("watch")) == 1


DELETE = mutation_document("delete_integration", "__typename ... on ActiveMonitorsError { code count }")
UPDATE = mutation_document("update_integration", "__typename ... on ActiveMonitorsError { code count }")
UNLINK = mutation_document("unlink_integration", "__typename")


@pytest.mark.parametrize("change", ["delete", "environment", "branchId", "login"])
async def test_what_is_watched_keeps_its_integration_as_it_is(desk: Desk, change: str) -> None:
    begun = [(await _watch(desk, number))["monitor"] for number in (COMPANY.number, None)]
    integration = {"integrationId": global_id(desk.world.integration)}
    await desk.ask(UNLINK, {"input": {**integration, "branchId": global_id(desk.world.branch)}})
    changes = {
        "delete": {},
        "environment": {"environment": "PRODUCTION"},
        "branchId": {"branchId": global_id(await desk.world.add_branch())},
        "login": {"login": "outro"},
    }[change]

    async def act() -> Any:
        document = UPDATE if changes else DELETE
        return (await desk.ask(document, {"input": {**integration, **changes}})).one()

    for count, monitor in zip((2, 1), begun, strict=True):
        assert await act() == {
            "__typename": "ActiveMonitorsError",
            "code": "ACTIVE_MONITORS",
            "count": count,
        }
        assert (await _stop(desk, monitor["id"]))["monitor"]["stoppedAt"] is not None
    assert (await act())["__typename"].endswith("Success")
    assert len(desk.world.bureau.called("unwatch")) == 2


NODE = "query ($id: ID!) { node(id: $id) { ... on Monitor { number changes { totalCount } } } }"


async def test_other_branches_see_nothing_of_it(desk: Desk) -> None:
    monitor = (await _watch(desk))["monitor"]
    await _find(desk, "e1")
    other = await desk.world.add_branch()
    stranger = make_caller(branch_ids=frozenset({other.id}))
    assert (await desk.ask(MONITORS, caller=stranger)).one()["totalCount"] == 0
    assert (await desk.ask(CHANGES, caller=stranger)).one() == {"totalCount": 0, "nodes": []}
    asked = {"filter": {"monitorId": monitor["id"], "branchId": global_id(desk.world.branch)}}
    assert (await desk.ask(CHANGES, asked, caller=stranger)).one()["totalCount"] == 0
    assert (await desk.ask(NODE, {"id": monitor["id"]}, caller=stranger)).one() is None
    stopping = await desk.ask(STOP, {"input": {"monitorId": monitor["id"]}}, caller=stranger)
    assert (stopping.one()["kind"], stopping.one()["path"]) == ("Monitor", ["monitorId"])
    watching = {"input": {"branchId": global_id(desk.world.branch)}}
    assert (await desk.ask(WATCH, watching, caller=stranger)).one()["kind"] == "Branch"


async def test_what_was_found_wants_the_scope_monitor_by_whatever_way(desk: Desk) -> None:
    monitor = (await _watch(desk))["monitor"]
    blind = make_caller(scopes=frozenset(Scope) - {Scope.MONITOR})
    answer = await desk.ask(NODE, {"id": monitor["id"]}, caller=blind)
    assert (answer.data, answer.code()) == ({"node": None}, "FORBIDDEN")
    assert (await desk.ask(NODE, {"id": monitor["id"]})).one() == {"number": 1, "changes": {"totalCount": 0}}


async def test_an_integration_that_is_gone_is_stopped_here_alone(desk: Desk) -> None:
    monitor = (await _watch(desk))["monitor"]
    await _change_integration(desk, deleted_at=desk.world.clock.now())
    assert (await _stop(desk, monitor["id"]))["monitor"]["stoppedAt"] is not None
    assert desk.world.bureau.called("unwatch") == []


async def test_more_monitors_and_changes_cost_no_more_reads(desk: Desk) -> None:
    queries = (
        "{ monitors { nodes { branch { name } integration { login } changes { totalCount nodes { kind } } } } }",
        "{ monitorChanges { nodes { monitor { document { number } branch { name } } } } }",
    )

    async def reads() -> list[int]:
        costs = []
        for query in queries:
            before = desk.units_of_work.reads
            assert (await desk.ask(query)).errors == []
            costs.append(desk.units_of_work.reads - before)
        return costs

    await _watch(desk)
    await _find(desk, "e1")
    few = await reads()
    for serial in range(5):
        await _watch(desk, synthetic_cnpj(100 + serial).number)
        await _find(desk, f"x{serial}", document=synthetic_cnpj(100 + serial).number)
    assert await reads() == few
