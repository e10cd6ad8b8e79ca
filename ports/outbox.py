"""The outbox: promises to the bureau, kept in the same storage and transaction as the records they speak of."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from core.domain.intents import Claim, Intent


class Outbox(Protocol):
    """The part of the outbox that belongs to a unit of work: what it does takes effect when that commits."""

    @abstractmethod
    async def put(self, *intents: Intent) -> None:
        """Make promises, due at once. Raises Conflict `INTENT_EXISTS` when a key was used before.

        The commit MUST wake whoever waits in `Queue.wait`.
        """

    @abstractmethod
    async def put_leased(self, intent: Intent, lease: timedelta) -> Claim:
        """Make a promise that the caller keeps itself: it is born claimed (attempt 1) until the lease ends."""

    @abstractmethod
    async def withdraw(self, key: str) -> bool:
        """Take back a promise that was never claimed. False, and nothing done, when it was claimed or is not there."""

    @abstractmethod
    async def done(self, claim: Claim) -> bool:
        """Settle a claim: the promise is kept. False when the claim was lost (another holder took it): roll back then."""

    @abstractmethod
    async def retry(self, claim: Claim, after: timedelta) -> bool:
        """Give a claim back, due again after a while, LONGEST_WAIT at most. False like `done`."""

    @abstractmethod
    async def unclaim(self, claim: Claim) -> bool:
        """Give back a claim of which nothing was begun: due at once, as if it had never been taken. False like `done`.

        Its attempt is not counted, so the next claim may carry the same number: the caller MUST NOT use this one again.
        """

    @abstractmethod
    async def hold(self, account: UUID, until: datetime | None) -> None:
        """Let nothing of this account be claimed until then, LONGEST_HOLD from now at most; None: until released."""

    @abstractmethod
    async def release(self, account: UUID) -> None:
        """End a hold."""

    @abstractmethod
    async def pending(self, account: UUID | None = None) -> int:
        """How many promises are not yet kept."""


class Queue(Protocol):
    """The part of the outbox that hands out work, in transactions of its own."""

    @abstractmethod
    async def claim(self, limit: int) -> Sequence[Claim]:
        """Take up to `limit` promises that are due, fairly among accounts and no faster than each account's pace.

        Two callers MUST never hold the same promise at the same time. A claim that is not settled by its `until` is
        due again, with a higher attempt. Promises that were put leased are claimed too once their lease has ended.

        Where several machines share a PostgreSQL, all times go by its clock; else by our own, which may be put back. What is
        put off for longer than anything ever is (LONGEST_WAIT, LONGEST_HOLD, what the pace allows) was put off while the
        clock was ahead: the first claim of a process, and each that finds the clock put back, MUST make it due at once.
        """

    @abstractmethod
    async def wait(self, longest: timedelta) -> None:
        """Return when a promise was put by this process, or after `longest`."""
