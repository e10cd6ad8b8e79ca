"""The clock of this machine."""

import asyncio
from datetime import UTC, datetime, timedelta

from ports.clock import Clock


class SystemClock(Clock):
    """Time as the operating system tells it."""

    def now(self) -> datetime:
        """This instant, in UTC, with its zone."""
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Return after that time, at once when it is not positive."""
        await asyncio.sleep(max(0.0, duration.total_seconds()))
