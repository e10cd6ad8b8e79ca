"""Forgetting what has been kept for long enough, as part of a unit of work."""

from abc import abstractmethod
from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.retention import RecordKind


class Retention(Protocol):
    """Records whose time is over. Nothing that is live, awaited or disputed ever is among them.

    What a record counts from: a report, its page and a consultation from the answer; a registration from its end; a
    collection item from the end of its run; a lead or prospect from its last change or consultation. A customer who
    disputes a debt or has it before a court (DISPUTE, SUB_JUDICE) keeps whatever has that document.
    AUDIT_EVENT is none of its kinds: see `AuditChain.seal`.
    """

    @abstractmethod
    async def overdue(self, kind: RecordKind, before: datetime, limit: int) -> list[UUID]:
        """The ids of records of the kind that count from before then, at most `limit`."""

    @abstractmethod
    async def forget(self, kind: RecordKind, before: datetime, ids: Collection[UUID]) -> int:
        """Remove those of the records that are still overdue; tells how many. Of an ORIGINAL_PAGE its report stays."""

    @abstractmethod
    async def erase_reports(self, consultation_ids: Collection[UUID]) -> int:
        """Remove the reports of those consultations with their pages, whatever their age; tells how many there were."""

    @abstractmethod
    async def erase_person(self, person_id: UUID) -> None:
        """Remove a customer, lead or prospect that nothing refers to but consultations."""
