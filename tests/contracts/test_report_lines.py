"""Lines of reports: they hold what the records hold, in their order, a chunk at a time."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from core.domain.bureau import BureauCode, Environment
from core.domain.consultation import Consultation
from core.domain.listing import ConsultationFilter, NegativationFilter
from core.domain.money import Money
from core.domain.negativation import Clearing, Negativation, NegativationForm, NegativationStatus
from core.domain.states import StateCode
from core.domain.subjects import SubjectKind
from ports.report_lines import ConsultationLines, NegativationLines, ReportLines
from support.builders import NOW, make_debtor, make_lead, make_prospect, new_id
from support.documents import synthetic_cnpj
from support.records import Company, store_company, store_negativation
from support.storages import Storage

EVERYTHING = 100
A_FRACTION_LATER = NOW + timedelta(microseconds=7)


@pytest.fixture
def lines(storage: Storage) -> ReportLines:
    """The lines over each kind of storage."""
    return storage.report_lines()


@pytest.fixture
async def company(storage: Storage) -> Company:
    """A branch with its integration and one customer."""
    async with storage.units_of_work.begin() as work:
        return await store_company(work)


def rows_of(lines: ConsultationLines | NegativationLines) -> list[dict[str, Any]]:
    """What the lines say of each record."""
    columns = {
        field.name: [*map(_instant, column)] if field.name.endswith("_at") else column
        for field in fields(lines)
        for column in (getattr(lines, field.name),)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def line_of(record: Negativation, company: Company, invoice_number: int) -> dict[str, Any]:
    clearing = record.clearing
    return {
        "number": record.number,
        "status": record.status,
        "form": record.form,
        "debtor_name": record.debtor.name,
        "debtor_document": record.debtor.document.number,
        "invoice_number": invoice_number,
        "invoice_external_id": f"i-{invoice_number}",
        "invoice_status": "OPEN",
        "contract": record.contract,
        "amount": record.amount.centavos,
        "due_on": str(record.due_on),
        "expires_on": str(record.expires_on),
        "branch_name": company.branch.name,
        "integration_number": company.integration.number,
        "intermediary": "CONNECT",
        "environment": record.environment,
        "restriction_code": record.restriction_code,
        "created_at": record.created_at,
        "created_by": record.created_by,
        "updated_at": record.updated_at,
        "protocol": record.protocol,
        "clearing_code": clearing.code if clearing else None,
        "clearing_requested_at": clearing.requested_at if clearing else None,
        "clearing_requested_by": clearing.requested_by if clearing else None,
        "clearing_due_on": record.clearing_due_on and str(record.clearing_due_on),
        "codes": record.codes,
    }


async def test_lines_hold_what_registrations_hold(
    storage: Storage, lines: ReportLines, company: Company
) -> None:
    plain = {"due_on": date(2026, 1, 31), "created_at": NOW, "updated_at": A_FRACTION_LATER}
    full = {
        "status": NegativationStatus.CLEARING_REJECTED,
        "form": NegativationForm.AUTOMATIC,
        "environment": Environment.PRODUCTION,
        "debtor": make_debtor(name='Irmãos "Exemplo" & Filhos; 漢字', document=synthetic_cnpj(1)),
        "clearing": Clearing(code="01", requested_at=A_FRACTION_LATER, requested_by="Ana", generation=2),
        "clearing_due_on": date(2026, 3, 2),
        "protocol": "P-1",
        "codes": (
            BureauCode(code="00046", description="Nome divergente"),
            BureauCode(code="7", description=""),
        ),
    }
    expected = []
    async with storage.units_of_work.begin() as work:
        for changes in (plain, full):
            invoice = await work.invoices.add(company.invoice())
            invoice = replace(invoice, external_id=f"i-{invoice.number}")
            await work.invoices.save(invoice)
            stored = await work.negativations.add(company.negativation(invoice, **changes))
            expected.append(line_of(stored, company, invoice.number))
    found = rows_of((await lines.negativations(NegativationFilter(), 0, EVERYTHING)).lines())
    assert [{**row, "codes": tuple(row["codes"])} for row in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        '"[',
        "]\\,",
        "\\u0000",
        "\\N",
        "null",
        "çã\N{PILE OF POO}",
        "\x01\r\n\x1e\x1f\x7f",
        "\u2028",
        "'--",
        "",
        " ",
    ],
)
async def test_texts_and_numbers_come_as_they_are(
    storage: Storage, lines: ReportLines, company: Company, text: str
) -> None:
    odd = {
        "contract": f"c{text}",
        "created_by": text,
        "protocol": text,
        "debtor": make_debtor(name=f"n{text}"),
        "amount": Money(2**53 + 1),
        "codes": (BureauCode(code="1", description=text),),
        "created_at": datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        "expires_on": date(9999, 12, 30),
    }
    async with storage.units_of_work.begin() as work:
        await store_negativation(work, company, **odd)
        await store_negativation(work, company, protocol=None)
    found, other = rows_of((await lines.negativations(NegativationFilter(), 0, EVERYTHING)).lines())
    assert found["debtor_name"] == f"n{text}"
    assert found["amount"] == 2**53 + 1
    assert found["expires_on"] == "9999-12-30"
    same = ("contract", "created_by", "protocol", "codes", "created_at")
    assert {name: found[name] for name in same} == {name: odd[name] for name in same}
    assert other["protocol"] is None


async def test_lines_hold_what_consultations_hold(
    storage: Storage, lines: ReportLines, company: Company
) -> None:
    async with storage.units_of_work.begin() as work:
        lead = await work.leads.add(make_lead(branch_id=company.branch.id, name="Lia"))
        prospect = await work.prospects.add(make_prospect(branch_id=company.branch.id, name="Paulo"))
        subjects = [
            (SubjectKind.CUSTOMER, company.customer.id, company.customer.name),
            (SubjectKind.LEAD, lead.id, "Lia"),
            (SubjectKind.PROSPECT, prospect.id, "Paulo"),
            (SubjectKind.CPF, None, None),
            (SubjectKind.LEAD, new_id(), None),
        ]
        stored = [
            await work.consultations.add(
                company.consultation(subject_kind=kind, subject_id=subject_id, performed_at=A_FRACTION_LATER)
            )
            for kind, subject_id, _ in subjects
        ]
        bare = company.consultation(
            state_code=None, purpose=None, cost=None, protocol=None, billable=False, bureau_code="903"
        )
        stored.append(await work.consultations.add(bare))
    names = [*(name for _, _, name in subjects), None]
    found = rows_of((await lines.consultations(ConsultationFilter(), 0, EVERYTHING)).lines())
    assert found == [
        _consultation_line(record, name, company) for record, name in zip(stored, names, strict=True)
    ]
    assert {type(row["billable"]) for row in found} == {bool}


def _consultation_line(record: Consultation, name: str | None, company: Company) -> dict[str, Any]:
    return {
        "number": record.number,
        "performed_at": record.performed_at,
        "subject_kind": record.subject_kind,
        "subject_name": name,
        "document": record.document.number,
        "state_code": record.state_code,
        "plan": record.plan,
        "purpose": record.purpose,
        "outcome": record.outcome,
        "branch_name": company.branch.name,
        "integration_number": company.integration.number,
        "intermediary": "CONNECT",
        "environment": record.environment,
        "performed_by": record.performed_by,
        "billable": record.billable,
        "cost": record.cost.centavos if record.cost else None,
        "protocol": record.protocol,
        "bureau_code": record.bureau_code,
    }


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
async def test_chunks_go_on_where_the_last_one_ended(
    storage: Storage, lines: ReportLines, company: Company, count: int
) -> None:
    async with storage.units_of_work.begin() as work:
        numbers = [(await store_negativation(work, company)).number for _ in range(count)]
        consulted = [(await work.consultations.add(company.consultation())).number for _ in range(count)]
    for read, expected in (
        (partial(lines.negativations, NegativationFilter()), numbers),
        (partial(lines.consultations, ConsultationFilter()), consulted),
    ):
        found: list[int] = []
        for _ in range(3):
            chunk = await read(max(found, default=0), 2)
            assert len(chunk.numbers) == min(2, count - len(found))
            assert list(chunk.lines().number) == list(chunk.numbers)
            found += chunk.numbers
        assert found == expected


async def test_only_what_the_filter_lets_through_is_read(
    storage: Storage, lines: ReportLines, company: Company
) -> None:
    async with storage.units_of_work.begin() as work:
        others = [await store_company(work) for _ in range(2)]
        for each in (company, *others):
            await store_negativation(work, each)
            await store_negativation(work, each, status=NegativationStatus.REJECTED)
            await work.consultations.add(each.consultation(state_code=StateCode.RS))
    mine = frozenset({company.branch.id, others[1].branch.id})
    rejected = NegativationFilter(branch_ids=mine, status=frozenset({NegativationStatus.REJECTED}))
    found = (await lines.negativations(rejected, 0, EVERYTHING)).lines()
    assert list(found.status) == ["REJECTED"] * 2
    assert list(found.integration_number) == [company.integration.number, others[1].integration.number]
    consulted = (await lines.consultations(ConsultationFilter(branch_ids=mine), 0, EVERYTHING)).lines()
    assert list(consulted.integration_number) == list(found.integration_number)
    nobody = await lines.consultations(ConsultationFilter(branch_ids=frozenset()), 0, 9)
    assert list(nobody.numbers) == list(nobody.lines().number) == []
