"""A round of forgetting: chunk by chunk in one night, told once, gone on with when it was broken off."""

from datetime import datetime, time, timedelta

import pytest

from core.domain.calendar_rules import LOCAL_ZONE
from core.domain.retention import RETENTION, RecordKind
from core.use_cases import purge_records
from core.use_cases.purge_records import ROUTINE
from ports.routines import TurnLost
from support import chains
from support.builders import make_audit_event, make_lead
from support.records import store_company
from support.retention import FAR, LATE, night, purge_of, purged, store_consultation
from support.storages import Storage


async def test_a_long_round_goes_on_chunk_by_chunk_and_tells_of_all_at_once(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_records, "CHUNK", 2)
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        for _ in range(5):
            await store_consultation(work, company)
            await work.audit.add(make_audit_event(at=LATE))
    await chains.chain(storage)
    assert await night(storage, FAR) > len(RecordKind)
    (told,) = await purged(storage)
    assert told.details == {"ORIGINAL_PAGE": 5, "REPORT": 5, "CONSULTATION": 5, "AUDIT_EVENT": 5}


async def test_a_night_without_anything_to_forget_leaves_no_entry(storage: Storage) -> None:
    await night(storage, FAR)
    assert await purged(storage) == []


async def test_a_round_that_was_broken_off_goes_on_where_it_was(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        await store_consultation(work, company)
        await work.leads.add(make_lead(branch_id=company.branch.id, updated_at=LATE))
    storage.clock.at = datetime.combine(FAR, time(2, 0), LOCAL_ZONE)
    purge = purge_of(storage)
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
    (told,) = await purged(storage)
    assert told.details == {"ORIGINAL_PAGE": 1, "REPORT": 1, "CONSULTATION": 1, "LEAD": 1}


async def test_a_turn_that_was_lost_meanwhile_changes_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with storage.units_of_work.begin() as work:
        record_id = await store_consultation(work, await store_company(work))
    storage.clock.at = datetime.combine(FAR, time(2, 0), LOCAL_ZONE)
    await purge_of(storage)()
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
        await purge_of(storage)()
    async with storage.units_of_work.read() as work:
        assert await work.retention.overdue(RecordKind.ORIGINAL_PAGE, begin, 10) == [record_id]
