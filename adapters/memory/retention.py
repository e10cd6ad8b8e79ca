"""Forgetting what has been kept for long enough, in memory."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from adapters.memory.storage import Table, Transaction
from core.domain.bureau import BureauReport
from core.domain.collection import CollectionItem, CollectionRun
from core.domain.consultation import Consultation
from core.domain.documents import Document
from core.domain.negativation import HistoryEntry, Negativation
from core.domain.retention import RecordKind
from core.domain.subjects import DISPUTED, Customer, Lead, Prospect
from ports.retention import Retention


class MemoryRetention(Retention):
    """Looks through whole tables, as everything in memory does."""

    def __init__(self, transaction: Transaction) -> None:
        self._consultations = Table(transaction, Consultation.__name__, Consultation)
        self._reports = Table(transaction, BureauReport.__name__, BureauReport)
        self._negativations = Table(transaction, Negativation.__name__, Negativation)
        self._history = Table(transaction, HistoryEntry.__name__, tuple[UUID, HistoryEntry])
        self._runs = Table(transaction, CollectionRun.__name__, CollectionRun)
        self._items = Table(transaction, CollectionItem.__name__, CollectionItem)
        self._customers = Table(transaction, Customer.__name__, Customer)
        self._leads = Table(transaction, Lead.__name__, Lead)
        self._prospects = Table(transaction, Prospect.__name__, Prospect)

    async def overdue(self, kind: RecordKind, before: datetime, limit: int) -> list[UUID]:
        return self._overdue(kind, before)[:limit]

    async def forget(self, kind: RecordKind, before: datetime, ids: Collection[UUID]) -> int:
        self._consultations.require_writable()
        going = set(self._overdue(kind, before)) & set(ids)
        for record_id in going:
            self._forget(kind, record_id)
        return len(going)

    async def erase_reports(self, consultation_ids: Collection[UUID]) -> int:
        self._consultations.require_writable()
        going = [record_id for record_id in consultation_ids if record_id in self._reports]
        for record_id in going:
            self._reports.remove(record_id)
        return len(going)

    async def erase_person(self, person_id: UUID) -> None:
        self._customers.remove(person_id)
        self._leads.remove(person_id)
        self._prospects.remove(person_id)

    def _overdue(self, kind: RecordKind, before: datetime) -> list[UUID]:
        match kind:
            case RecordKind.ORIGINAL_PAGE:
                reports = self._old_reports(before)
                return [record_id for record_id in reports if self._has_page(record_id)]
            case RecordKind.REPORT:
                return self._old_reports(before)
            case RecordKind.CONSULTATION:
                return [each.id for each in self._old_consultations(before) if not each.outcome.open]
            case RecordKind.COLLECTION_ITEM:
                return [item.id for item in self._items.all() if self._run_ended(item, before)]
            case RecordKind.NEGATIVATION:
                return [each.id for each in self._negativations.all() if self._over(each, before)]
            case RecordKind.LEAD:
                return self._idle(self._leads.all(), before)
            case RecordKind.PROSPECT:
                return self._idle(self._prospects.all(), before)
        raise KeyError(kind)

    def _forget(self, kind: RecordKind, record_id: UUID) -> None:
        match kind:
            case RecordKind.ORIGINAL_PAGE:
                delivered = self._reports.get(record_id)
                if delivered is not None:
                    self._reports.put(record_id, replace(delivered, original=b""))
            case RecordKind.REPORT:
                self._reports.remove(record_id)
            case RecordKind.CONSULTATION:
                self._reports.remove(record_id)
                self._consultations.remove(record_id)
            case RecordKind.COLLECTION_ITEM:
                self._items.remove(record_id)
            case RecordKind.NEGATIVATION:
                for key, (negativation_id, _) in self._history.items():
                    if negativation_id == record_id:
                        self._history.remove(key)
                self._negativations.remove(record_id)
            case _:
                self._leads.remove(record_id)
                self._prospects.remove(record_id)

    def _disputed(self, document: Document) -> bool:
        return any(each.document == document and each.hold in DISPUTED for each in self._customers.all())

    def _old_consultations(self, before: datetime) -> list[Consultation]:
        return [
            each
            for each in self._consultations.all()
            if each.performed_at < before and not self._disputed(each.document)
        ]

    def _old_reports(self, before: datetime) -> list[UUID]:
        return [each.id for each in self._old_consultations(before) if each.id in self._reports]

    def _has_page(self, consultation_id: UUID) -> bool:
        delivered = self._reports.get(consultation_id)
        return delivered is not None and bool(delivered.original)

    def _run_ended(self, item: CollectionItem, before: datetime) -> bool:
        run = self._runs.get(item.run_id)
        return run is not None and run.finished_at is not None and run.finished_at < before

    def _over(self, record: Negativation, before: datetime) -> bool:
        customer = self._customers.get(record.customer_id)
        return (
            record.updated_at < before
            and not record.status.live
            and not self._disputed(record.debtor.document)
            and not (customer is not None and customer.hold in DISPUTED)
            and not any(item.negativation_id == record.id for item in self._items.all())
        )

    def _idle(self, contacts: Collection[Lead] | Collection[Prospect], before: datetime) -> list[UUID]:
        lately = {each.subject_id for each in self._consultations.all() if each.performed_at >= before}
        return [each.id for each in contacts if each.updated_at < before and each.id not in lately]
