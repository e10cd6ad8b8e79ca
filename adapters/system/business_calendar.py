"""Brazilian business days."""

from datetime import date, timedelta
from functools import lru_cache

from ports.business_calendar import BusinessCalendar

SATURDAY = 5

BANK_ONLY = frozenset({"Carnaval", "Corpus Christi"})
"""Days without banking that no law makes a holiday: Monday and Tuesday of Carnival, Corpus Christi."""


class BrazilianCalendar(BusinessCalendar):
    """Business days (dias úteis) of Brazilian banks: Monday to Friday without the national bank holidays.

    Bank holidays are those of CMN Resolution 4.880/2020: the national holidays, Monday and Tuesday of Carnival and
    Corpus Christi. Holidays of a state or a city are left out, and so are the stock exchange's closing days at
    the end of the year: deadlines are the creditor's, so when in doubt they end earlier rather than later.
    """

    def add_business_days(self, day: date, count: int) -> date:
        """The business day that comes `count` business days after `day`; with 0, `day` or the next business day.

        Raises ValueError for a negative `count`.
        """
        if count < 0:
            raise ValueError("business days are counted forwards only")
        while count > 0:
            day += timedelta(days=1)
            count -= is_business_day(day)
        while not is_business_day(day):
            day += timedelta(days=1)
        return day


def is_business_day(day: date) -> bool:
    """Whether banks open on that day."""
    return day.weekday() < SATURDAY and day not in _bank_holidays(day.year)


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> frozenset[date]:
    import holidays  # the calendars of every country, which a start has no time for

    legal = holidays.country_holidays("BR", years=year)
    optional = holidays.country_holidays("BR", years=year, categories=("optional",), language="pt_BR")
    return frozenset(legal) | {day for day, name in optional.items() if name in BANK_ONLY}
