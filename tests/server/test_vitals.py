"""The vitals: what was found at the last look, without looking again for whoever asks."""

import asyncio
from datetime import timedelta

import pytest
import structlog

from adapters.memory.clock import FixedClock
from ports.storage import StorageCheck, StorageState, StorageUnavailable
from server.vitals import ANSWER_WITHIN, LARGEST_STEP, LOOKED_WITHIN, STEP_SHOWN_FOR, Vitals


class _Storage(StorageCheck):
    """A storage that is what it is set to; it answers only while `answers` is set."""

    def __init__(self) -> None:
        self.state: StorageState | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def check(self) -> None:
        await self.answers.wait()
        if self.state is not None:
            raise StorageUnavailable(self.state)


class _Looks:
    """Vitals, and the three things that they look at. Seconds pass only by hand."""

    def __init__(self) -> None:
        self.clock, self.storage, self.seconds = FixedClock(), _Storage(), 100.0
        self.vitals = Vitals(storage=self.storage, clock=self.clock, monotonic=lambda: self.seconds)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, on the clock on the wall too."""
        self.seconds += seconds
        self.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def looks() -> _Looks:
    return _Looks()


async def test_nothing_is_well_before_it_was_looked_at(looks: _Looks) -> None:
    assert looks.vitals.database() == "not looked at yet"
    assert await looks.vitals.look() == 0
    assert looks.vitals.database() == "ok"


@pytest.mark.parametrize("state", StorageState)
async def test_the_state_of_the_database_is_told_and_so_is_its_end(
    looks: _Looks, state: StorageState
) -> None:
    await looks.vitals.look()
    looks.storage.state = state
    await looks.vitals.look()
    assert looks.vitals.database() == state.value
    looks.storage.state = None
    await looks.vitals.look()
    assert looks.vitals.database() == "ok"


async def test_each_change_is_logged_once(looks: _Looks) -> None:
    with structlog.testing.capture_logs() as lines:
        await looks.vitals.look()
        looks.storage.state = StorageState.AWAY
        for _ in range(3):
            looks.pass_time(5)
            await looks.vitals.look()
        looks.storage.state = StorageState.FULL
        looks.pass_time(5)
        await looks.vitals.look()
        looks.storage.state = None
        for _ in range(3):
            looks.pass_time(5)
            await looks.vitals.look()
    assert [line["event"] for line in lines] == [
        "the database is away",
        "the database is full",
        "the database is well again",
    ]
    assert lines[-1]["after_seconds"] == 20


async def test_a_database_that_does_not_answer_is_not_well(looks: _Looks) -> None:
    await looks.vitals.look()
    looks.storage.answers.clear()
    look = asyncio.create_task(looks.vitals.look())
    await asyncio.sleep(0)
    assert looks.vitals.database() == "ok"
    looks.pass_time(ANSWER_WITHIN + 1)
    assert looks.vitals.database() == "no answer for 11 s"
    looks.storage.answers.set()
    await look
    assert looks.vitals.database() == "ok"


async def test_an_old_look_counts_for_nothing(looks: _Looks) -> None:
    await looks.vitals.look()
    looks.pass_time(LOOKED_WITHIN)
    assert looks.vitals.database() == "ok"
    looks.pass_time(1)
    assert looks.vitals.database() == "not looked at for 31 s"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (timedelta(hours=1), "jumped 3600 s ahead at 2026-03-16T16:00:05+00:00"),
        (-timedelta(hours=1), "jumped 3600 s back at 2026-03-16T14:00:05+00:00"),
    ],
)
async def test_a_clock_that_jumps_is_told_for_a_day_and_logged_once(
    looks: _Looks, step: timedelta, told: str
) -> None:
    await looks.vitals.look()
    with structlog.testing.capture_logs() as lines:
        looks.clock.advance(step)
        for _ in range(3):
            looks.pass_time(5)
            await looks.vitals.look()
    assert looks.vitals.clock() == told
    assert [line["event"] for line in lines] == [f"the clock {told}"]
    assert looks.vitals.database() == "ok"
    looks.pass_time(STEP_SHOWN_FOR)
    assert looks.vitals.clock() == "ok"


async def test_a_clock_that_is_set_by_little_is_well(looks: _Looks) -> None:
    for _ in range(10):
        looks.clock.advance(LARGEST_STEP)
        looks.pass_time(5)
        await looks.vitals.look()
    assert looks.vitals.clock() == "ok"
