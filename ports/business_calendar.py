"""Business days."""

from abc import abstractmethod
from datetime import date
from typing import Protocol


class BusinessCalendar(Protocol):
    """Brazilian business days (dias úteis): Monday to Friday, national bank holidays excluded."""

    @abstractmethod
    def add_business_days(self, day: date, count: int) -> date:
        """The business day that comes `count` business days after `day`; with 0, `day` or the next business day."""
