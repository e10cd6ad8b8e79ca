"""Each condition of a filter reaches the store as it was meant, and each order too."""

from datetime import date
from typing import Any

import pytest

from adapters.memory.records import Records
from api.ids import encode_id
from api.types.filters import AuditEventFilterInput
from core.domain.audit import AuditAction
from core.domain.bureau import Environment
from core.domain.consultation import ConsultationOutcome
from core.domain.invoice import InvoiceStatus
from core.domain.listing import (
    AuditFilter,
    BranchFilter,
    ConsultationFilter,
    ConsultationOrderField,
    IntegrationFilter,
    InvoiceFilter,
    InvoiceOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.paging import Direction, Order
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind
from support.builders import make_audit_event, make_caller, new_id
from support.desk import Desk, global_id

SOME = new_id()
HERE = frozenset({SOME})

FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "branches": ({"search": "x", "externalId": "e"}, BranchFilter(search="x", external_id="e")),
    "integrations": (
        {"branchId": encode_id("Branch", SOME), "environment": "PRODUCTION", "deleted": True},
        IntegrationFilter(branch_ids=HERE, environment=Environment.PRODUCTION, deleted=True),
    ),
    "customers": (
        {
            "branchId": encode_id("Branch", SOME),
            "search": "x",
            "document": "111.444.777-35",
            "externalId": "e",
        },
        PersonFilter(branch_ids=HERE, search="x", document="11144477735", external_id="e"),
    ),
    "leads": ({"document": "12abc34501de35"}, PersonFilter(document="12ABC34501DE35")),
    "prospects": ({"search": "x"}, PersonFilter(search="x")),
    "invoices": (
        {
            "branchId": encode_id("Branch", SOME),
            "customerId": encode_id("Customer", SOME),
            "status": ["OPEN", "SETTLED"],
            "dueFrom": "2026-01-01",
            "dueTo": "2026-01-31",
            "externalId": "e",
        },
        InvoiceFilter(
            branch_ids=HERE,
            customer_id=SOME,
            status=frozenset({InvoiceStatus.OPEN, InvoiceStatus.SETTLED}),
            due_from=date(2026, 1, 1),
            due_to=date(2026, 1, 31),
            external_id="e",
        ),
    ),
    "consultations": (
        {
            "integrationId": encode_id("Integration", SOME),
            "branchId": encode_id("Branch", SOME),
            "document": "111.444.777-35",
            "subjectKind": "CPF",
            "plan": "CREDNET_TOP",
            "environment": "HOMOLOGATION",
            "outcome": "REFUSED",
            "performedFrom": "2026-01-01",
            "performedTo": "2026-01-01",
        },
        ConsultationFilter(
            branch_ids=HERE,
            integration_id=SOME,
            document="11144477735",
            subject_kind=SubjectKind.CPF,
            plan=ConsultationPlan.CREDNET_TOP,
            environment=Environment.HOMOLOGATION,
            outcome=ConsultationOutcome.REFUSED,
            performed_from=date(2026, 1, 1),
            performed_to=date(2026, 1, 1),
        ),
    ),
    "negativations": (
        {
            "status": "REJECTED",
            "form": "AUTOMATIC",
            "environment": "PRODUCTION",
            "branchId": encode_id("Branch", SOME),
            "customerId": encode_id("Customer", SOME),
            "invoiceId": encode_id("Invoice", SOME),
            "integrationId": encode_id("Integration", SOME),
            "createdFrom": "2026-01-01",
            "createdTo": "2026-01-31",
            "clearingDue": True,
        },
        NegativationFilter(
            branch_ids=HERE,
            status=frozenset({NegativationStatus.REJECTED}),
            form=NegativationForm.AUTOMATIC,
            environment=Environment.PRODUCTION,
            customer_id=SOME,
            invoice_id=SOME,
            integration_id=SOME,
            created_from=date(2026, 1, 1),
            created_to=date(2026, 1, 31),
            clearing_due=True,
        ),
    ),
}

TITLES = {"customers": "Person", "leads": "Person", "prospects": "Person"}


@pytest.fixture
def database_address() -> None:
    """Everything is in memory, and graphql-core alone answers: these tests look at what it asks for."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """What stores are asked for: filter and order."""
    seen: list[tuple[Any, Any]] = []
    original: Any = Records.page

    async def page(self: Any, matching: Any, order: Any, window: Any) -> Any:
        seen.append((matching, order))
        return await original(self, matching, order, window)

    monkeypatch.setattr(Records, "page", page)
    return seen


@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_reaches_the_store(desk: Desk, asked: list[tuple[Any, Any]], name: str) -> None:
    given, expected = FILTERS[name]
    kind = TITLES.get(name, name[:-1].capitalize() if name != "branches" else "Branch")
    query = f"query ($filter: {kind}Filter) {{ {name}(filter: $filter) {{ nodes {{ id }} }} }}"
    answer = await desk.ask(query, {"filter": given})
    assert answer.errors == []
    assert [matching for matching, _ in asked] == [expected]


@pytest.mark.parametrize("name", FILTERS)
async def test_without_a_filter_everything_is_meant(
    desk: Desk, asked: list[tuple[Any, Any]], name: str
) -> None:
    for query in (f"{{ {name} {{ nodes {{ id }} }} }}", f"{{ {name}(filter: null) {{ nodes {{ id }} }} }}"):
        assert (await desk.ask(query)).errors == []
    assert [matching for matching, _ in asked] == [type(FILTERS[name][1])()] * 2


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("customers", Order(PersonOrder.NUMBER, Direction.ASC)),
        ("customers(orderBy: {field: NAME})", Order(PersonOrder.NAME, Direction.ASC)),
        ("invoices(orderBy: {field: DUE_ON, direction: DESC})", Order(InvoiceOrder.DUE_ON, Direction.DESC)),
        ("consultations", Order(ConsultationOrderField.NUMBER, Direction.DESC)),
        (
            "consultations(orderBy: {field: PERFORMED_AT})",
            Order(ConsultationOrderField.PERFORMED_AT, Direction.DESC),
        ),
        (
            "negativations(orderBy: {field: CREATED_AT, direction: ASC})",
            Order(NegativationOrder.CREATED_AT, Direction.ASC),
        ),
    ],
)
async def test_an_order_reaches_the_store(
    desk: Desk, asked: list[tuple[Any, Any]], query: str, order: Order[Any]
) -> None:
    assert (await desk.ask(f"{{ {query} {{ nodes {{ id }} }} }}")).errors == []
    assert [found for _, found in asked] == [order]


async def test_the_trail_of_one_record(desk: Desk) -> None:
    async with desk.world.units_of_work.begin() as work:
        kind = type(desk.world.invoice).__name__
        await work.audit.add(
            make_audit_event(),
            make_audit_event(
                record_kind=kind, record_id=desk.world.invoice.id, details={"number": 7, "ok": True}
            ),
        )
    query = """query ($filter: AuditEventFilter) { auditEvents(filter: $filter) {
        nodes { action actor recordId recordKind details { name value } } } }"""
    found = (await desk.ask(query, {"filter": {"recordId": global_id(desk.world.invoice)}})).one()["nodes"]
    assert found == [
        {
            "action": "PARAMETERS_UPDATED",
            "actor": "Tests",
            "recordId": global_id(desk.world.invoice),
            "recordKind": "Invoice",
            "details": [{"name": "number", "value": "7"}, {"name": "ok", "value": "true"}],
        }
    ]
    refused = await desk.ask(query, {"filter": {"recordId": "x"}})
    assert refused.error()["extensions"]["problems"][0]["path"] == ["filter", "recordId"]


def test_the_filter_of_the_trail_takes_every_condition() -> None:
    given = AuditEventFilterInput(
        branch_id=None,
        action=AuditAction.COLLECTION_RUN,
        actor_id="a",
        from_on=date(2026, 1, 1),
        to_on=date(2026, 1, 2),
    )
    assert given.read(make_caller(branch_ids=HERE)) == AuditFilter(
        branch_ids=HERE,
        action=AuditAction.COLLECTION_RUN,
        actor_id="a",
        from_on=date(2026, 1, 1),
        to_on=date(2026, 1, 2),
    )
