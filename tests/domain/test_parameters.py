"""The repeat interval: N days warn on the day of the consultation and on the N-1 days after it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.domain.parameters import CreditParameters

LAST = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("interval", [None, 0])
@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=1), DAY])
def test_without_an_interval_nothing_warns(interval: int | None, later: timedelta) -> None:
    parameters = CreditParameters(enabled=True, repeat_interval_days=interval)
    assert not parameters.warns(LAST, LAST + later)
    assert parameters.available_on(LAST) == date(2026, 3, 16)


@pytest.mark.parametrize("interval", [1, 2, 7, 30, 3650])
def test_it_warns_until_the_last_day_and_not_on_the_next(interval: int) -> None:
    parameters = CreditParameters(enabled=True, repeat_interval_days=interval)
    assert parameters.warns(LAST, LAST)
    assert parameters.warns(LAST, LAST + (interval - 1) * DAY)
    assert not parameters.warns(LAST, LAST + interval * DAY)
    assert parameters.available_on(LAST) == date(2026, 3, 16) + interval * DAY


def test_days_are_local_ones_not_spans_of_hours() -> None:
    parameters = CreditParameters(enabled=True, repeat_interval_days=1)
    late = datetime(2026, 3, 17, 2, 59, tzinfo=UTC)  # 23:59 on the 16th in São Paulo
    assert parameters.warns(LAST, late)
    assert not parameters.warns(late, late + timedelta(minutes=1))
    assert parameters.available_on(late) == date(2026, 3, 17)


def test_analysis_is_off_until_somebody_switches_it_on() -> None:
    assert CreditParameters() == CreditParameters(
        enabled=False,
        repeat_interval_days=None,
        deprecated_plans_end_on=None,
        minimum_negativation_amount=None,
    )
