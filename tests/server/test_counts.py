"""The counters behind the rate limits count as the library's do, and forget what has expired."""

from random import Random

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from server.rate_limits import Counts

LIMIT = RateLimitItemPerMinute(5)
START = 1_800_000_000.0


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time is whatever stands last in it."""
    moments = [START]
    monkeypatch.setattr("time.time", lambda: moments[-1])
    return moments


@pytest.mark.parametrize("seed", range(20))
async def test_they_let_the_same_through_as_the_librarys(seed: int, moments: list[float]) -> None:
    chance = Random(seed)  # noqa: S311 - nothing is kept secret by it
    ours, librarys = (SlidingWindowCounterRateLimiter(store) for store in (Counts(), MemoryStorage()))
    through = []
    for _ in range(300):
        moments.append(moments[-1] + chance.choice([0, 0.5, 3, 11, 40, 95]) * chance.random())
        who = chance.choice(["ana", "bia"])
        assert await ours.test(LIMIT, who) == await librarys.test(LIMIT, who)
        through.append(await ours.hit(LIMIT, who))
        assert through[-1] == await librarys.hit(LIMIT, who)
        assert await ours.get_window_stats(LIMIT, who) == await librarys.get_window_stats(LIMIT, who)
    assert {True, False} == set(through)


@pytest.mark.parametrize("seconds", [121, -3_600], ids=["later", "when the clock is set back"])
async def test_what_has_expired_is_forgotten(seconds: int, moments: list[float]) -> None:
    counts = Counts()
    limiter = SlidingWindowCounterRateLimiter(counts)
    for number in range(100):
        await limiter.hit(LIMIT, f"somebody {number}")
    assert len(counts.storage) == len(counts.expirations) == 100
    moments.append(START + seconds)
    await limiter.hit(LIMIT, "the next")
    await limiter.hit(LIMIT, "the next")
    assert list(counts.storage.values()) == [2]
    assert len(counts.expirations) == 1
