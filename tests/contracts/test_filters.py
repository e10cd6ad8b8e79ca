"""Filters: each condition lets through what it names and nothing else; all given conditions hold at once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.domain.audit import AuditAction
from core.domain.bureau import Environment
from core.domain.calendar_rules import start_of_day
from core.domain.consultation import ConsultationOutcome
from core.domain.invoice import InvoiceStatus
from core.domain.listing import (
    AuditFilter,
    AuditOrder,
    BranchFilter,
    BranchOrder,
    ClearingTaskFilter,
    ClearingTaskOrder,
    ConsultationFilter,
    ConsultationOrderField,
    IntegrationFilter,
    IntegrationOrder,
    InvoiceFilter,
    InvoiceOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.negativation import Clearing, Negativation, NegativationForm, NegativationStatus
from core.domain.paging import Direction, Order, Window
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.builders import (
    NOW,
    TODAY,
    make_audit_event,
    make_branch,
    make_integration,
    make_lead,
    new_id,
)
from support.documents import synthetic_cpf
from support.records import store_company, store_negativation

NOBODY = frozenset({new_id()})


async def _found(store: Any, matching: Any, field: Any) -> list[Any]:
    """What a filter lets through, oldest first; the count must agree."""
    page = await store.page(matching, Order(field, Direction.ASC), Window(size=100))
    assert await store.count(matching) == len(page.edges)
    return [edge.record for edge in page.edges]


def _numbers(records: Iterable[Any]) -> list[int]:
    return [record.number for record in records]


async def test_branches(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        a = await work.branches.add(make_branch(name="São José", external_id="1"))
        b = await work.branches.add(make_branch(name="100% fibra_x", external_id="2"))
        for matching, expected in {
            BranchFilter(): [a, b],
            BranchFilter(branch_ids=frozenset({b.id})): [b],
            BranchFilter(branch_ids=frozenset({a.id, b.id})): [a, b],
            BranchFilter(branch_ids=frozenset()): [],
            BranchFilter(branch_ids=NOBODY): [],
            BranchFilter(external_id="2"): [b],
            BranchFilter(external_id="3"): [],
            BranchFilter(search="SAO"): [a],
            BranchFilter(search="são j"): [a],
            BranchFilter(search="%"): [b],
            BranchFilter(search="_"): [b],
            BranchFilter(search="fibra\\"): [],
            BranchFilter(search=""): [a, b],
            BranchFilter(search="fibra", external_id="1"): [],
        }.items():
            assert await _found(work.branches, matching, BranchOrder.NUMBER) == expected, matching


async def test_integrations(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        old = await work.integrations.add(make_integration(branch_id=branch.id, deleted_at=NOW))
        new = await work.integrations.add(
            make_integration(branch_id=branch.id, environment=Environment.PRODUCTION)
        )
        for matching, expected in {
            IntegrationFilter(): [new],
            IntegrationFilter(deleted=True): [old, new],
            IntegrationFilter(branch_ids=frozenset({branch.id})): [new],
            IntegrationFilter(branch_ids=NOBODY): [],
            IntegrationFilter(environment=Environment.PRODUCTION): [new],
            IntegrationFilter(environment=Environment.HOMOLOGATION): [],
            IntegrationFilter(environment=Environment.HOMOLOGATION, deleted=True): [old],
        }.items():
            assert await _found(work.integrations, matching, IntegrationOrder.NUMBER) == expected, matching


async def test_people(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        here, there = [await work.branches.add(make_branch()) for _ in range(2)]
        ana = make_lead(branch_id=here.id, name="Ânia Muñoz", document=synthetic_cpf(1), external_id="x")
        ana = await work.leads.add(ana)
        rui = await work.leads.add(make_lead(branch_id=there.id, name="RUI", document=None))
        for matching, expected in {
            PersonFilter(): [ana, rui],
            PersonFilter(branch_ids=frozenset({here.id})): [ana],
            PersonFilter(branch_ids=frozenset({here.id, there.id})): [ana, rui],
            PersonFilter(search="munoz"): [ana],
            PersonFilter(search="ui"): [rui],
            PersonFilter(search="anía"): [ana],
            PersonFilter(document=synthetic_cpf(1).number): [ana],
            PersonFilter(document=synthetic_cpf(2).number): [],
            PersonFilter(external_id="x"): [ana],
            PersonFilter(external_id="x", branch_ids=frozenset({there.id})): [],
        }.items():
            assert await _found(work.leads, matching, PersonOrder.NUMBER) == expected, matching


async def test_invoices(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        here, there = await store_company(work), await store_company(work)
        late = await work.invoices.add(here.invoice(due_on=TODAY, external_id="x"))
        paid = await work.invoices.add(
            there.invoice(due_on=TODAY + timedelta(days=1), status=InvoiceStatus.SETTLED)
        )
        both = frozenset({InvoiceStatus.SETTLED, InvoiceStatus.OPEN})
        for matching, expected in {
            InvoiceFilter(): [late, paid],
            InvoiceFilter(branch_ids=frozenset({here.branch.id})): [late],
            InvoiceFilter(customer_id=there.customer.id): [paid],
            InvoiceFilter(status=frozenset({InvoiceStatus.SETTLED})): [paid],
            InvoiceFilter(status=both): [late, paid],
            InvoiceFilter(status=frozenset()): [],
            InvoiceFilter(due_from=TODAY, due_to=TODAY): [late],
            InvoiceFilter(due_from=TODAY + timedelta(days=1)): [paid],
            InvoiceFilter(due_to=TODAY - timedelta(days=1)): [],
            InvoiceFilter(due_from=date.min, due_to=date.max): [late, paid],
            InvoiceFilter(external_id="x"): [late],
            InvoiceFilter(external_id="x", customer_id=there.customer.id): [],
        }.items():
            assert await _found(work.invoices, matching, InvoiceOrder.NUMBER) == expected, matching
            numbers = [(invoice.number, invoice.id) for invoice in expected]
            assert await work.invoices.numbered(matching, 0, 9) == numbers, matching
        one_by_one = [await work.invoices.numbered(InvoiceFilter(), after, 1) for after in (0, late.number)]
        assert one_by_one == [[(late.number, late.id)], [(paid.number, paid.id)]]
        assert await work.invoices.numbered(InvoiceFilter(), paid.number, 9) == []


async def test_consultations(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        here, there = await store_company(work), await store_company(work)
        bare = await work.consultations.add(here.consultation(document=synthetic_cpf(5)))
        other = await work.consultations.add(
            there.consultation(
                subject_kind=SubjectKind.CUSTOMER,
                subject_id=there.customer.id,
                plan=ConsultationPlan.CREDNET_TOP,
                environment=Environment.PRODUCTION,
                outcome=ConsultationOutcome.FAILED,
            )
        )
        for matching, expected in {
            ConsultationFilter(): [bare, other],
            ConsultationFilter(branch_ids=frozenset({there.branch.id})): [other],
            ConsultationFilter(integration_id=here.integration.id): [bare],
            ConsultationFilter(document=synthetic_cpf(5).number): [bare],
            ConsultationFilter(subject_kind=SubjectKind.CUSTOMER): [other],
            ConsultationFilter(subject_id=there.customer.id): [other],
            ConsultationFilter(plan=ConsultationPlan.CREDNET_TOP): [other],
            ConsultationFilter(environment=Environment.HOMOLOGATION): [bare],
            ConsultationFilter(outcome=ConsultationOutcome.FAILED): [other],
            ConsultationFilter(outcome=ConsultationOutcome.FAILED, document=synthetic_cpf(5).number): [],
        }.items():
            found = await _found(work.consultations, matching, ConsultationOrderField.NUMBER)
            assert found == expected, matching


async def test_negativations(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        here, there = await store_company(work), await store_company(work)
        queued = await store_negativation(work, here)
        active = await store_negativation(
            work,
            there,
            form=NegativationForm.AUTOMATIC,
            environment=Environment.PRODUCTION,
            status=NegativationStatus.ACTIVE,
        )
        both = frozenset({NegativationStatus.QUEUED, NegativationStatus.ACTIVE})
        for matching, expected in {
            NegativationFilter(): [queued, active],
            NegativationFilter(branch_ids=frozenset({here.branch.id})): [queued],
            NegativationFilter(status=frozenset({NegativationStatus.ACTIVE})): [active],
            NegativationFilter(status=both): [queued, active],
            NegativationFilter(status=both, form=NegativationForm.MANUAL): [queued],
            NegativationFilter(environment=Environment.PRODUCTION): [active],
            NegativationFilter(customer_id=here.customer.id): [queued],
            NegativationFilter(invoice_id=active.invoice_id): [active],
            NegativationFilter(integration_id=there.integration.id): [active],
            NegativationFilter(clearing_due=True): [],
        }.items():
            found = await _found(work.negativations, matching, NegativationOrder.NUMBER)
            assert found == expected, matching


async def test_registrations_that_somebody_must_clear(units_of_work: UnitsOfWork) -> None:
    asked = Clearing(code="01", requested_at=NOW, requested_by="ana")
    must: list[dict[str, Any]] = [
        {"status": NegativationStatus.ACTIVE, "clearing_due_on": TODAY},
        {"status": NegativationStatus.SENT, "clearing_due_on": TODAY},
        {"status": NegativationStatus.CLEARING_REJECTED, "clearing_due_on": TODAY, "clearing": asked},
    ]
    need_not: list[dict[str, Any]] = [
        {"status": NegativationStatus.ACTIVE},
        {"status": NegativationStatus.CLEARING_QUEUED, "clearing_due_on": TODAY, "clearing": asked},
        {"status": NegativationStatus.SENT, "clearing_due_on": TODAY, "clearing": asked},
        {"status": NegativationStatus.CLEARED, "clearing_due_on": TODAY, "clearing": asked},
        {"status": NegativationStatus.REJECTED, "clearing_due_on": TODAY},
    ]
    async with units_of_work.begin() as work:
        company = await store_company(work)
        for changes in need_not:
            await store_negativation(work, company, **changes)
        expected = [await store_negativation(work, company, **changes) for changes in must]
        matching = NegativationFilter(clearing_due=True)
        assert await _found(work.negativations, matching, NegativationOrder.NUMBER) == expected
        tasks = await _found(work.clearing_tasks, ClearingTaskFilter(), ClearingTaskOrder.DUE_ON)
        assert tasks == expected


async def test_clearing_tasks(units_of_work: UnitsOfWork) -> None:
    due: dict[str, Any] = {"status": NegativationStatus.ACTIVE, "clearing_due_on": TODAY}
    async with units_of_work.begin() as work:
        here, elsewhere = await store_company(work), await store_company(work)
        manual = await store_negativation(work, here, **due)
        automatic = await store_negativation(work, here, form=NegativationForm.AUTOMATIC, **due)
        far = await store_negativation(work, elsewhere, **due)
        cases: list[tuple[ClearingTaskFilter, list[Negativation]]] = [
            (ClearingTaskFilter(), [manual, automatic, far]),
            (ClearingTaskFilter(form=NegativationForm.MANUAL), [manual, far]),
            (ClearingTaskFilter(form=NegativationForm.AUTOMATIC), [automatic]),
            (ClearingTaskFilter(branch_ids=frozenset({elsewhere.branch.id})), [far]),
            (ClearingTaskFilter(branch_ids=frozenset()), []),
        ]
        for matching, expected in cases:
            found = await _found(work.clearing_tasks, matching, ClearingTaskOrder.DUE_ON)
            assert found == expected, matching


async def test_audit_events(units_of_work: UnitsOfWork) -> None:
    here, record = new_id(), new_id()
    of_company = make_audit_event()
    of_branch = make_audit_event(
        branch_id=here, record_id=record, action=AuditAction.RECORD_CREATED, actor_id="ana"
    )
    async with units_of_work.begin() as work:
        await work.audit.add(of_company, of_branch)
        for matching, expected in {
            AuditFilter(): [of_company.id, of_branch.id],
            AuditFilter(branch_ids=frozenset({here})): [of_branch.id],
            AuditFilter(branch_ids=NOBODY): [],
            AuditFilter(action=AuditAction.RECORD_CREATED): [of_branch.id],
            AuditFilter(record_id=record): [of_branch.id],
            AuditFilter(actor_id="tests"): [of_company.id],
        }.items():
            found = await _found(work.audit, matching, AuditOrder.NUMBER)
            assert [event.id for event in found] == expected, matching


DAY = date(2026, 3, 16)
MIDNIGHT = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
"""São Paulo's midnight."""

DAYS = [
    (DAY, DAY, ["start", "end"]),
    (DAY, None, ["start", "end", "next day"]),
    (None, DAY, ["day before", "start", "end"]),
    (DAY + timedelta(days=1), DAY, []),
    (date.min, date.max, ["day before", "start", "end", "next day"]),
]
MOMENTS = {
    "day before": MIDNIGHT - timedelta(microseconds=1),
    "start": MIDNIGHT,
    "end": MIDNIGHT + timedelta(hours=24, microseconds=-1),
    "next day": MIDNIGHT + timedelta(hours=24),
}


@pytest.mark.parametrize("kind", ["consultations", "negativations", "audit"])
async def test_days_are_local_and_both_ends_belong(units_of_work: UnitsOfWork, kind: str) -> None:
    assert start_of_day(DAY) == MIDNIGHT
    async with units_of_work.begin() as work:
        names = {number: name for name, number in (await _at_moments(work, kind)).items()}
        for first, last, expected in DAYS:
            found = await _within(work, kind, first, last)
            assert [names[number] for number in _numbers(found)] == expected, (first, last)


async def _at_moments(work: UnitOfWork, kind: str) -> dict[str, int]:
    company = await store_company(work)
    if kind == "consultations":
        consultations = {
            name: await work.consultations.add(company.consultation(performed_at=at))
            for name, at in MOMENTS.items()
        }
        return {name: record.number for name, record in consultations.items()}
    if kind == "negativations":
        negativations = {
            name: await store_negativation(work, company, created_at=at) for name, at in MOMENTS.items()
        }
        return {name: record.number for name, record in negativations.items()}
    await work.audit.add(*(make_audit_event(at=at) for at in MOMENTS.values()))
    events = await _found(work.audit, AuditFilter(), AuditOrder.NUMBER)
    return {name: event.number for name, event in zip(MOMENTS, events, strict=True)}


async def _within(work: UnitOfWork, kind: str, first: date | None, last: date | None) -> list[Any]:
    if kind == "consultations":
        performed = ConsultationFilter(performed_from=first, performed_to=last)
        return await _found(work.consultations, performed, ConsultationOrderField.NUMBER)
    if kind == "negativations":
        created = NegativationFilter(created_from=first, created_to=last)
        return await _found(work.negativations, created, NegativationOrder.NUMBER)
    return await _found(work.audit, AuditFilter(from_on=first, to_on=last), AuditOrder.NUMBER)
