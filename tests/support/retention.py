"""Records old enough to go, and the nights in which they go."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from adapters.system.ids import Uuid7Ids
from core.domain.audit import AuditAction, AuditEvent
from core.domain.calendar_rules import LOCAL_ZONE
from core.domain.collection import (
    CollectionDecision,
    CollectionItem,
    CollectionPhase,
    CollectionProgress,
    CollectionRun,
    CollectionRunStatus,
)
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.negativation import HistoryEntry, Negativation, NegativationStatus, Trigger
from core.domain.paging import Direction, Order, Window
from core.domain.retention import RecordKind
from core.use_cases.purge_records import PurgeRecords
from ports.unit_of_work import UnitOfWork
from support.builders import make_bureau_report, new_id
from support.records import Company, store_negativation
from support.storages import Storage

DAY = date(2021, 7, 1)
LATE = datetime.combine(DAY, time(23, 59, 59, 999_999), LOCAL_ZONE)
"""The last moment of `DAY`."""

FAR = date(2060, 1, 1)
"""By then everything is over that ever ends."""

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


def purge_of(storage: Storage) -> PurgeRecords:
    """The use case, as the worker calls it."""
    return PurgeRecords(units_of_work=storage.units_of_work, clock=storage.clock, ids=Uuid7Ids())


async def night(storage: Storage, day: date) -> int:
    """The whole round of the night that begins that day; tells how many passes it took."""
    storage.clock.at = datetime.combine(day, time(2, 59), LOCAL_ZONE)
    purge, passes = purge_of(storage), 0
    assert not await purge(), "nothing goes before three o'clock"
    storage.clock.at = datetime.combine(day, time(3, 0), LOCAL_ZONE)
    while await purge():
        passes += 1
    assert not await purge(), "a round a night"
    return passes


async def purged(storage: Storage) -> list[AuditEvent]:
    """What the trail tells of rounds, oldest first."""
    order = Order(AuditOrder.NUMBER, Direction.ASC)
    async with storage.units_of_work.read() as work:
        page = await work.audit.page(AuditFilter(action=AuditAction.RECORDS_PURGED), order, Window(size=100))
    return [edge.record for edge in page.edges]


async def store_consultation(work: UnitOfWork, company: Company, **changes: object) -> UUID:
    """Store a consultation with its report and page; tells its id."""
    stored = await work.consultations.add(company.consultation(**{"performed_at": LATE, **changes}))
    await work.consultations.add_report(stored.id, make_bureau_report())
    return stored.id


async def store_ended(work: UnitOfWork, company: Company, **changes: object) -> Negativation:
    """Store a registration that came to its end, with a history."""
    stored = await store_negativation(
        work, company, **{"status": NegativationStatus.CLEARED, "updated_at": LATE, **changes}
    )
    entry = HistoryEntry(status=stored.status, trigger=Trigger.CREATED, at=LATE, actor="tests")
    await work.negativations.add_history({stored.id: [entry, entry]})
    return stored


async def store_run(
    work: UnitOfWork, negativation: Negativation, finished_at: datetime | None
) -> CollectionRun:
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
