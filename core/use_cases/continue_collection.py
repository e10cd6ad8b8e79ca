"""Carry on the runs of the collection routine that are under way, and begin each day's run."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from core.domain.access import SYSTEM
from core.domain.calendar_rules import LOCAL_ZONE, local_date
from core.domain.collection import CollectionRun, CollectionRunStatus
from core.use_cases.advance_collection import CHUNK, CHUNK_ALONE, AdvanceCollection
from core.use_cases.start_collection import PREFIX, begin_run
from ports.callers import Callers
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork

DAILY = "collection:daily"
DAILY_AT = time(6, 0)
"""The local time at which each day's run begins, before the bureau's morning batch."""

LEASE = timedelta(seconds=60)

TURN = timedelta(milliseconds=500)
"""For how long a run is carried on before the routine rests: taking it up and laying it down are commits of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueCollection:
    """Policy: chunk by chunk, so that deliveries and callers have their turn in between; in larger ones while nobody calls."""

    units_of_work: UnitsOfWork
    advance: AdvanceCollection
    callers: Callers
    clock: Clock

    async def __call__(self) -> bool:
        """Carry one run on for half a second, or by one chunk that takes longer; False when none is under way."""
        now = self.clock.now()
        async with self.units_of_work.begin() as work:
            routine = await work.routines.take(PREFIX, now=now, leased_until=now + LEASE)
        if routine is None:
            return False
        run_id = UUID(routine.name.removeprefix(PREFIX))
        run = await self._advanced(run_id)
        while run.status is CollectionRunStatus.RUNNING and self.clock.now() < now + TURN:
            run = await self._advanced(run_id)
        async with self.units_of_work.begin() as work:
            if run.status is CollectionRunStatus.DONE:
                await work.routines.forget(routine.name)
            else:
                await work.routines.finish(routine, next_at=self.clock.now(), state=None)
        return True

    async def _advanced(self, run_id: UUID) -> CollectionRun:
        return await self.advance(run_id, CHUNK if self.callers.any() else CHUNK_ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDailyCollection:
    """Policy: every day has its run, begun at 6 in the morning, or as soon as the service is up after that."""

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self) -> bool:
        """Begin the day's run when it is due; False when it is not."""
        now = self.clock.now()
        async with self.units_of_work.begin() as work:
            await work.routines.ensure(DAILY, next_daily(now))
            routine = await work.routines.take(DAILY, now=now, leased_until=now + LEASE)
            if routine is None:
                return False
            await begin_run(work, SYSTEM, local_date(now), dry_run=False, clock=self.clock, ids=self.ids)
            await work.routines.finish(routine, next_at=next_daily(now), state=None)
        return True


def next_daily(now: datetime) -> datetime:
    """The next six o'clock in the morning at the provider's desk, strictly after `now`."""
    today: date = local_date(now)
    at = datetime.combine(today, DAILY_AT, LOCAL_ZONE)
    return at if at > now else datetime.combine(today + timedelta(days=1), DAILY_AT, LOCAL_ZONE)
