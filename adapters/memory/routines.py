"""Routines in memory."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.memory.storage import Table, Transaction
from ports.routines import LONGEST_LEASE, LONGEST_REST, Routine, Routines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """next_at: when it is due; while it is taken, when the lease ends."""

    name: str
    next_at: datetime
    state: str | None
    fence: int
    taken: bool

    def is_due(self, now: datetime) -> bool:
        furthest = now + (LONGEST_LEASE if self.taken else LONGEST_REST)
        return not now < self.next_at <= furthest


class MemoryRoutines(Routines):
    """The routines of one unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._table = Table(transaction, "Routine", _Row)

    async def ensure(self, name: str, next_at: datetime) -> None:
        self._transaction.require_writable()
        if name not in self._table:
            # A fence that starts anywhere: the holder of a routine forgotten and made anew must not fit.
            fence = secrets.randbelow(2**40)
            row = _Row(name=name, next_at=next_at, state=None, fence=fence, taken=False)
            self._table.put(name, row)

    async def take(self, prefix: str, *, now: datetime, leased_until: datetime) -> Routine | None:
        self._transaction.require_writable()
        due = (row for row in self._table.all() if row.name.startswith(prefix) and row.is_due(now))
        row = min(due, key=lambda row: (row.next_at, row.name), default=None)
        if row is None:
            return None
        taken = replace(row, next_at=leased_until, fence=row.fence + 1, taken=True)
        self._table.put(row.name, taken)
        return Routine(name=row.name, state=row.state, fence=taken.fence)

    async def finish(self, routine: Routine, *, next_at: datetime, state: str | None) -> bool:
        self._transaction.require_writable()
        row = self._table.get(routine.name)
        if row is None or row.fence != routine.fence or not row.taken:
            return False
        self._table.put(row.name, replace(row, next_at=next_at, state=state, taken=False))
        return True

    async def forget(self, name: str) -> None:
        self._table.remove(name)
