"""The worker: comes round after whatever happens, and stops when asked."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from core.domain.intents import Claim
from ports.clock import Clock
from ports.outbox import Queue
from server import worker as worker_module
from server.worker import LONGEST_WAIT, REST, SHORTEST_WAIT, STALE_AFTER, Routine, Worker


class _Clock(Clock):
    """A clock that only moves when somebody sleeps, and then at once."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.slept.append(duration.total_seconds())
        self.time += duration
        await asyncio.sleep(0)


class _Queue(Queue):
    """A queue that is woken by hand."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.waits = 0

    async def claim(self, limit: int) -> Sequence[Claim]:
        raise NotImplementedError

    async def wait(self, longest: timedelta) -> None:
        self.waits += 1
        await self.woken.wait()
        self.woken.clear()


async def _idle() -> int:
    return 0


async def test_it_waits_for_work_and_wakes_for_it() -> None:
    queue, passes = _Queue(), asyncio.Queue[int]()

    async def deliver() -> int:
        passes.put_nowait(1)
        return 0

    worker = Worker(deliver=deliver, routines={"fetch": Routine(run=_idle)}, queue=queue, clock=_Clock())
    async with worker.running(), asyncio.timeout(5):
        await passes.get()
        await asyncio.sleep(0)
        assert passes.empty()
        queue.woken.set()
        await passes.get()


async def test_it_does_not_wait_while_there_is_work() -> None:
    queue, left, drained = _Queue(), [3], asyncio.Event()

    async def deliver() -> int:
        if left[0] == 0:
            drained.set()
            return 0
        left[0] -= 1
        return 1

    async with (
        Worker(
            deliver=deliver, routines={"fetch": Routine(run=_idle)}, queue=queue, clock=_Clock()
        ).running(),
        asyncio.timeout(5),
    ):
        await drained.wait()
        assert queue.waits == 0


async def test_the_dispatcher_looks_again_soon_after_it_found_something() -> None:
    """The pace lets promises go one by one: what it held back a moment ago may go now."""
    queue, waits, found, looked = _Queue(), list[timedelta](), [0, 3, 0, 0, 0, 0, 0, 0, 0, 0], asyncio.Event()

    async def wait(longest: timedelta) -> None:
        waits.append(longest)
        await asyncio.sleep(0)

    async def deliver() -> int:
        await asyncio.sleep(0)
        if not found:
            looked.set()
            return 1
        return found.pop()

    queue.wait = wait  # type: ignore[method-assign]
    worker = Worker(deliver=deliver, routines={"fetch": Routine(run=_idle)}, queue=queue, clock=_Clock())
    async with worker.running(), asyncio.timeout(5):
        await looked.wait()
    doubled = [min(SHORTEST_WAIT * 2**times, LONGEST_WAIT) for times in range(8)]
    assert waits == [*doubled, SHORTEST_WAIT]


async def test_a_routine_rests_for_a_share_of_the_time_that_it_worked() -> None:
    clock, left, ended = _Clock(), [2], asyncio.Event()

    async def run() -> int:
        if left[0] == 0:
            ended.set()
            return 0
        left[0] -= 1
        clock.time += timedelta(seconds=4)
        return 1

    routines = {"run": Routine(run=run)}
    worker = Worker(deliver=_idle, routines=routines, queue=_Queue(), clock=clock)
    async with worker.running(), asyncio.timeout(5):
        await ended.wait()
    assert clock.slept[:2] == [4 * REST] * 2


async def test_a_long_run_holds_up_neither_deliveries_nor_other_routines() -> None:
    turns = {"deliver": 0, "fetch": 0, "run": 0}
    everybody_had_three = asyncio.Event()

    def taking_turns(name: str) -> Routine:
        async def run() -> int:
            turns[name] += 1
            if min(turns.values()) == 3:
                everybody_had_three.set()
            await asyncio.sleep(0)
            return 1

        return Routine(run=run)

    routines = {name: taking_turns(name) for name in ("fetch", "run")}
    worker = Worker(deliver=taking_turns("deliver").run, routines=routines, queue=_Queue(), clock=_Clock())
    async with worker.running(), asyncio.timeout(5):
        await everybody_had_three.wait()
        assert max(turns.values()) < 20


async def test_a_failing_pass_is_repeated_after_growing_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    clock, queue, tries, succeeded = _Clock(), _Queue(), [0], asyncio.Event()

    async def deliver() -> int:
        tries[0] += 1
        if tries[0] <= 9:
            raise ConnectionError("the database went away")
        succeeded.set()
        return 0

    async def fetch() -> int:
        await asyncio.Event().wait()
        return 0

    worker = Worker(deliver=deliver, routines={"fetch": Routine(run=fetch)}, queue=queue, clock=clock)
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.01)
    async with worker.running(), asyncio.timeout(5):
        await succeeded.wait()
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


async def test_it_is_not_well_when_a_loop_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, started, stuck = _Clock(), asyncio.Event(), asyncio.Event()

    async def deliver() -> int:
        started.set()
        await stuck.wait()
        return 0

    worker = Worker(deliver=deliver, routines={"fetch": Routine(run=deliver)}, queue=_Queue(), clock=clock)
    async with worker.running(), asyncio.timeout(5):
        await started.wait()
        assert worker.is_well()
        clock.time += STALE_AFTER
        assert worker.is_well()
        clock.time += LONGEST_WAIT
        assert not worker.is_well()
        stuck.set()


async def test_a_loop_that_rests_long_is_well_while_it_rests() -> None:
    clock, queue, delivered, rested = _Clock(), _Queue(), asyncio.Queue[int](), asyncio.Event()

    async def deliver() -> int:
        delivered.put_nowait(1)
        return 0

    async def prune() -> int:
        rested.set()
        return 0

    async def forever(duration: timedelta) -> None:
        await asyncio.Event().wait()

    async def pass_minutes(minutes: int) -> None:
        clock.time += timedelta(minutes=minutes)
        queue.woken.set()
        await delivered.get()
        await asyncio.sleep(0)

    clock.sleep = forever  # type: ignore[method-assign]
    routines = {"prune": Routine(run=prune, pause=timedelta(hours=1))}
    worker = Worker(deliver=deliver, routines=routines, queue=queue, clock=clock)
    async with worker.running(), asyncio.timeout(5):
        await rested.wait()
        await delivered.get()
        await pass_minutes(50)
        assert worker.is_well()
        await pass_minutes(20)
        assert not worker.is_well()


async def test_work_under_way_finishes_before_it_stops() -> None:
    started, proceed, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def deliver() -> int:
        started.set()
        await proceed.wait()
        finished.set()
        return 1

    worker = Worker(deliver=deliver, routines={"fetch": Routine(run=_idle)}, queue=_Queue(), clock=_Clock())
    async with asyncio.timeout(5):
        async with worker.running():
            await started.wait()
            asyncio.get_running_loop().call_later(0.05, proceed.set)
        assert finished.is_set()


async def test_work_that_does_not_finish_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "STOP_SECONDS", 0.05)
    started, cut_off = asyncio.Event(), asyncio.Event()

    async def deliver() -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off.set()
            raise
        return 1

    worker = Worker(deliver=deliver, routines={"fetch": Routine(run=_idle)}, queue=_Queue(), clock=_Clock())
    async with asyncio.timeout(5):
        async with worker.running():
            await started.wait()
        assert cut_off.is_set()
