"""A calendar without holidays."""

from collections.abc import Collection
from datetime import date, timedelta

from ports.business_calendar import BusinessCalendar


class WeekdayCalendar(BusinessCalendar):
    """Monday to Friday are business days, but for the days off it was given."""

    def __init__(self, days_off: Collection[date] = ()) -> None:
        self._days_off = frozenset(days_off)

    def add_business_days(self, day: date, count: int) -> date:
        while count > 0 or not self._is_business_day(day):
            day += timedelta(days=1)
            count -= self._is_business_day(day)
        return day

    def _is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._days_off
