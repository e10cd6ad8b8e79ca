"""Routines as rows."""

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlmodel import col

from adapters.sql.tables import RoutineRow
from adapters.sql.work import Work, table_of
from ports.routines import LONGEST_LEASE, LONGEST_REST, Routine, Routines

_ROUTINES = table_of(RoutineRow)


class SqlRoutines(Routines):
    """The routines of one unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def ensure(self, name: str, next_at: datetime) -> None:
        # A fence that starts anywhere: the holder of a routine that was forgotten and made anew must not fit.
        fence = secrets.randbelow(2**40)
        await self._work.insert_new(RoutineRow.of(name=name, next_at=next_at, fence=fence, taken=False))

    async def take(self, prefix: str, *, now: datetime, leased_until: datetime) -> Routine | None:
        self._work.require_writable()
        statement = (
            select(RoutineRow)
            .where(col(RoutineRow.name).startswith(prefix, autoescape=True), _is_due(now))
            .order_by(col(RoutineRow.next_at), col(RoutineRow.name))
        )
        if not self._work.on_sqlite:
            statement = statement.with_for_update(skip_locked=True)
        row = await self._work.first(statement)
        if row is None:
            return None
        fence = row.fence + 1
        await self._change(row.name, next_at=leased_until, fence=fence, taken=True)
        return Routine(name=row.name, state=row.state, fence=fence)

    async def finish(self, routine: Routine, *, next_at: datetime, state: str | None) -> bool:
        row = await self._locked(routine.name)
        if row is None or row.fence != routine.fence or not row.taken:
            return False
        await self._change(row.name, next_at=next_at, state=state, taken=False)
        return True

    async def forget(self, name: str) -> None:
        await self._work.change(delete(_ROUTINES).where(_ROUTINES.c.name == name))

    async def _locked(self, name: str) -> RoutineRow | None:
        statement = select(RoutineRow).where(col(RoutineRow.name) == name)
        return await self._work.first(self._work.locking(statement))

    async def _change(self, name: str, **values: object) -> None:
        await self._work.change(update(_ROUTINES).where(_ROUTINES.c.name == name).values(values))


def _is_due(now: datetime) -> ColumnElement[bool]:
    next_at = col(RoutineRow.next_at)
    return or_(
        next_at <= now,
        and_(col(RoutineRow.taken), next_at > now + LONGEST_LEASE),
        next_at > now + LONGEST_REST,
    )
