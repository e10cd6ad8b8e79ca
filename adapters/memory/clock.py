"""A clock that stands still until it is moved."""

import asyncio
from datetime import UTC, datetime, timedelta

from ports.clock import Clock


class FixedClock(Clock):
    """Shows `at` until it is advanced; sleeping advances it at once and lets other tasks run."""

    def __init__(self, at: datetime = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)) -> None:
        self.at = at
        self.slept: list[timedelta] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration)
        self.advance(duration)
        await asyncio.sleep(0)

    def advance(self, duration: timedelta) -> datetime:
        """Move on by that time."""
        self.at += duration
        return self.at
