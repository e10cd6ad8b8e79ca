"""The worker: comes round after whatever happens, and stops when asked."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from ports.clock import Clock
from ports.storage import StorageState, StorageUnavailable
from server import worker as worker_module
from server.dispatcher import Dispatcher
from server.worker import (
    IDLE,
    LONGEST_WAIT,
    MOMENT,
    REST,
    SHORTEST_WAIT,
    STALE_AFTER,
    STOP_SECONDS,
    Pass,
    Routine,
    Worker,
)


class _Clock(Clock):
    """A clock that only moves when somebody sleeps, and then at once."""

    def __init__(self, late: float = 0.0) -> None:
        self.time = datetime(2026, 11, 21, tzinfo=UTC)
        self.late = late
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration.total_seconds())
        self.time += duration * (1 + self.late)
        await asyncio.sleep(0)


class _Dispatcher(Dispatcher):
    """A dispatcher whose fillings are given, which is woken by hand."""

    def __init__(self, fill: Pass) -> None:
        self._fill_by_hand = fill
        self.woken = asyncio.Event()
        self.waits: list[timedelta] = []
        self.stuck_for = 0.0

    @property
    def longest_in_hand(self) -> float:
        return self.stuck_for

    async def fill(self) -> int:
        return await self._fill_by_hand()

    async def wait(self, longest: timedelta) -> None:
        self.waits.append(longest)
        await self.woken.wait()
        self.woken.clear()

    async def stop(self, seconds: float) -> None:
        return


async def _idle() -> int:
    return 0


def _worker(
    clock: _Clock | None = None, *, dispatcher: Dispatcher | None = None, **routines: Routine
) -> Worker:
    clock = clock or _Clock()
    return Worker(
        dispatcher=dispatcher or _Dispatcher(_idle),
        routines=routines or {"fetch": Routine(run=_idle)},
        clock=clock,
        monotonic=lambda: clock.time.timestamp(),
    )


async def test_it_waits_for_work_and_wakes_for_it() -> None:
    filled = asyncio.Queue[int]()

    async def fill() -> int:
        filled.put_nowait(1)
        return 0

    dispatcher = _Dispatcher(fill)
    async with _worker(dispatcher=dispatcher).running(), asyncio.timeout(5):
        await filled.get()
        await asyncio.sleep(0)
        assert filled.empty()
        dispatcher.woken.set()
        await filled.get()


async def test_the_dispatcher_looks_again_soon_after_it_found_something() -> None:
    """The pace lets promises go one by one: what it held back a moment ago may go now."""
    found, looked = [0, 3, 0, 0, 0, 0, 0, 0, 0, 0], asyncio.Event()

    async def fill() -> int:
        dispatcher.woken.set()
        if not found:
            looked.set()
            return 1
        return found.pop()

    dispatcher = _Dispatcher(fill)
    async with _worker(dispatcher=dispatcher).running(), asyncio.timeout(5):
        await looked.wait()
    doubled = [min(SHORTEST_WAIT * 2**times, LONGEST_WAIT) for times in range(1, 9)]
    assert dispatcher.waits[:10] == [*doubled, SHORTEST_WAIT, 2 * SHORTEST_WAIT]


async def _rests(*, busy: float, late: float = 0.0) -> list[float]:
    """For how long a routine slept after each of two passes of four seconds, while the loop works for that share of the time, and
    comes round later than it should by that share.
    """
    clock, left, ended = _Clock(late), [2], asyncio.Event()
    rests: list[float] = []

    async def run() -> int:
        rests.append(sum(clock.slept))
        clock.slept.clear()
        if left[0] == 0:
            ended.set()
            return 0
        left[0] -= 1
        clock.time += timedelta(seconds=4)
        return 1

    worker = Worker(
        dispatcher=_Dispatcher(_idle),
        routines={"run": Routine(run=run)},
        clock=clock,
        monotonic=lambda: clock.time.timestamp(),
        worked=lambda: clock.time.timestamp() * busy,
    )
    async with worker.running(), asyncio.timeout(5):
        await ended.wait()
    return rests[1:]


async def test_while_others_work_a_routine_rests_for_a_share_of_the_time_that_it_worked() -> None:
    assert await _rests(busy=2 * IDLE) == pytest.approx([4 * REST] * 2)


async def test_while_the_loop_is_late_a_routine_rests_likewise() -> None:
    assert await _rests(busy=0, late=2 * IDLE) == pytest.approx([4 * REST] * 2)


async def test_while_nobody_works_a_routine_rests_for_a_moment() -> None:
    assert await _rests(busy=IDLE / 2) == pytest.approx([MOMENT] * 2)


async def test_a_long_run_holds_up_no_other_routine() -> None:
    turns = {"fetch": 0, "run": 0}
    everybody_had_three = asyncio.Event()

    def taking_turns(name: str) -> Routine:
        async def run() -> int:
            turns[name] += 1
            if min(turns.values()) == 3:
                everybody_had_three.set()
            await asyncio.sleep(0)
            return 1

        return Routine(run=run)

    worker = _worker(fetch=taking_turns("fetch"), run=taking_turns("run"))
    async with worker.running(), asyncio.timeout(5):
        await everybody_had_three.wait()
        assert max(turns.values()) < 20


async def test_a_failing_pass_is_repeated_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    clock, tries, succeeded = _Clock(), [0], asyncio.Event()

    async def fill() -> int:
        tries[0] += 1
        if tries[0] <= 9:
            raise ConnectionError("the database went away")
        succeeded.set()
        return 0

    async def fetch() -> int:
        await asyncio.Event().wait()
        return 0

    worker = _worker(clock, dispatcher=_Dispatcher(fill), fetch=Routine(run=fetch))
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.01)
    async with worker.running(), asyncio.timeout(5):
        await succeeded.wait()
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


async def test_a_storage_that_comes_back_is_soon_worked_with_and_logged_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    clock, tries, succeeded = _Clock(), [0], asyncio.Event()

    async def fill() -> int:
        tries[0] += 1
        if tries[0] <= 6:
            raise StorageUnavailable(StorageState.AWAY)
        succeeded.set()
        return 0

    async def fetch() -> int:
        await asyncio.Event().wait()
        return 0

    worker = _worker(clock, dispatcher=_Dispatcher(fill), fetch=Routine(run=fetch))
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.01)
    with structlog.testing.capture_logs() as lines:
        async with worker.running(), asyncio.timeout(5):
            await succeeded.wait()
    assert clock.slept == [0.5, 1, 2, 4, 5, 5]
    assert lines == [{"event": "deliver waits: the storage is away", "log_level": "warning"}]


async def test_it_is_not_well_when_a_loop_stands_still() -> None:
    clock, started, stuck = _Clock(), asyncio.Event(), asyncio.Event()

    async def fill() -> int:
        started.set()
        await stuck.wait()
        return 0

    worker = _worker(clock, dispatcher=_Dispatcher(fill), fetch=Routine(run=fill))
    async with worker.running(), asyncio.timeout(5):
        await started.wait()
        assert worker.is_well()
        clock.time += timedelta(seconds=STALE_AFTER)
        assert worker.is_well()
        clock.time += LONGEST_WAIT
        assert not worker.is_well()
        stuck.set()


async def test_it_is_not_well_when_a_delivery_is_stuck() -> None:
    dispatcher = _Dispatcher(_idle)
    worker = _worker(dispatcher=dispatcher)
    dispatcher.stuck_for = STALE_AFTER - 1
    assert worker.is_well()
    dispatcher.stuck_for = STALE_AFTER
    assert not worker.is_well()


async def test_a_loop_that_rests_long_is_well_while_it_rests() -> None:
    clock, filled, rested = _Clock(), asyncio.Queue[int](), asyncio.Event()

    async def fill() -> int:
        filled.put_nowait(1)
        return 0

    async def prune() -> int:
        rested.set()
        return 0

    async def forever(duration: timedelta) -> None:
        await asyncio.Event().wait()

    async def pass_minutes(minutes: int) -> None:
        clock.time += timedelta(minutes=minutes)
        dispatcher.woken.set()
        await filled.get()
        await asyncio.sleep(0)

    clock.sleep = forever  # type: ignore[method-assign]
    dispatcher = _Dispatcher(fill)
    worker = _worker(clock, dispatcher=dispatcher, prune=Routine(run=prune, pause=timedelta(hours=1)))
    async with worker.running(), asyncio.timeout(5):
        await rested.wait()
        await filled.get()
        await pass_minutes(50)
        assert worker.is_well()
        await pass_minutes(20)
        assert not worker.is_well()


async def test_work_under_way_finishes_before_it_stops() -> None:
    started, proceed, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run() -> int:
        started.set()
        await proceed.wait()
        finished.set()
        return 1

    async with asyncio.timeout(5):
        async with _worker(fetch=Routine(run=run)).running():
            await started.wait()
            asyncio.get_running_loop().call_later(0.05, proceed.set)
        assert finished.is_set()


async def test_work_that_does_not_finish_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.05)
    started, cut_off = asyncio.Event(), asyncio.Event()

    async def run() -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off.set()
            raise
        return 1

    async with asyncio.timeout(5):
        async with _worker(fetch=Routine(run=run)).running():
            await started.wait()
        assert cut_off.is_set()


async def test_stopping_stops_the_dispatcher(monkeypatch: pytest.MonkeyPatch) -> None:
    dispatcher, stopped = _Dispatcher(_idle), list[float]()

    async def stop(seconds: float) -> None:
        stopped.append(seconds)

    monkeypatch.setattr(dispatcher, "stop", stop)
    async with asyncio.timeout(5), _worker(dispatcher=dispatcher).running():
        assert stopped == []
    assert stopped == [STOP_SECONDS]
