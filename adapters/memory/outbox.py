"""The outbox in memory: the part inside a unit of work, and the queue that hands work out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.errors import Conflict
from core.domain.intents import CLOCK_TOLERANCE, LONGEST_HOLD, LONGEST_WAIT, Claim, Intent
from core.domain.pace import Pace
from ports.clock import Clock
from ports.outbox import Outbox, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """An intent and where its delivery stands. `due_at` is also the end of the lease of whoever holds it."""

    intent: Intent
    due_at: datetime
    attempts: int = 0
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    next_at: datetime
    held: bool = False
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        return self.held or (self.held_until is not None and now < self.held_until)


class _Tables:
    def __init__(self, transaction: Transaction) -> None:
        self.promises = Table(transaction, "Promise", _Promise)
        self.accounts = Table(transaction, "Account", _Account)


class MemoryOutbox(Outbox):
    """The outbox of one unit of work."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self._clock = clock
        self._tables = _Tables(transaction)

    async def put(self, *intents: Intent) -> None:
        for intent in intents:
            self._insert(_Promise(intent=intent, due_at=self._clock.now()))
        self._transaction.wakes = True

    async def put_leased(self, intent: Intent, lease: timedelta) -> Claim:
        until = self._clock.now() + lease
        self._insert(_Promise(intent=intent, due_at=until, attempts=1))
        return Claim(intent=intent, attempt=1, until=until)

    async def withdraw(self, key: str) -> bool:
        self._transaction.require_writable()
        promise = self._tables.promises.get(key)
        if promise is None or promise.attempts > 0 or promise.done_at is not None:
            return False
        self._tables.promises.put(key, replace(promise, done_at=self._clock.now()))
        return True

    async def done(self, claim: Claim) -> bool:
        promise = self._held(claim)
        if promise is not None:
            self._tables.promises.put(claim.intent.key, replace(promise, done_at=self._clock.now()))
        return promise is not None

    async def retry(self, claim: Claim, after: timedelta) -> bool:
        promise = self._held(claim)
        if promise is not None:
            self._tables.promises.put(claim.intent.key, replace(promise, due_at=self._clock.now() + after))
        return promise is not None

    async def unclaim(self, claim: Claim) -> bool:
        promise = self._held(claim)
        if promise is not None:
            untaken = replace(promise, due_at=self._clock.now(), attempts=claim.attempt - 1)
            self._tables.promises.put(claim.intent.key, untaken)
        return promise is not None

    async def hold(self, account: UUID, until: datetime | None) -> None:
        row = self._account(account)
        self._tables.accounts.put(account, replace(row, held=until is None, held_until=until))

    async def release(self, account: UUID) -> None:
        row = self._account(account)
        self._tables.accounts.put(account, replace(row, held=False, held_until=None))
        self._transaction.wakes = True

    async def pending(self, account: UUID | None = None) -> int:
        waiting = (promise for promise in self._tables.promises.all() if promise.done_at is None)
        return sum(account in (None, promise.intent.account) for promise in waiting)

    def _insert(self, promise: _Promise) -> None:
        self._transaction.require_writable()
        if promise.intent.key in self._tables.promises:
            raise Conflict(reason="INTENT_EXISTS", params={"key": promise.intent.key})
        self._tables.promises.put(promise.intent.key, promise)
        if promise.intent.account not in self._tables.accounts:
            self._tables.accounts.put(promise.intent.account, _Account(next_at=self._clock.now()))

    def _held(self, claim: Claim) -> _Promise | None:
        self._transaction.require_writable()
        promise = self._tables.promises.get(claim.intent.key)
        lost = promise is None or promise.attempts != claim.attempt or promise.done_at is not None
        return None if lost else promise

    def _account(self, account: UUID) -> _Account:
        return self._tables.accounts.get(account) or _Account(next_at=self._clock.now())


class MemoryQueue(Queue):
    """Hands out the promises of a storage. `lease` is how long a claim lasts, `pace` how fast an account goes."""

    def __init__(
        self,
        storage: MemoryStorage,
        clock: Clock,
        *,
        lease: timedelta = timedelta(seconds=60),
        pace: Pace = Pace(interval=timedelta(milliseconds=50), burst=20),  # noqa: B008 - immutable
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._lease = lease
        self._pace = pace
        self._claimed_at: datetime | None = None

    async def claim(self, limit: int) -> Sequence[Claim]:
        async with self._storage.writing() as transaction:
            tables = _Tables(transaction)
            now = self._clock.now()
            if self._claimed_at is None or now < self._claimed_at - CLOCK_TOLERANCE:
                self._bring_forward(tables, now)
            self._claimed_at = now
            turns = self._turns(tables, now)
            claims: list[Claim] = []
            for position, (account, row, due) in enumerate(turns):
                share = -(-(limit - len(claims)) // (len(turns) - position))
                taken = due[: min(share, self._pace.allowance(row.next_at, now))]
                claims += (self._take(tables, promise, now) for promise in taken)
                moved = self._pace.moved(row.next_at, now, len(taken))
                tables.accounts.put(account, replace(row, next_at=moved))
            return claims

    async def wait(self, longest: timedelta) -> None:
        try:
            async with asyncio.timeout(longest.total_seconds()):
                await self._storage.wakeup.wait()
        except TimeoutError:
            return
        self._storage.wakeup.clear()

    async def prune(self, older_than: timedelta) -> int:
        """Forget promises that were kept (or taken back) longer ago than that; tells how many."""
        async with self._storage.writing() as transaction:
            promises = _Tables(transaction).promises
            limit = self._clock.now() - older_than
            old = [p for p in promises.all() if p.done_at is not None and p.done_at < limit]
            for promise in old:
                promises.remove(promise.intent.key)
            return len(old)

    def _bring_forward(self, tables: _Tables, now: datetime) -> None:
        """Make due what is put off for longer than anything ever is: the clock was ahead when it was written."""
        for promise in tables.promises.all():
            if promise.done_at is None and promise.due_at > now + max(LONGEST_WAIT, self._lease):
                tables.promises.put(promise.intent.key, replace(promise, due_at=now))
        for account, row in tables.accounts.items():
            held_too_long = row.held_until is not None and row.held_until > now + LONGEST_HOLD
            paced_too_far = row.next_at > now + self._pace.reach
            if held_too_long or paced_too_far:
                held_until = None if held_too_long else row.held_until
                next_at = now if paced_too_far else row.next_at
                tables.accounts.put(account, replace(row, held_until=held_until, next_at=next_at))

    def _turns(self, tables: _Tables, now: datetime) -> list[tuple[UUID, _Account, list[_Promise]]]:
        """The accounts that something may be claimed of, those first that waited longest, each with what is due."""
        due: dict[UUID, list[_Promise]] = {}
        for promise in sorted(tables.promises.all(), key=lambda promise: promise.due_at):
            if promise.done_at is None and promise.due_at <= now:
                due.setdefault(promise.intent.account, []).append(promise)
        rows = [(account, tables.accounts.get(account), promises) for account, promises in due.items()]
        free = [
            (account, row, promises)
            for account, row, promises in rows
            if row is not None and not row.is_held(now) and self._pace.allowance(row.next_at, now)
        ]
        return sorted(free, key=lambda turn: turn[1].next_at)

    def _take(self, tables: _Tables, promise: _Promise, now: datetime) -> Claim:
        taken = replace(promise, due_at=now + self._lease, attempts=promise.attempts + 1)
        tables.promises.put(promise.intent.key, taken)
        return Claim(intent=promise.intent, attempt=taken.attempts, until=taken.due_at)
