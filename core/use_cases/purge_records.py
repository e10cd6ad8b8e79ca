"""Forget what has been kept for long enough (eliminação, LGPD art. 16), night after night."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.domain.access import SYSTEM
from core.domain.audit import AuditAction, audited
from core.domain.calendar_rules import LOCAL_ZONE, local_date
from core.domain.retention import RETENTION, RecordKind
from ports.audit_chain import CHAIN_LOCK
from ports.clock import Clock
from ports.ids import Ids
from ports.routines import Routine, TurnLost
from ports.unit_of_work import UnitOfWork, UnitsOfWork

ROUTINE = "purge"
NIGHTLY_AT = time(3, 0)
"""The local time at which each night's round begins, when hardly anybody works."""

LEASE = timedelta(seconds=60)
CHUNK = 500
"""How many records are forgotten at once: so few that callers hardly wait."""

_KINDS = list(RETENTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """How far a night's round has come: the kind that is looked through, and what was forgotten of each so far."""

    kind: RecordKind
    counts: dict[str, int]

    @classmethod
    def of(cls, state: str | None) -> "_Round":
        """The round that a routine's state tells of; a new one when it tells of none."""
        if state is None:
            return cls(kind=_KINDS[0], counts={})
        kept = json.loads(state)
        return cls(kind=RecordKind(kept["kind"]), counts=kept["counts"])

    def after(self, forgotten: int, *, more: bool) -> "_Round | None":
        """After a chunk; None when every kind was looked through."""
        counts = {**self.counts, self.kind.value: self.counts.get(self.kind.value, 0) + forgotten}
        place = _KINDS.index(self.kind) + (0 if more else 1)
        return _Round(kind=_KINDS[place], counts=counts) if place < len(_KINDS) else None

    @property
    def state(self) -> str:
        """What a routine remembers of it."""
        return json.dumps({"kind": self.kind.value, "counts": self.counts})


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeRecords:
    """Policy: the periods of `RETENTION`. Nothing live, awaited or disputed goes.

    One process at a time, a chunk a pass; a round that was broken off goes on where it was. A round that forgot something
    leaves one audit entry with what it forgot of each kind.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self) -> int:
        """Go on with the night's round by a chunk; 0 when it is not time, or nothing is left."""
        now = self.clock.now()
        async with self.units_of_work.begin() as work:
            await work.routines.ensure(ROUTINE, next_nightly(now))
            routine = await work.routines.take(ROUTINE, now=now, leased_until=now + LEASE)
        if routine is None:
            return 0
        current = _Round.of(routine.state)
        before = RETENTION[current.kind].begin(local_date(now))
        # Looked for without keeping writers waiting; what is forgotten is checked again.
        found = []
        if current.kind is not RecordKind.AUDIT_EVENT:
            async with self.units_of_work.read() as work:
                found = await work.retention.overdue(current.kind, before, CHUNK)
        async with self.units_of_work.begin() as work:
            if current.kind is RecordKind.AUDIT_EVENT:
                await work.lock(CHAIN_LOCK)
                forgotten = await work.audit_chain.seal(before, now, CHUNK)
                following = current.after(forgotten, more=forgotten == CHUNK)
            else:
                forgotten = await work.retention.forget(current.kind, before, found) if found else 0
                following = current.after(forgotten, more=len(found) == CHUNK)
            if following is None:
                await self._end(work, routine, current, forgotten, now)
            elif not await work.routines.finish(routine, next_at=now, state=following.state):
                raise TurnLost
        return 0 if following is None else 1

    async def _end(
        self, work: UnitOfWork, routine: Routine, last: _Round, forgotten: int, now: datetime
    ) -> None:
        if not await work.routines.finish(routine, next_at=next_nightly(now), state=None):
            raise TurnLost
        counts = {**last.counts, last.kind.value: forgotten + last.counts.get(last.kind.value, 0)}
        told = {kind: count for kind, count in counts.items() if count}
        if told:
            event = audited(
                SYSTEM,
                AuditAction.RECORDS_PURGED,
                event_id=self.ids.new(),
                at=now,
                record=("Records", None),
                branch_id=None,
                **told,
            )
            await work.audit.add(event)


def next_nightly(now: datetime) -> datetime:
    """The next three o'clock in the morning at the provider's desk, strictly after `now`."""
    today = local_date(now)
    at = datetime.combine(today, NIGHTLY_AT, LOCAL_ZONE)
    return at if at > now else datetime.combine(today + timedelta(days=1), NIGHTLY_AT, LOCAL_ZONE)
