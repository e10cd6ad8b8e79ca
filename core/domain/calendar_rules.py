"""Rules of dates. Instants are UTC; days are those of America/Sao_Paulo, where the provider's desk calendar hangs."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("America/Sao_Paulo")

MIN_DAYS_OVERDUE = 4
"""The bureau takes no debt less than 4 days overdue (PEFIN layout)."""

ADULT_AGE = 18
"""The bureau takes no minors (PEFIN layout; Código Civil art. 5)."""

MAX_AGE_MONTHS = 59
"""The bureau takes no debt older than 4 years and 11 months (PEFIN layout)."""

RETENTION_YEARS = 5
"""Negative data is kept for at most five years from the due date (CDC art. 43 §1, Súmula STJ 323)."""

CLEARING_BUSINESS_DAYS = 5
"""After full payment the creditor has five business days to have the record excluded (Súmula STJ 548)."""


def local_date(instant: datetime) -> date:
    """The day of an instant at the provider's desk."""
    return instant.astimezone(LOCAL_ZONE).date()


def start_of_day(day: date) -> datetime:
    """The first instant of a local day."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL_ZONE)


def local_days(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """The instants between which the local days `first` to `last` lie: the first one belongs to them, the second not.

    None where there is no bound.
    """
    start = None if first is None else start_of_day(first).astimezone(UTC)
    if last is None or last == date.max:
        return start, None
    return start, start_of_day(last + timedelta(days=1)).astimezone(UTC)


@lru_cache(maxsize=10_000)
def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later (or earlier), or that month's last day."""
    years, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    next_first = date(years + (month0 == 11), (month0 + 1) % 12 + 1, 1)
    return min(date(years, month0 + 1, 1) + timedelta(days=day.day - 1), next_first - timedelta(days=1))


def days_overdue(due_on: date, today: date) -> int:
    """Calendar days since the due date; negative before it."""
    return (today - due_on).days


def too_old_to_register(due_on: date, today: date) -> bool:
    """Whether the bureau would refuse the debt for its age."""
    return add_months(due_on, MAX_AGE_MONTHS) < today


def expires_on(due_on: date) -> date:
    """The day by which the registration must be gone, whatever happens."""
    return add_months(due_on, RETENTION_YEARS * 12)


def age_on(born_on: date, today: date) -> int:
    """Completed years of life."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
