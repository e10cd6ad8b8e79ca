"""Time."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time of day, and waiting for it."""

    @abstractmethod
    def now(self) -> datetime:
        """This instant, in UTC, with its zone."""

    @abstractmethod
    async def sleep(self, duration: timedelta) -> None:
        """Return after that time."""
