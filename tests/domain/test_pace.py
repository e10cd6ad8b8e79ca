"""Pace: so many at once after a rest, and one for each interval from then on."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.pace import Pace

NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ahead", "burst", "allowed"),
    [
        (-1000, 3, 3),
        (0, 3, 3),
        (1, 3, 2),
        (1.5, 3, 1),
        (2, 3, 1),
        (2.5, 3, 0),
        (3, 3, 0),
        (9, 3, 0),
        (0, 1, 1),
        (0.1, 1, 0),
    ],
)
def test_what_left_too_early_holds_back_what_follows(ahead: float, burst: int, allowed: int) -> None:
    pace = Pace(interval=SECOND, burst=burst)
    next_at = NOW + ahead * SECOND
    assert pace.allowance(next_at, NOW) == allowed
    assert (next_at <= NOW + pace.slack) == (allowed > 0)


def test_a_long_run_keeps_to_the_interval() -> None:
    pace, next_at, sent = Pace(interval=SECOND, burst=5), NOW, 0
    for tick in range(1000):
        now = NOW + tick * SECOND / 10
        allowed = pace.allowance(next_at, now)
        next_at = pace.moved(next_at, now, allowed)
        sent += allowed
    assert sent == 5 + 99


def test_no_interval_is_no_limit() -> None:
    pace = Pace(interval=timedelta(0))
    assert pace.allowance(pace.moved(NOW, NOW, 10_000), NOW) > 1_000_000
