"""What is live, awaited, disputed or needed by something else stays however old it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.consultation import ConsultationOutcome
from core.domain.negativation import LIVE, NegativationStatus
from core.domain.retention import RETENTION, RecordKind
from core.domain.subjects import NegativationHold, SubjectKind
from support.builders import make_lead, make_prospect, new_id
from support.records import store_company
from support.retention import FAR, LAST_DAYS, LATE, night, store_consultation, store_ended, store_run
from support.storages import Storage


@pytest.mark.parametrize("status", sorted(LIVE))
async def test_a_live_registration_never_goes(storage: Storage, status: NegativationStatus) -> None:
    async with storage.units_of_work.begin() as work:
        kept = await store_ended(work, await store_company(work), status=status)
    await night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.negativations.get(kept.id) is not None
        assert len((await work.negativations.histories([kept.id]))[kept.id]) == 2


@pytest.mark.parametrize("outcome", [each for each in ConsultationOutcome if each.open])
async def test_a_consultation_whose_answer_is_awaited_never_goes(
    storage: Storage, outcome: ConsultationOutcome
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        kept = await work.consultations.add(company.consultation(performed_at=LATE, outcome=outcome))
    await night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.consultations.get(kept.id) is not None


@pytest.mark.parametrize(
    ("hold", "kept"),
    [(None, False), *((hold, hold.value in ("DISPUTE", "SUB_JUDICE")) for hold in NegativationHold)],
)
async def test_what_is_disputed_or_before_a_court_is_kept(
    storage: Storage, hold: NegativationHold | None, kept: bool
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        await work.customers.save(replace(company.customer, hold=hold))
        consultation = await store_consultation(work, company, document=company.customer.document)
        of_customer = await store_ended(work, company)
        of_document = await store_ended(
            work,
            replace(
                company, customer=await work.customers.add(replace(company.customer, id=new_id(), hold=None))
            ),
            debtor=replace(of_customer.debtor, document=company.customer.document),
        )
    await night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert (await work.consultations.get(consultation) is not None) is kept
        assert bool(await work.consultations.reports([consultation])) is kept
        assert (await work.consultations.original(consultation) is not None) is kept
        assert (await work.negativations.get(of_customer.id) is not None) is kept
        assert (await work.negativations.get(of_document.id) is not None) is kept


@pytest.mark.parametrize("kind", [SubjectKind.LEAD, SubjectKind.PROSPECT])
async def test_a_contact_that_was_consulted_lately_is_kept(storage: Storage, kind: SubjectKind) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        lead = await work.leads.add(make_lead(branch_id=company.branch.id, updated_at=LATE))
        prospect = await work.prospects.add(make_prospect(branch_id=company.branch.id, updated_at=LATE))
        contact = lead if kind is SubjectKind.LEAD else prospect
        await work.consultations.add(
            company.consultation(
                subject_kind=kind, subject_id=contact.id, performed_at=LATE + timedelta(days=40)
            )
        )
    await night(storage, LAST_DAYS[RecordKind.LEAD] + timedelta(days=40))
    async with storage.units_of_work.read() as work:
        assert (await work.leads.get(lead.id) is not None) is (contact is lead)
        assert (await work.prospects.get(prospect.id) is not None) is (contact is prospect)
    await night(storage, LAST_DAYS[RecordKind.LEAD] + timedelta(days=41))
    async with storage.units_of_work.read() as work:
        assert await work.leads.get(lead.id) is None
        assert await work.prospects.get(prospect.id) is None


async def test_a_registration_stays_while_a_run_that_is_kept_names_it(storage: Storage) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        named = await store_ended(work, company)
        await store_run(work, named, None)
    await night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.negativations.get(named.id) is not None


async def test_what_is_no_longer_overdue_when_its_turn_comes_stays(storage: Storage) -> None:
    """Between looking and forgetting somebody may dispute."""
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        record_id = await store_consultation(work, company, document=company.customer.document)
    begin = RETENTION[RecordKind.CONSULTATION].begin(FAR)
    async with storage.units_of_work.read() as work:
        assert await work.retention.overdue(RecordKind.CONSULTATION, begin, 10) == [record_id]
    async with storage.units_of_work.begin() as work:
        await work.customers.save(replace(company.customer, hold=NegativationHold.DISPUTE))
    async with storage.units_of_work.begin() as work:
        assert await work.retention.forget(RecordKind.CONSULTATION, begin, [record_id]) == 0
        assert await work.consultations.get(record_id) is not None
