"""What was kept for long enough goes, on its day and not before; what is live, awaited or disputed stays."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest

from adapters.system.ids import Uuid7Ids
from core.domain.access import SYSTEM
from core.domain.audit import AuditAction, AuditEvent
from core.domain.calendar_rules import LOCAL_ZONE, add_months
from core.domain.collection import (
    CollectionDecision,
    CollectionItem,
    CollectionPhase,
    CollectionProgress,
    CollectionRun,
    CollectionRunStatus,
)
from core.domain.consultation import ConsultationOutcome
from core.domain.listing import AuditFilter, AuditOrder, CollectionItemFilter
from core.domain.negativation import LIVE, HistoryEntry, Negativation, NegativationStatus, Trigger
from core.domain.paging import Direction, Order, Window
from core.domain.retention import RETENTION, RecordKind
from core.domain.subjects import NegativationHold, SubjectKind
from core.use_cases import purge_records
from core.use_cases.purge_records import ROUTINE, PurgeRecords
from ports.routines import TurnLost
from ports.unit_of_work import UnitOfWork
from support import chains
from support.builders import make_audit_event, make_bureau_report, make_lead, make_prospect, new_id
from support.records import Company, store_company, store_negativation
from support.storages import Storage

DAY = date(2021, 7, 1)
LATE = datetime.combine(DAY, time(23, 59, 59, 999_999), LOCAL_ZONE)
ENDED = sorted(frozenset(NegativationStatus) - LIVE)

LAST_DAYS = {
    RecordKind.ORIGINAL_PAGE: date(2021, 9, 29),
    RecordKind.REPORT: date(2022, 7, 1),
    RecordKind.CONSULTATION: date(2026, 7, 1),
    RecordKind.COLLECTION_ITEM: date(2026, 7, 1),
    RecordKind.NEGATIVATION: date(2026, 7, 1),
    RecordKind.LEAD: date(2022, 7, 1),
    RecordKind.PROSPECT: date(2022, 7, 1),
    RecordKind.AUDIT_EVENT: date(2031, 7, 1),
}
"""The last day on which something that counts from `DAY` is kept."""


def _purge(storage: Storage) -> PurgeRecords:
    return PurgeRecords(units_of_work=storage.units_of_work, clock=storage.clock, ids=Uuid7Ids())


async def _night(storage: Storage, day: date) -> int:
    """The whole round of the night that begins that day; tells how many passes it took."""
    storage.clock.at = datetime.combine(day, time(2, 59), LOCAL_ZONE)
    purge, passes = _purge(storage), 0
    assert not await purge(), "nothing goes before three o'clock"
    storage.clock.at = datetime.combine(day, time(3, 0), LOCAL_ZONE)
    while await purge():
        passes += 1
    assert not await purge(), "a round a night"
    return passes


async def _purged(storage: Storage) -> list[AuditEvent]:
    order = Order(AuditOrder.NUMBER, Direction.ASC)
    async with storage.units_of_work.read() as work:
        page = await work.audit.page(AuditFilter(action=AuditAction.RECORDS_PURGED), order, Window(size=100))
    return [edge.record for edge in page.edges]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record, and whether it is still there."""

    there: Callable[[UnitOfWork], Awaitable[bool]]


async def _consultation(work: UnitOfWork, company: Company, **changes: object) -> UUID:
    stored = await work.consultations.add(company.consultation(**{"performed_at": LATE, **changes}))
    await work.consultations.add_report(stored.id, make_bureau_report())
    return stored.id


async def _original(work: UnitOfWork, company: Company) -> _Kept:
    record_id = await _consultation(work, company)

    async def there(work: UnitOfWork) -> bool:
        kept = await work.consultations.original(record_id) is not None
        assert kept or await work.consultations.reports([record_id]), "the report outlives the page"
        return kept

    return _Kept(there)


async def _report(work: UnitOfWork, company: Company) -> _Kept:
    record_id = await _consultation(work, company)

    async def there(work: UnitOfWork) -> bool:
        assert await work.consultations.get(record_id) is not None
        return bool(await work.consultations.reports([record_id]))

    return _Kept(there)


async def _asked(work: UnitOfWork, company: Company) -> _Kept:
    record_id = await _consultation(work, company)

    async def there(work: UnitOfWork) -> bool:
        kept = await work.consultations.get(record_id) is not None
        assert kept or not await work.consultations.reports([record_id])
        return kept

    return _Kept(there)


async def _ended(work: UnitOfWork, company: Company, **changes: object) -> Negativation:
    stored = await store_negativation(
        work, company, **{"status": NegativationStatus.CLEARED, "updated_at": LATE, **changes}
    )
    entry = HistoryEntry(status=stored.status, trigger=Trigger.CREATED, at=LATE, actor="tests")
    await work.negativations.add_history({stored.id: [entry, entry]})
    return stored


async def _negativation(work: UnitOfWork, company: Company) -> _Kept:
    stored = await _ended(work, company)

    async def there(work: UnitOfWork) -> bool:
        kept = await work.negativations.get(stored.id) is not None
        assert len((await work.negativations.histories([stored.id]))[stored.id]) == (2 if kept else 0)
        return kept

    return _Kept(there)


async def _run(work: UnitOfWork, negativation: Negativation, finished_at: datetime | None) -> CollectionRun:
    """A run with one decision."""
    done = finished_at is not None
    run = await work.collection_runs.add(
        CollectionRun(
            id=new_id(),
            number=0,
            run_date=DAY,
            dry_run=False,
            status=CollectionRunStatus.DONE if done else CollectionRunStatus.RUNNING,
            branch_ids=(),
            progress=CollectionProgress(phase=CollectionPhase.CLEAR, branch_ids=()),
            examined=1,
            started_at=LATE - timedelta(hours=1),
            started_by="tests",
            finished_at=finished_at,
        )
    )
    item = CollectionItem(
        id=new_id(),
        number=0,
        run_id=run.id,
        branch_id=negativation.branch_id,
        invoice_id=negativation.invoice_id,
        negativation_id=negativation.id,
        decision=CollectionDecision.REGISTERED,
    )
    await work.collection_items.add([item])
    return run


async def _item(work: UnitOfWork, company: Company) -> _Kept:
    run = await _run(work, await store_negativation(work, company), LATE)

    async def there(work: UnitOfWork) -> bool:
        assert await work.collection_runs.get(run.id) is not None
        return bool(await work.collection_items.count(CollectionItemFilter(run_id=run.id)))

    return _Kept(there)


async def _lead(work: UnitOfWork, company: Company) -> _Kept:
    stored = await work.leads.add(make_lead(branch_id=company.branch.id, updated_at=LATE))

    async def there(work: UnitOfWork) -> bool:
        return await work.leads.get(stored.id) is not None

    return _Kept(there)


async def _prospect(work: UnitOfWork, company: Company) -> _Kept:
    stored = await work.prospects.add(make_prospect(branch_id=company.branch.id, updated_at=LATE))

    async def there(work: UnitOfWork) -> bool:
        return await work.prospects.get(stored.id) is not None

    return _Kept(there)


async def _audit_event(work: UnitOfWork, company: Company) -> _Kept:
    event = make_audit_event(at=LATE, record_id=new_id())
    await work.audit.add(event)

    async def there(work: UnitOfWork) -> bool:
        return bool(await work.audit.count(AuditFilter(record_id=event.record_id)))

    return _Kept(there)


MAKERS = {
    RecordKind.ORIGINAL_PAGE: _original,
    RecordKind.REPORT: _report,
    RecordKind.CONSULTATION: _asked,
    RecordKind.COLLECTION_ITEM: _item,
    RecordKind.NEGATIVATION: _negativation,
    RecordKind.LEAD: _lead,
    RecordKind.PROSPECT: _prospect,
    RecordKind.AUDIT_EVENT: _audit_event,
}


@pytest.mark.parametrize("kind", list(RecordKind))
async def test_each_kind_goes_the_day_after_its_last(storage: Storage, kind: RecordKind) -> None:
    async with storage.units_of_work.begin() as work:
        record = await MAKERS[kind](work, await store_company(work))
    await chains.chain(storage)
    for day, kept in ((LAST_DAYS[kind], True), (LAST_DAYS[kind] + timedelta(days=1), False)):
        await _night(storage, day)
        async with storage.units_of_work.read() as work:
            assert await record.there(work) is kept, day
    last = (await _purged(storage))[-1]
    assert last.details[kind.value] == 1
    assert last.actor_id == SYSTEM.id
    await chains.chain(storage)
    assert (await chains.verify(storage)).holds


def test_each_kind_has_its_period() -> None:
    assert set(RETENTION) == set(RecordKind) == set(LAST_DAYS) == set(MAKERS)


@pytest.mark.parametrize(
    ("today", "months", "begin"),
    [
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2028, 2, 28), 12, date(2027, 2, 28)),
        (date(2028, 3, 1), 12, date(2027, 3, 1)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
    ],
)
def test_months_of_different_lengths_never_shorten_a_period(today: date, months: int, begin: date) -> None:
    period = replace(RETENTION[RecordKind.REPORT], months=months)
    assert period.begin(today) == datetime.combine(begin, time(), LOCAL_ZONE)
    assert add_months(begin, months) <= today


FAR = date(2060, 1, 1)
"""By then everything is over that ever ends."""


@pytest.mark.parametrize("status", sorted(LIVE))
async def test_a_live_registration_never_goes(storage: Storage, status: NegativationStatus) -> None:
    async with storage.units_of_work.begin() as work:
        kept = await _ended(work, await store_company(work), status=status)
    await _night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.negativations.get(kept.id) is not None
        assert len((await work.negativations.histories([kept.id]))[kept.id]) == 2


@pytest.mark.parametrize("status", ENDED)
async def test_an_ended_registration_goes_whichever_way_it_ended(
    storage: Storage, status: NegativationStatus
) -> None:
    async with storage.units_of_work.begin() as work:
        gone = await _ended(work, await store_company(work), status=status)
    await _night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.negativations.get(gone.id) is None


@pytest.mark.parametrize("outcome", [each for each in ConsultationOutcome if each.open])
async def test_a_consultation_whose_answer_is_awaited_never_goes(
    storage: Storage, outcome: ConsultationOutcome
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        kept = await work.consultations.add(company.consultation(performed_at=LATE, outcome=outcome))
    await _night(storage, FAR)
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
        consultation = await _consultation(work, company, document=company.customer.document)
        of_customer = await _ended(work, company)
        of_document = await _ended(
            work,
            replace(
                company, customer=await work.customers.add(replace(company.customer, id=new_id(), hold=None))
            ),
            debtor=replace(of_customer.debtor, document=company.customer.document),
        )
    await _night(storage, FAR)
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
    await _night(storage, LAST_DAYS[RecordKind.LEAD] + timedelta(days=40))
    async with storage.units_of_work.read() as work:
        assert (await work.leads.get(lead.id) is not None) is (contact is lead)
        assert (await work.prospects.get(prospect.id) is not None) is (contact is prospect)
    await _night(storage, LAST_DAYS[RecordKind.LEAD] + timedelta(days=41))
    async with storage.units_of_work.read() as work:
        assert await work.leads.get(lead.id) is None
        assert await work.prospects.get(prospect.id) is None


async def test_a_registration_stays_while_a_run_that_is_kept_names_it(storage: Storage) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        named = await _ended(work, company)
        await _run(work, named, None)
    await _night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.negativations.get(named.id) is not None


async def test_a_long_round_goes_on_chunk_by_chunk_and_tells_of_all_at_once(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_records, "CHUNK", 2)
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        for _ in range(5):
            await _consultation(work, company)
            await work.audit.add(make_audit_event(at=LATE))
    await chains.chain(storage)
    assert await _night(storage, FAR) > len(RecordKind)
    (told,) = await _purged(storage)
    assert told.details == {"ORIGINAL_PAGE": 5, "REPORT": 5, "CONSULTATION": 5, "AUDIT_EVENT": 5}


async def test_a_night_without_anything_to_forget_leaves_no_entry(storage: Storage) -> None:
    await _night(storage, FAR)
    assert await _purged(storage) == []


async def test_a_round_that_was_broken_off_goes_on_where_it_was(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        await _consultation(work, company)
        await work.leads.add(make_lead(branch_id=company.branch.id, updated_at=LATE))
    storage.clock.at = datetime.combine(FAR, time(2, 0), LOCAL_ZONE)
    purge = _purge(storage)
    await purge()
    storage.clock.at = datetime.combine(FAR, time(3, 0), LOCAL_ZONE)
    assert await purge()
    async with storage.units_of_work.begin() as work:  # somebody who took a turn and died
        now = storage.clock.at
        taken = await work.routines.take(ROUTINE, now=now, leased_until=now + timedelta(seconds=60))
    assert taken is not None
    assert not await purge()
    storage.clock.at += timedelta(seconds=61)
    while await purge():
        pass
    (told,) = await _purged(storage)
    assert told.details == {"ORIGINAL_PAGE": 1, "REPORT": 1, "CONSULTATION": 1, "LEAD": 1}


async def test_a_turn_that_was_lost_meanwhile_changes_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storage.units_of_work.begin() as work:
        record_id = await _consultation(work, await store_company(work))
    storage.clock.at = datetime.combine(FAR, time(2, 0), LOCAL_ZONE)
    await _purge(storage)()
    storage.clock.at = datetime.combine(FAR, time(3, 0), LOCAL_ZONE)
    begin = RETENTION[RecordKind.ORIGINAL_PAGE].begin(FAR)
    async with storage.units_of_work.begin() as work:
        lost = await work.routines.take(
            ROUTINE, now=storage.clock.at, leased_until=storage.clock.at + timedelta(seconds=1)
        )
        assert lost is not None
    storage.clock.at += timedelta(seconds=2)

    async def slow_take(*_: object, **__: object) -> object:
        return lost

    async with storage.units_of_work.begin() as work:  # another process is at it now
        await work.routines.take(
            ROUTINE, now=storage.clock.at, leased_until=storage.clock.at + timedelta(seconds=60)
        )
        monkeypatch.setattr(type(work.routines), "take", slow_take)
    with pytest.raises(TurnLost):
        await _purge(storage)()
    async with storage.units_of_work.read() as work:
        assert await work.retention.overdue(RecordKind.ORIGINAL_PAGE, begin, 10) == [record_id]


async def test_what_is_no_longer_overdue_when_its_turn_comes_stays(storage: Storage) -> None:
    """Between looking and forgetting somebody may dispute."""
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        record_id = await _consultation(work, company, document=company.customer.document)
    begin = RETENTION[RecordKind.CONSULTATION].begin(FAR)
    async with storage.units_of_work.read() as work:
        assert await work.retention.overdue(RecordKind.CONSULTATION, begin, 10) == [record_id]
    async with storage.units_of_work.begin() as work:
        await work.customers.save(replace(company.customer, hold=NegativationHold.DISPUTE))
    async with storage.units_of_work.begin() as work:
        assert await work.retention.forget(RecordKind.CONSULTATION, begin, [record_id]) == 0
        assert await work.consultations.get(record_id) is not None
