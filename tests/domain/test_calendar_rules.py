"""Rules of dates."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar_rules import (
    add_months,
    age_on,
    days_overdue,
    expires_on,
    local_date,
    local_days,
    too_old_to_register,
)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 16, 2, 59, 59, tzinfo=UTC), date(2026, 3, 15)),
        (datetime(2026, 3, 16, 3, 0, tzinfo=UTC), date(2026, 3, 16)),
        # summer time, which Brazil kept until 2019
        (datetime(2018, 12, 1, 2, 0, tzinfo=UTC), date(2018, 12, 1)),
        (datetime(2018, 12, 1, 1, 59, tzinfo=UTC), date(2018, 11, 30)),
    ],
)
def test_days_are_those_of_the_desk(instant: datetime, day: date) -> None:
    assert local_date(instant) == day


def test_a_span_of_local_days_holds_both_ends() -> None:
    start, end = local_days(date(2026, 3, 15), date(2026, 3, 16))
    assert start == datetime(2026, 3, 15, 3, 0, tzinfo=UTC)
    assert end == datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
    assert local_days(None, None) == (None, None)
    assert local_days(None, date.max) == (None, None)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 15), 0, date(2026, 11, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
    ],
)
def test_months_keep_the_day_or_take_the_last(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-240, 240))
def test_months_never_leave_their_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


def test_days_overdue() -> None:
    due_on = date(2026, 3, 12)
    assert [days_overdue(due_on, due_on + timedelta(days=n)) for n in (-1, 0, 4)] == [-1, 0, 4]


@pytest.mark.parametrize(
    ("due_on", "today", "too_old"),
    [
        (date(2021, 4, 16), date(2026, 3, 16), False),
        (date(2021, 4, 15), date(2026, 3, 16), True),
        (date(2021, 3, 31), date(2026, 2, 28), False),
        (date(2021, 3, 31), date(2026, 3, 1), True),
    ],
)
def test_debts_are_taken_up_to_four_years_and_eleven_months(due_on: date, today: date, too_old: bool) -> None:
    assert too_old_to_register(due_on, today) is too_old


def test_what_is_registered_is_gone_after_five_years() -> None:
    assert expires_on(date(2026, 3, 16)) == date(2031, 3, 16)
    assert expires_on(date(2024, 2, 29)) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("born_on", "today", "age"),
    [
        (date(2008, 3, 16), date(2026, 3, 15), 17),
        (date(2008, 3, 16), date(2026, 3, 16), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 3, 16), date(2026, 3, 16), 0),
    ],
)
def test_years_of_life_are_completed_ones(born_on: date, today: date, age: int) -> None:
    assert age_on(born_on, today) == age
