"""What was kept for long enough goes, on its day and not before."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pytest

from core.domain.access import SYSTEM
from core.domain.calendar_rules import LOCAL_ZONE, add_months
from core.domain.listing import AuditFilter, CollectionItemFilter
from core.domain.negativation import LIVE, NegativationStatus
from core.domain.retention import RETENTION, RecordKind
from ports.unit_of_work import UnitOfWork
from support import chains
from support.builders import make_audit_event, make_lead, make_prospect, new_id
from support.records import Company, store_company, store_negativation
from support.retention import (
    FAR,
    LAST_DAYS,
    LATE,
    night,
    purged,
    store_consultation,
    store_ended,
    store_run,
)
from support.storages import Storage


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record, and whether it is still there."""

    there: Callable[[UnitOfWork], Awaitable[bool]]


async def _original(work: UnitOfWork, company: Company) -> _Kept:
    record_id = await store_consultation(work, company)

    async def there(work: UnitOfWork) -> bool:
        kept = await work.consultations.original(record_id) is not None
        assert kept or await work.consultations.reports([record_id]), "the report outlives the page"
        return kept

    return _Kept(there)


async def _report(work: UnitOfWork, company: Company) -> _Kept:
    record_id = await store_consultation(work, company)

    async def there(work: UnitOfWork) -> bool:
        assert await work.consultations.get(record_id) is not None
        return bool(await work.consultations.reports([record_id]))

    return _Kept(there)


async def _asked(work: UnitOfWork, company: Company) -> _Kept:
    record_id = await store_consultation(work, company)

    async def there(work: UnitOfWork) -> bool:
        kept = await work.consultations.get(record_id) is not None
        assert kept or not await work.consultations.reports([record_id])
        return kept

    return _Kept(there)


async def _negativation(work: UnitOfWork, company: Company) -> _Kept:
    stored = await store_ended(work, company)

    async def there(work: UnitOfWork) -> bool:
        kept = await work.negativations.get(stored.id) is not None
        assert len((await work.negativations.histories([stored.id]))[stored.id]) == (2 if kept else 0)
        return kept

    return _Kept(there)


async def _item(work: UnitOfWork, company: Company) -> _Kept:
    run = await store_run(work, await store_negativation(work, company), LATE)

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
        await night(storage, day)
        async with storage.units_of_work.read() as work:
            assert await record.there(work) is kept, day
    last = (await purged(storage))[-1]
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


@pytest.mark.parametrize("status", sorted(frozenset(NegativationStatus) - LIVE))
async def test_an_ended_registration_goes_whichever_way_it_ended(
    storage: Storage, status: NegativationStatus
) -> None:
    async with storage.units_of_work.begin() as work:
        gone = await store_ended(work, await store_company(work), status=status)
    await night(storage, FAR)
    async with storage.units_of_work.read() as work:
        assert await work.negativations.get(gone.id) is None
