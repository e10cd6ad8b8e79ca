"""Consultations: found by key, number and document; reports apart, and untouched."""

from datetime import date, timedelta

import pytest

from core.domain.bureau import Environment
from core.domain.calendar_rules import start_of_day
from core.domain.consultation import ConsultationOutcome
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.report import EMPTY_BLOCK, CreditReport
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW, make_bureau_report, make_report, new_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.records import store_company

HERE = Environment.HOMOLOGATION


async def test_a_consultation_is_found_by_number(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        _, second = [await work.consultations.add(company.consultation()) for _ in range(2)]
        store = work.consultations
        assert await store.by_number(second.number) == second
        for number in (0, -1, second.number + 1, 2**63, 2**70):
            assert await store.by_number(number) is None


async def test_the_last_successful_one_counts_in_any_branch(units_of_work: UnitsOfWork) -> None:
    document = synthetic_cpf(3)
    async with units_of_work.begin() as work:
        here, there = await store_company(work), await store_company(work)
        store = work.consultations
        assert await store.last_successful(document, HERE) is None
        later = NOW + timedelta(hours=1)
        newest = await store.add(there.consultation(document=document, performed_at=later))
        await store.add(here.consultation(document=document))
        await store.add(here.consultation(document=synthetic_cpf(4), performed_at=later))
        await store.add(
            here.consultation(
                document=document, performed_at=later + timedelta(days=1), outcome=ConsultationOutcome.FAILED
            )
        )
        assert await store.last_successful(document, HERE) == newest
        assert await store.last_successful(document, Environment.PRODUCTION) is None
        assert await store.last_successful(synthetic_cnpj(3), HERE) is None


@pytest.mark.parametrize("outcome", ConsultationOutcome)
async def test_open_ones_await_their_answer(units_of_work: UnitsOfWork, outcome: ConsultationOutcome) -> None:
    document = synthetic_cpf(3)
    async with units_of_work.begin() as work:
        company = await store_company(work)
        asked = [
            await work.consultations.add(
                company.consultation(document=document, plan=plan, outcome=outcome, performed_at=at)
            )
            for plan, at in [
                (ConsultationPlan.REPORT_AND_SCORE, NOW),
                (ConsultationPlan.CREDNET_TOP, NOW - timedelta(hours=1)),
            ]
        ]
        store = work.consultations
        assert await store.open_ones(document, HERE) == (asked if outcome.open else [])
        assert await store.open_ones(document, Environment.PRODUCTION) == []
        assert await store.open_ones(synthetic_cpf(4), HERE) == []


async def test_reports_come_back_whole_and_pages_byte_for_byte(units_of_work: UnitsOfWork) -> None:
    page = bytes(range(256)) * 2000
    async with units_of_work.begin() as work:
        company = await store_company(work)
        store = work.consultations
        full, empty, none = [await store.add(company.consultation()) for _ in range(3)]
        await store.add_report(full.id, make_bureau_report(original=page))
        await store.add_report(
            empty.id, make_bureau_report(report=CreditReport(lawsuits=EMPTY_BLOCK), cost=Money(0))
        )
    async with units_of_work.read() as work:
        found = await work.consultations.reports([full.id, empty.id, none.id, new_id()])
        assert found == {full.id: make_report(), empty.id: CreditReport(lawsuits=EMPTY_BLOCK)}
        assert await work.consultations.reports([]) == {}
        original = await work.consultations.original(full.id)
        assert original == (page, "text/html; charset=iso-8859-1")
        assert await work.consultations.original(none.id) is None


async def test_a_report_that_was_fetched_again_replaces_the_first(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        consultation = await work.consultations.add(company.consultation())
        await work.consultations.add_report(consultation.id, make_bureau_report(original=b"first"))
        await work.consultations.add_report(consultation.id, make_bureau_report(original=b"second"))
    async with units_of_work.read() as work:
        original = await work.consultations.original(consultation.id)
    assert original is not None
    assert original[0] == b"second"


async def test_what_a_branch_spends_in_a_day_is_what_was_billed_or_may_be(units_of_work: UnitsOfWork) -> None:
    day = date(2026, 3, 16)
    first, last = start_of_day(day), start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)
    outcomes = ConsultationOutcome
    async with units_of_work.begin() as work:
        here, there = await store_company(work), await store_company(work)
        store = work.consultations
        for at, outcome, billable in (
            (first, outcomes.SUCCEEDED, True),
            (last, outcomes.REFUSED, True),
            (NOW, outcomes.PENDING, False),
            (NOW, outcomes.UNDETERMINED, False),
            (NOW, outcomes.SUCCEEDED, False),
            (NOW, outcomes.REFUSED, False),
            (NOW, outcomes.FAILED, False),
            (first - timedelta(microseconds=1), outcomes.SUCCEEDED, True),
            (last + timedelta(microseconds=1), outcomes.SUCCEEDED, True),
        ):
            await store.add(here.consultation(performed_at=at, outcome=outcome, billable=billable))
        await store.add(there.consultation(performed_at=NOW, billable=True))
        assert await store.billed_on(here.branch.id, day) == 4
        assert await store.billed_on(there.branch.id, day) == 1
        assert await store.billed_on(there.branch.id, day + timedelta(days=1)) == 0
