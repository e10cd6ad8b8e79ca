"""Routines: work that comes round by the clock, done by one process at a time and never skipped or doubled."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

LONGEST_LEASE = timedelta(minutes=15)
"""No turn is leased for longer than this, by whichever machine's clock."""

LONGEST_REST = timedelta(days=2)
"""No routine rests for longer than this. Between turns it may rest until a time of day, or as long as the bureau asked for,
so a clock that is put back by less makes it come round by so much later, and never sooner than the bureau allows.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """One routine that was taken: its name, what it left behind last time, and the fence of this holder."""

    name: str
    state: str | None
    fence: int


class TurnLost(Exception):
    """Another process took the routine over meanwhile: whatever was done in this turn must be rolled back."""


class Routines(Protocol):
    """The routines, as part of a unit of work."""

    @abstractmethod
    async def ensure(self, name: str, next_at: datetime) -> None:
        """Make a routine known, first due at `next_at`; nothing changes when it is known already."""

    @abstractmethod
    async def take(self, prefix: str, *, now: datetime, leased_until: datetime) -> Routine | None:
        """Take one due routine whose name starts with `prefix`, or None. It comes due again when the lease ends.

        Due is also what is leased for longer than LONGEST_LEASE or rests for longer than LONGEST_REST: the clock was ahead
        when that was written.
        """

    @abstractmethod
    async def finish(self, routine: Routine, *, next_at: datetime, state: str | None) -> bool:
        """End a turn: remember `state` and when to come round again. False when the lease was lost: roll back then."""

    @abstractmethod
    async def forget(self, name: str) -> None:
        """Drop a routine that is no longer wanted."""
