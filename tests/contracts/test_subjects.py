"""A person's requests: all that is held of somebody, and the erasure of what need not be kept."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from adapters.memory.vault import MemoryVault
from adapters.system.ids import Uuid7Ids
from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, AuditEvent
from core.domain.bureau import Environment
from core.domain.consultation import Consultation
from core.domain.errors import Forbidden, InvalidInput
from core.domain.integration import Intermediary
from core.domain.invoice import InvoiceStatus
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.negativation import HistoryEntry, NegativationStatus, Trigger
from core.domain.paging import Direction, Order, Window
from core.domain.subjects import Address, Customer, NegativationHold
from core.use_cases.erase_subject import (
    ErasableKind,
    EraseSubject,
    EraseSubjectCommand,
    Kept,
    KeptReason,
    SubjectErasure,
)
from core.use_cases.export_subject import ExportSubject, ExportSubjectCommand, Recipient, SubjectExport
from ports.unit_of_work import UnitOfWork
from server.subject_json import as_json
from support.builders import (
    NOW,
    make_audit_event,
    make_bureau_report,
    make_caller,
    make_customer,
    make_lead,
    make_prospect,
    new_id,
)
from support.documents import synthetic_cpf
from support.records import Company, store_company, store_negativation
from support.storages import Storage

VAULT = MemoryVault()


async def _export(storage: Storage, document: str, caller: Caller | None = None) -> SubjectExport:
    export = ExportSubject(
        units_of_work=storage.units_of_work, vault=VAULT, clock=storage.clock, ids=Uuid7Ids()
    )
    return await export(ExportSubjectCommand(caller=caller or make_caller(), document=document))


async def _erase(
    storage: Storage, document: str, *, dry_run: bool = False, caller: Caller | None = None
) -> SubjectErasure:
    erase = EraseSubject(
        units_of_work=storage.units_of_work, vault=VAULT, clock=storage.clock, ids=Uuid7Ids()
    )
    command = EraseSubjectCommand(caller=caller or make_caller(), document=document, dry_run=dry_run)
    return await erase(command)


async def _events(storage: Storage, action: AuditAction) -> list[AuditEvent]:
    order = Order(AuditOrder.NUMBER, Direction.ASC)
    async with storage.units_of_work.read() as work:
        page = await work.audit.page(AuditFilter(action=action), order, Window(size=100))
    return [edge.record for edge in page.edges]


async def _consult(work: UnitOfWork, company: Company, **changes: Any) -> Consultation:
    consultation = await work.consultations.add(
        company.consultation(document=company.customer.document, **changes)
    )
    await work.consultations.add_report(consultation.id, make_bureau_report())
    return consultation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """A customer who paid, and everything that hangs on the same document."""

    company: Company
    consultation: Consultation

    @property
    def number(self) -> str:
        """The document."""
        return self.company.customer.document.number


async def _person(storage: Storage) -> _Person:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        document = company.customer.document
        await work.leads.add(make_lead(branch_id=company.branch.id, document=document))
        await work.prospects.add(make_prospect(branch_id=company.branch.id, document=document))
        invoice = await work.invoices.add(company.invoice(status=InvoiceStatus.SETTLED))
        negativation = await work.negativations.add(
            company.negativation(
                invoice,
                status=NegativationStatus.CLEARED,
                debtor=replace(company.negativation(invoice).debtor, document=document),
            )
        )
        entry = HistoryEntry(
            status=negativation.status, trigger=Trigger.CLEARING_ACCEPTED, at=NOW, actor="Ana"
        )
        await work.negativations.add_history({negativation.id: [entry]})
        consultation = await _consult(work, company)
        await work.audit.add(
            make_audit_event(record_kind="Consultation", record_id=consultation.id, actor="Ana"),
            make_audit_event(record_kind="Customer", record_id=company.customer.id),
            make_audit_event(record_kind="Customer", record_id=new_id()),
        )
        # Somebody else, of whom nothing may come along.
        other = await work.customers.add(make_customer(branch_id=company.branch.id))
        await store_negativation(work, replace(company, customer=other))
    return _Person(company=company, consultation=consultation)


async def test_the_export_holds_everything_of_that_person_and_nobody_else(storage: Storage) -> None:
    person = await _person(storage)
    export = await _export(storage, person.company.customer.document.formatted)
    assert [each.id for each in export.customers] == [person.company.customer.id]
    assert (len(export.leads), len(export.prospects), len(export.invoices)) == (1, 1, 1)
    (consulted,) = export.consultations
    assert consulted.consultation == person.consultation
    assert consulted.report == make_bureau_report().report
    assert consulted.original is not None
    assert consulted.original.content == make_bureau_report().original
    (registered,) = export.negativations
    assert registered.negativation.customer_id == person.company.customer.id
    assert [entry.trigger for entry in registered.history] == [Trigger.CLEARING_ACCEPTED]
    assert export.recipients == (
        Recipient(
            intermediary=Intermediary.CONNECT,
            environment=Environment.HOMOLOGATION,
            consultations=1,
            negativations=1,
        ),
    )
    assert [event.record_kind for event in export.audit_events] == ["Consultation", "Customer"]


async def test_a_registration_under_a_document_that_the_customer_no_longer_has_is_exported(
    storage: Storage,
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        await store_negativation(work, company)
        stored = await store_negativation(work, company)
        former = stored.debtor.document
    assert former != company.customer.document
    export = await _export(storage, former.number)
    assert [each.negativation.id for each in export.negativations] == [stored.id]
    assert export.customers == ()


async def test_the_export_is_audited_without_the_document(storage: Storage) -> None:
    person = await _person(storage)
    await _export(storage, person.number)
    (event,) = await _events(storage, AuditAction.SUBJECT_EXPORTED)
    assert VAULT.matches(str(event.details["subject"]), person.number)
    assert person.number not in str(event)


async def test_the_json_tells_all_but_who_of_the_company_did_it(storage: Storage) -> None:
    person = await _person(storage)
    export = await _export(storage, person.number)
    text = as_json(export)
    told = json.loads(text)
    assert told["document"] == person.number
    assert told["customers"][0]["mobile"] == person.company.customer.mobile
    assert told["customers"][0]["bornOn"] == "1985-07-09"
    assert told["invoices"][0]["amount"] == "129.90"
    assert told["consultations"][0]["consultation"]["purpose"] == "CREDIT_GRANTING"
    assert told["consultations"][0]["report"]["pendingDebts"]["total"] == "1450.10"
    assert told["negativations"][0]["history"][0]["trigger"] == "CLEARING_ACCEPTED"
    assert told["recipients"] == [
        {"intermediary": "CONNECT", "environment": "HOMOLOGATION", "consultations": 1, "negativations": 1}
    ]
    responsible = export.negativations[0].negativation.responsible_cpf.number
    assert "Ana" not in text
    assert responsible not in text


async def test_erasing_takes_what_nobody_needs_and_tells_what_it_keeps(storage: Storage) -> None:
    person = await _person(storage)
    erasure = await _erase(storage, person.number)
    assert dict(erasure.erased) == {
        ErasableKind.CONTACT_DATA: 1,
        ErasableKind.LEAD: 1,
        ErasableKind.PROSPECT: 1,
        ErasableKind.REPORT: 1,
    }
    assert set(erasure.kept) == {
        Kept(kind=ErasableKind.CUSTOMER, reason=KeptReason.ACCOUNTS, count=1),
        Kept(kind=ErasableKind.INVOICE, reason=KeptReason.ACCOUNTS, count=1),
        Kept(kind=ErasableKind.NEGATIVATION, reason=KeptReason.DEFENCE, count=1),
        Kept(kind=ErasableKind.CONSULTATION, reason=KeptReason.PROCESSING, count=1),
    }
    left = await _export(storage, person.number)
    (customer,) = left.customers
    assert (customer.name, customer.document) == (
        person.company.customer.name,
        person.company.customer.document,
    )
    assert (customer.gender, customer.born_on, customer.mobile, customer.email) == (None, None, None, None)
    assert customer.address == Address()
    assert (left.leads, left.prospects) == ((), ())
    (consulted,) = left.consultations
    assert (consulted.report, consulted.original) == (None, None)
    assert len(left.negativations) == 1
    assert left.negativations[0].negativation.debtor.mobile, "as it was registered"


async def test_others_keep_what_they_have(storage: Storage) -> None:
    person = await _person(storage)
    async with storage.units_of_work.begin() as work:
        other = await work.customers.add(make_customer(branch_id=person.company.branch.id))
        theirs = await _consult(work, replace(person.company, customer=other))
        lead = await work.leads.add(make_lead(branch_id=person.company.branch.id))
    await _erase(storage, person.number)
    async with storage.units_of_work.read() as work:
        assert await work.customers.get(other.id) == other
        assert await work.leads.get(lead.id) == lead
        assert await work.consultations.reports([theirs.id])


async def test_erasing_again_changes_nothing_more(storage: Storage) -> None:
    person = await _person(storage)
    first = await _erase(storage, person.number)
    left = await _export(storage, person.number)
    again = await _erase(storage, person.number)
    assert dict(again.erased) == {}
    assert set(again.kept) == set(first.kept)
    assert (await _export(storage, person.number)).customers == left.customers


async def test_a_dry_run_tells_the_same_and_does_nothing(storage: Storage) -> None:
    person = await _person(storage)
    before = await _export(storage, person.number)
    told = await _erase(storage, person.number, dry_run=True)
    after = await _export(storage, person.number)
    assert replace(after, exported_at=before.exported_at) == before
    assert await _events(storage, AuditAction.SUBJECT_ERASED) == []
    done = await _erase(storage, person.number)
    assert (dict(told.erased), set(told.kept)) == (dict(done.erased), set(done.kept))


async def test_erasing_is_audited_without_the_document(storage: Storage) -> None:
    person = await _person(storage)
    await _erase(storage, person.number)
    (event,) = await _events(storage, AuditAction.SUBJECT_ERASED)
    assert VAULT.matches(str(event.details["subject"]), person.number)
    assert event.details["LEAD"] == 1
    assert person.number not in str(event)
    assert person.company.customer.name not in str(event)


async def test_a_customer_whom_nothing_refers_to_goes_whole(storage: Storage) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
    erasure = await _erase(storage, company.customer.document.number)
    assert dict(erasure.erased) == {ErasableKind.CUSTOMER: 1}
    assert erasure.kept == ()
    async with storage.units_of_work.read() as work:
        assert await work.customers.get(company.customer.id) is None


Bind = Callable[[UnitOfWork, Company], Any]


async def _owing(work: UnitOfWork, company: Company) -> None:
    await work.invoices.add(company.invoice())


async def _registered(work: UnitOfWork, company: Company) -> None:
    invoice = await work.invoices.add(company.invoice(status=InvoiceStatus.SETTLED))
    await work.negativations.add(company.negativation(invoice, status=NegativationStatus.CLEARING_SENT))


async def _disputing(work: UnitOfWork, company: Company) -> None:
    await work.customers.save(replace(company.customer, hold=NegativationHold.DISPUTE))


@pytest.mark.parametrize(
    ("bind", "reason"),
    [
        (_owing, KeptReason.DEBT),
        (_registered, KeptReason.DEBT),
        (_disputing, KeptReason.DISPUTE),
    ],
)
async def test_of_a_customer_with_a_debt_or_a_dispute_nothing_goes(
    storage: Storage, bind: Bind, reason: KeptReason
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        consultation = await _consult(work, company)
        await bind(work, company)
        before = await work.customers.get(company.customer.id)
    erasure = await _erase(storage, company.customer.document.number)
    assert dict(erasure.erased) == {}
    assert Kept(kind=ErasableKind.CUSTOMER, reason=reason, count=1) in erasure.kept
    assert Kept(kind=ErasableKind.REPORT, reason=reason, count=1) in erasure.kept
    async with storage.units_of_work.read() as work:
        assert await work.customers.get(company.customer.id) == before
        assert await work.consultations.reports([consultation.id])
        assert await work.consultations.original(consultation.id) is not None


@pytest.mark.parametrize(
    "hold", [NegativationHold.AGREEMENT, NegativationHold.BLOCKED, NegativationHold.DECEASED]
)
async def test_other_holds_keep_nothing(storage: Storage, hold: NegativationHold) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        await work.customers.save(replace(company.customer, hold=hold))
    assert dict((await _erase(storage, company.customer.document.number)).erased) == {
        ErasableKind.CUSTOMER: 1
    }


async def test_customers_of_several_branches_are_judged_one_by_one(storage: Storage) -> None:
    async with storage.units_of_work.begin() as work:
        owing = await store_company(work)
        await _owing(work, owing)
        free: Customer = await work.customers.add(
            make_customer(branch_id=owing.branch.id, document=owing.customer.document)
        )
    erasure = await _erase(storage, free.document.number)
    assert dict(erasure.erased) == {ErasableKind.CUSTOMER: 1}
    async with storage.units_of_work.read() as work:
        assert await work.customers.get(free.id) is None
        assert await work.customers.get(owing.customer.id) == owing.customer


async def test_of_whom_nothing_is_held_there_is_nothing_to_tell(storage: Storage) -> None:
    nobody = synthetic_cpf(987_654).number
    export = await _export(storage, nobody)
    assert (export.customers, export.consultations, export.recipients) == ((), (), ())
    erasure = await _erase(storage, nobody)
    assert (dict(erasure.erased), erasure.kept) == ({}, ())


async def test_what_is_no_document_is_refused(storage: Storage) -> None:
    for ask in (_export, _erase):
        with pytest.raises(InvalidInput):
            await ask(storage, "123")
    assert await _events(storage, AuditAction.SUBJECT_ERASED) == []


@pytest.mark.parametrize("scope", [Scope.READ, Scope.READ_CONSULTATIONS, Scope.WHOLE_DOCUMENTS, Scope.AUDIT])
async def test_the_export_needs_all_rights_to_read(storage: Storage, scope: Scope) -> None:
    with pytest.raises(Forbidden):
        await _export(storage, synthetic_cpf(1).number, make_caller(scopes=frozenset(Scope) - {scope}))
    with pytest.raises(Forbidden):
        await _export(storage, synthetic_cpf(1).number, make_caller(branch_ids=frozenset()))


@pytest.mark.parametrize("scope", [Scope.WRITE_RECORDS, Scope.WHOLE_DOCUMENTS])
async def test_erasing_needs_its_rights(storage: Storage, scope: Scope) -> None:
    person = await _person(storage)
    for caller in (
        make_caller(scopes=frozenset(Scope) - {scope}),
        make_caller(branch_ids=frozenset({person.company.branch.id})),
    ):
        with pytest.raises(Forbidden):
            await _erase(storage, person.number, caller=caller)
    assert (await _export(storage, person.number)).leads
