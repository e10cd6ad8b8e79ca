"""Pace: how fast orders may leave for one account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

UNLIMITED = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One order per `interval` on average, up to `burst` at once after a rest (the generic cell rate algorithm).

    One instant per account is all it keeps: `next_at`, by which everything sent so far would have left at an even pace.
    An interval of zero sets no limit.
    """

    interval: timedelta
    burst: int = 1

    @property
    def slack(self) -> timedelta:
        """How far `next_at` may lie ahead while one more order may still leave."""
        return self.interval * (self.burst - 1)

    @property
    def reach(self) -> timedelta:
        """How far `next_at` lies ahead at most, when as many orders as may have just left."""
        return self.interval * self.burst

    def allowance(self, next_at: datetime, now: datetime) -> int:
        """How many orders may leave now."""
        if not self.interval:
            return UNLIMITED
        return max(0, (now + self.reach - max(next_at, now)) // self.interval)

    def moved(self, next_at: datetime, now: datetime, count: int) -> datetime:
        """`next_at` after `count` orders left."""
        return max(next_at, now) + self.interval * count
