"""Every list, by each filter and in each order, is found by an index, on its first page and on later ones."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.database import Database
from adapters.sql.migrate import migrate
from core.domain.audit import AuditAction
from core.domain.bureau import Environment
from core.domain.collection import CollectionDecision
from core.domain.consultation import ConsultationOutcome
from core.domain.invoice import InvoiceStatus
from core.domain.listing import (
    AuditFilter,
    AuditOrder,
    BranchFilter,
    BranchOrder,
    ClearingTaskFilter,
    ClearingTaskOrder,
    CollectionItemFilter,
    CollectionOrder,
    ConsultationFilter,
    ConsultationOrderField,
    InvoiceFilter,
    InvoiceOrder,
    MonitorChangeFilter,
    MonitorFilter,
    MonitorOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.paging import Cursor, Direction, KeyValue, Order, Window
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind
from core.use_cases.fetch_results import AWAITING
from ports.unit_of_work import UnitOfWork
from support.builders import NOW, TODAY, new_id
from support.statements import statements
from support.storages import Storage, sql_storage, sqlite_address

ONE = frozenset({new_id()})
THREE = frozenset({new_id(), new_id(), new_id()})
OPEN = frozenset({InvoiceStatus.OPEN})
ACTIVE = frozenset({NegativationStatus.ACTIVE})
ORDERS: dict[str, Any] = {
    "branches": BranchOrder,
    "customers": PersonOrder,
    "leads": PersonOrder,
    "prospects": PersonOrder,
    "invoices": InvoiceOrder,
    "consultations": ConsultationOrderField,
    "negativations": NegativationOrder,
    "clearing_tasks": ClearingTaskOrder,
    "audit": AuditOrder,
    "collection_items": CollectionOrder,
    "monitors": MonitorOrder,
    "monitor_changes": MonitorOrder,
}
PLACES: dict[str, KeyValue] = {"NUMBER": 7, "NAME": "ana", "DUE_ON": TODAY}

SOUGHT: list[tuple[str, Any]] = [
    ("branches", BranchFilter(branch_ids=ONE)),
    ("branches", BranchFilter(external_id="x")),
    *(
        (kind, matching)
        for kind in ("customers", "leads", "prospects")
        for matching in (
            PersonFilter(branch_ids=ONE),
            PersonFilter(branch_ids=THREE),
            PersonFilter(branch_ids=ONE, search="x"),
            PersonFilter(branch_ids=THREE, search="x"),
            PersonFilter(document="1"),
            PersonFilter(document="1", branch_ids=THREE),
            PersonFilter(external_id="x", branch_ids=ONE),
        )
    ),
    ("invoices", InvoiceFilter(branch_ids=ONE)),
    ("invoices", InvoiceFilter(branch_ids=THREE, status=OPEN)),
    ("invoices", InvoiceFilter(customer_id=new_id())),
    ("invoices", InvoiceFilter(status=OPEN)),
    ("invoices", InvoiceFilter(status=frozenset(InvoiceStatus))),
    ("invoices", InvoiceFilter(status=OPEN, branch_ids=ONE)),
    ("invoices", InvoiceFilter(status=OPEN, due_to=TODAY)),
    ("invoices", InvoiceFilter(external_id="x")),
    ("consultations", ConsultationFilter(branch_ids=ONE)),
    ("consultations", ConsultationFilter(branch_ids=THREE)),
    ("consultations", ConsultationFilter(integration_id=new_id())),
    ("consultations", ConsultationFilter(document="1")),
    ("consultations", ConsultationFilter(subject_id=new_id(), subject_kind=SubjectKind.LEAD)),
    ("consultations", ConsultationFilter(outcome=ConsultationOutcome.UNDETERMINED)),
    ("negativations", NegativationFilter(branch_ids=ONE)),
    ("negativations", NegativationFilter(branch_ids=THREE)),
    ("negativations", NegativationFilter(status=ACTIVE)),
    ("negativations", NegativationFilter(status=frozenset(NegativationStatus))),
    ("negativations", NegativationFilter(customer_id=new_id())),
    ("negativations", NegativationFilter(invoice_id=new_id())),
    ("negativations", NegativationFilter(integration_id=new_id())),
    ("negativations", NegativationFilter(clearing_due=True, branch_ids=ONE)),
    ("clearing_tasks", ClearingTaskFilter(branch_ids=ONE)),
    ("clearing_tasks", ClearingTaskFilter(branch_ids=THREE)),
    ("audit", AuditFilter(branch_ids=ONE)),
    ("audit", AuditFilter(branch_ids=THREE)),
    ("audit", AuditFilter(action=AuditAction.COLLECTION_RUN)),
    ("audit", AuditFilter(record_id=new_id())),
    ("audit", AuditFilter(actor_id="x")),
    ("collection_items", CollectionItemFilter(run_id=new_id())),
    ("collection_items", CollectionItemFilter(run_id=new_id(), branch_ids=THREE)),
    ("collection_items", CollectionItemFilter(run_id=new_id(), decision=CollectionDecision.CLEARED)),
    ("monitors", MonitorFilter(branch_ids=ONE)),
    ("monitors", MonitorFilter(document="1")),
    ("monitor_changes", MonitorChangeFilter(branch_ids=ONE)),
    ("monitor_changes", MonitorChangeFilter(monitor_id=new_id())),
]
"""Filters that name what they want: no table is walked for them."""

WALKED: list[tuple[str, Any]] = [
    ("branches", BranchFilter()),
    ("customers", PersonFilter()),
    ("customers", PersonFilter(search="x")),
    ("invoices", InvoiceFilter()),
    ("consultations", ConsultationFilter()),
    ("consultations", ConsultationFilter(subject_kind=SubjectKind.CPF)),
    ("consultations", ConsultationFilter(plan=ConsultationPlan.CREDNET_TOP)),
    ("consultations", ConsultationFilter(environment=Environment.PRODUCTION)),
    ("negativations", NegativationFilter()),
    ("negativations", NegativationFilter(form=NegativationForm.MANUAL)),
    ("negativations", NegativationFilter(environment=Environment.PRODUCTION)),
    ("negativations", NegativationFilter(clearing_due=True)),
    ("clearing_tasks", ClearingTaskFilter()),
    ("clearing_tasks", ClearingTaskFilter(form=NegativationForm.MANUAL)),
    ("audit", AuditFilter()),
    ("monitors", MonitorFilter()),
    ("monitor_changes", MonitorChangeFilter()),
]
"""Filters that let much through: the list is walked in its order, from the page's beginning, until the page is full."""

RANGES: list[tuple[str, Any, Any]] = [
    ("invoices", InvoiceFilter(due_from=TODAY, due_to=TODAY), InvoiceOrder.DUE_ON),
    (
        "consultations",
        ConsultationFilter(performed_from=TODAY, performed_to=TODAY),
        ConsultationOrderField.PERFORMED_AT,
    ),
    ("negativations", NegativationFilter(created_from=TODAY), NegativationOrder.CREATED_AT),
]


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    """SQLite with tables, without rows: the plans are those of the indexes alone."""
    address = sqlite_address(tmp_path / "fiador.sqlite3")
    await migrate(address)
    async with sql_storage(address) as opened:
        yield opened


async def _plan(storage: Storage, kind: str, matching: Any, order: Order[Any], window: Window) -> str:
    """How SQLite finds the page, one step a line."""
    return await _plan_of(storage, lambda work: _store(work, kind).page(matching, order, window))


async def _plan_of(storage: Storage, ask: Callable[[UnitOfWork], Awaitable[object]]) -> str:
    """How SQLite finds what is asked for, by one query."""
    database = storage.database
    assert database is not None
    with statements(database) as seen:
        async with storage.units_of_work.read() as work:
            await ask(work)
    [(statement, parameters)] = seen
    return await _explain(database, statement, parameters, storage)


async def _explain(database: Database, statement: str, parameters: Any, storage: Storage) -> str:
    async with database.reading(storage.clock) as work:
        connection = work.connection
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(str(row.detail) for row in rows)


def _store(work: UnitOfWork, kind: str) -> Any:
    return getattr(work, kind)


def _windows(field: str) -> list[Window]:
    value = PLACES.get(field, NOW)
    return [
        Window(size=20),
        Window(size=20, after=Cursor(value, 7)),
        Window(size=20, before=Cursor(value, 7), backward=True),
    ]


async def test_what_a_filter_names_is_sought_in_an_index(storage: Storage) -> None:
    for kind, matching in SOUGHT:
        for field in ORDERS[kind]:
            for window in _windows(field.value):
                plan = await _plan(storage, kind, matching, Order(field, Direction.DESC), window)
                assert re.search(r"SEARCH \w+ USING (COVERING )?INDEX", plan), (matching, field, plan)
                # What is walked or sorted is only the pages that were found for each of several values.
                assert not re.search(r"SCAN (?!anon_)", plan), (matching, field, plan)
                one_value = "anon_" not in plan
                indexed_order = _is_in_order(kind, matching, field)
                assert not (one_value and indexed_order and "TEMP B-TREE" in plan), (matching, field, plan)


def _is_in_order(kind: str, matching: Any, field: Any) -> bool:
    """Whether much may match, so that the index must be in the list's order too."""
    much = ("branch_ids", "status")
    given = {name for name in matching.__slots__ if getattr(matching, name) not in (None, False)}
    return bool(given) and given <= set(much) and kind != "branches"


async def test_what_lets_much_through_is_walked_in_order(storage: Storage) -> None:
    for kind, matching in WALKED:
        for field in ORDERS[kind]:
            for window in _windows(field.value):
                plan = await _plan(storage, kind, matching, Order(field, Direction.ASC), window)
                assert "TEMP B-TREE" not in plan, (matching, field, plan)
                if window.after or window.before:
                    assert plan.startswith("SEARCH"), (matching, field, plan)


async def test_a_range_in_its_own_order_is_sought(storage: Storage) -> None:
    for kind, matching, field in RANGES:
        for window in _windows(field.value):
            plan = await _plan(storage, kind, matching, Order(field, Direction.DESC), window)
            assert plan.startswith("SEARCH"), (matching, plan)
            assert "TEMP B-TREE" not in plan, (matching, plan)


MANY: list[Callable[[UnitOfWork], Awaitable[object]]] = [
    lambda work: work.customers.get_many(THREE),
    lambda work: work.invoices.get_many(THREE),
    lambda work: work.customers.by_external_ids(["x", "y"]),
    lambda work: work.negativations.live_among(THREE),
    lambda work: work.negativations.live_of_invoices(THREE),
    lambda work: work.negativations.latest_of_invoices(THREE),
    lambda work: work.negativations.live_contracts([("1", "2"), ("3", "4")], Environment.PRODUCTION),
    lambda work: work.negativations.histories(THREE),
    lambda work: work.consultations.reports(THREE),
    lambda work: work.collection_settings.of(THREE),
]
"""Records that are looked for by many values at once."""


@pytest.mark.parametrize("place", range(len(MANY)))
async def test_each_of_many_values_is_sought_in_an_index(storage: Storage, place: int) -> None:
    plan = await _plan_of(storage, MANY[place])
    assert re.match(r"SEARCH \w+ USING (COVERING )?INDEX", plan), plan


async def test_registrations_to_clear_are_found_among_those_alone(storage: Storage) -> None:
    for field in NegativationOrder:
        order = Order(field, Direction.ASC)
        plan = await _plan(
            storage, "negativations", NegativationFilter(clearing_due=True), order, Window(size=9)
        )
        assert "USING INDEX ix_negativations_to_clear" in plan


async def test_what_awaits_the_bureau_s_results_is_counted_in_an_index_alone(storage: Storage) -> None:
    """It is asked every few seconds, of an integration that may have a hundred thousand registrations."""
    awaited = NegativationFilter(integration_id=new_id(), status=AWAITING)
    plan = await _plan_of(storage, lambda work: work.negativations.count(awaited))
    assert "USING COVERING INDEX ix_negativations_integration_status" in plan


async def test_due_promises_are_found_among_those_not_kept(storage: Storage) -> None:
    database = storage.database
    assert database is not None
    with statements(database) as seen:
        await storage.queue().claim(10)
    [(statement, parameters)] = [each for each in seen if each[0].startswith("SELECT")]
    plan = await _explain(database, statement, parameters, storage)
    assert "SEARCH bureau_accounts USING INDEX ix_bureau_accounts_next_at (next_at<?)" in plan
    assert "SEARCH intents USING INDEX ix_intents_due (account=? AND due_at<?)" in plan
