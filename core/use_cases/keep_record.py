"""Storing records of the company: created once however often an integrator sends them, and every change audited."""

from dataclasses import dataclass, fields, replace
from typing import Protocol, TypeVar
from uuid import UUID

from core.domain.access import Caller
from core.domain.audit import AuditAction, audited
from core.domain.branch import Branch
from core.domain.errors import Conflict
from core.domain.invoice import Invoice
from core.domain.subjects import Customer, Lead, Prospect
from core.use_cases.changes import changed_fields
from ports.clock import Clock
from ports.ids import Ids
from ports.stores import ExternalIds, RecordStore
from ports.unit_of_work import UnitOfWork

RecordT = TypeVar("RecordT", Branch, Customer, Lead, Prospect, Invoice)

_NOT_SENT = frozenset(
    {
        *("id", "number", "created_at", "updated_at"),
        *("integration_id", "daily_consultation_budget", "status", "closed_on", "settlement_method"),
    }
)
"""What a record is given here or gains by later operations, so that a second sending says nothing of it."""


class KnownStore(RecordStore[RecordT], ExternalIds[RecordT], Protocol[RecordT]):
    """A store of records that an integrator may know by ids of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepRecord:
    """Policy.

    - `external_id` is unique per kind of record. Creating a record whose external id is known answers with the stored
      one when both say the same, so an integrator may send it twice; otherwise it raises Conflict EXTERNAL_ID_TAKEN,
      because nothing tells a correction from a mix-up of ids. Corrections are updates.
    - The audit trail names the fields that changed, never their values.
    """

    clock: Clock
    ids: Ids

    async def create(
        self, work: UnitOfWork, store: KnownStore[RecordT], record: RecordT, branch_id: UUID, caller: Caller
    ) -> RecordT:
        """Store a new record, or answer with the one that was stored for the same sending."""
        if record.external_id is not None:
            await work.lock(f"external-id:{type(record).__name__}:{record.external_id}")
            known = (await store.by_external_ids([record.external_id])).get(record.external_id)
            if known is not None and _says_the_same(known, record):
                return known
            if known is not None:
                raise Conflict(reason="EXTERNAL_ID_TAKEN", params={"externalId": record.external_id})
        stored = await store.add(record)
        await self._audit(work, AuditAction.RECORD_CREATED, stored, branch_id, caller)
        return stored

    async def change(
        self,
        work: UnitOfWork,
        store: KnownStore[RecordT],
        before: RecordT,
        after: RecordT,
        branch_id: UUID,
        caller: Caller,
    ) -> RecordT:
        """Store the changed record; nothing is written when nothing changed."""
        names = changed_fields(before, after)
        if not names:
            return before
        changed = replace(after, updated_at=self.clock.now())
        await store.save(changed)
        await self._audit(
            work, AuditAction.RECORD_UPDATED, changed, branch_id, caller, fields=",".join(names)
        )
        return changed

    async def _audit(
        self,
        work: UnitOfWork,
        action: AuditAction,
        record: Branch | Customer | Lead | Prospect | Invoice,
        branch_id: UUID,
        caller: Caller,
        **details: str,
    ) -> None:
        await work.audit.add(
            audited(
                caller,
                action,
                event_id=self.ids.new(),
                at=self.clock.now(),
                record=(type(record).__name__, record.id),
                branch_id=branch_id,
                number=record.number,
                **details,
            )
        )


def _says_the_same(stored: RecordT, sent: RecordT) -> bool:
    names = {field.name for field in fields(sent)} - _NOT_SENT
    return all(getattr(stored, name) == getattr(sent, name) for name in names)
