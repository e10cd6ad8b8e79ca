"""The queue: hands out what the outbox holds, to any number of processes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, exists, or_, select, update
from sqlmodel import col

from adapters.sql.database import Database
from adapters.sql.tables import AccountRow, IntentRow
from adapters.sql.work import Work, table_of
from core.domain.intents import CLOCK_TOLERANCE, LONGEST_HOLD, LONGEST_WAIT, Claim, Intent, IntentKind
from core.domain.pace import Pace
from ports.clock import Clock
from ports.outbox import Queue

_INTENTS = table_of(IntentRow)
_ACCOUNTS = table_of(AccountRow)
_PRUNED_AT_ONCE = 1000

_LIMIT = bindparam("limit", type_=Integer())
_OPEN_ACCOUNTS = (
    select(AccountRow)
    .where(
        col(AccountRow.held).is_(False),
        or_(col(AccountRow.held_until).is_(None), col(AccountRow.held_until) <= bindparam("now")),
        col(AccountRow.next_at) <= bindparam("latest"),
        exists().where(
            col(IntentRow.account) == col(AccountRow.account),
            col(IntentRow.done_at).is_(None),
            col(IntentRow.due_at) <= bindparam("now"),
        ),
    )
    .order_by(col(AccountRow.next_at), col(AccountRow.account))
    .limit(_LIMIT)
    .with_for_update(skip_locked=True, of=AccountRow)
)
"""The accounts that something may be claimed of, those first that waited longest; locked, or skipped."""

_DUE = (
    select(IntentRow)
    .where(
        col(IntentRow.account) == bindparam("account"),
        col(IntentRow.done_at).is_(None),
        col(IntentRow.due_at) <= bindparam("now"),
    )
    .order_by(col(IntentRow.due_at))
    .limit(_LIMIT)
    .with_for_update(skip_locked=True)
)
_MOVED = (
    update(_ACCOUNTS).where(_ACCOUNTS.c.account == bindparam("its_account")).values(next_at=bindparam("then"))
)

LEASE = timedelta(seconds=60)
PACE = Pace(interval=timedelta(milliseconds=50), burst=20)


class SqlQueue(Queue):
    """Claims with `FOR UPDATE SKIP LOCKED`, which is left out for SQLite: with its one writer it does not need it.

    lease: how long a claim lasts. pace: how fast the orders of one account leave. On PostgreSQL leases and pace go by the
    database's clock, so machines need not agree on the time; a holder is told `until` by its own clock.
    """

    def __init__(
        self, database: Database, clock: Clock, *, lease: timedelta = LEASE, pace: Pace = PACE
    ) -> None:
        self._database = database
        self._clock = clock
        self._lease = lease
        self._pace = pace
        self._claimed_at: datetime | None = None

    async def claim(self, limit: int) -> Sequence[Claim]:
        async with self._database.writing(self._clock) as work:
            until = self._clock.now() + self._lease
            now = await work.now()
            if self._claimed_at is None or now < self._claimed_at - CLOCK_TOLERANCE:
                await self._bring_forward(work, now)
            claims: list[Claim] = []
            accounts = await work.rows(_OPEN_ACCOUNTS, now=now, latest=now + self._pace.slack, limit=limit)
            for position, account in enumerate(accounts):
                share = -(-(limit - len(claims)) // (len(accounts) - position))
                allowed = min(share, self._pace.allowance(account.next_at, now))
                taken = await work.rows(_DUE, account=account.account, now=now, limit=allowed)
                await self._take(work, account, taken, now)
                claims += (_claim(row, until) for row in taken)
        self._claimed_at = now
        return claims

    async def wait(self, longest: timedelta) -> None:
        wakeup = self._database.wakeup
        try:
            async with asyncio.timeout(longest.total_seconds()):
                await wakeup.wait()
        except TimeoutError:
            return
        # Whoever clears it claims next, after every commit that set it: no promise is overlooked.
        wakeup.clear()

    async def prune(self, older_than: timedelta) -> int:
        """Forget promises that were kept (or taken back) longer ago than that; tells how many.

        A forgotten key could be used again, so `older_than` must exceed the time in which anybody repeats an order: keys
        carry a generation and are never made again by later changes, and 90 days are ample.
        """
        pruned = 0
        while True:
            async with self._database.writing(self._clock) as work:
                limit = await work.now() - older_than
                old = select(_INTENTS.c.key).where(_INTENTS.c.done_at < limit).limit(_PRUNED_AT_ONCE)
                forgotten = await work.change(delete(_INTENTS).where(_INTENTS.c.key.in_(old)))
            pruned += forgotten
            if forgotten < _PRUNED_AT_ONCE:
                return pruned

    async def _bring_forward(self, work: Work, now: datetime) -> None:
        """Make due what is put off for longer than anything ever is: the clock was ahead when it was written."""
        too_late = now + max(LONGEST_WAIT, self._lease)
        waiting = update(_INTENTS).where(_INTENTS.c.done_at.is_(None), _INTENTS.c.due_at > too_late)
        await work.change(waiting.values(due_at=now))
        held = update(_ACCOUNTS).where(_ACCOUNTS.c.held_until > now + LONGEST_HOLD)
        await work.change(held.values(held_until=None))
        ahead = update(_ACCOUNTS).where(_ACCOUNTS.c.next_at > now + self._pace.reach)
        await work.change(ahead.values(next_at=now))

    async def _take(self, work: Work, account: AccountRow, rows: Sequence[IntentRow], now: datetime) -> None:
        keys = [row.key for row in rows]
        leased = {"due_at": now + self._lease, "attempts": _INTENTS.c.attempts + 1}
        await work.change(update(_INTENTS).where(_INTENTS.c.key.in_(keys)).values(leased))
        then = self._pace.moved(account.next_at, now, len(rows))
        await work.changed(_MOVED, its_account=account.account, then=then)


def _claim(row: IntentRow, until: datetime) -> Claim:
    intent = Intent(key=row.key, account=row.account, kind=IntentKind(row.kind), subject_id=row.subject_id)
    return Claim(intent=intent, attempt=row.attempts + 1, until=until)
