"""Processes side by side: replaced when they die, stopped together, never left behind."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATHS = [ROOT, ROOT / "graphql", ROOT / "tests"]
SECONDS = 60
COUNT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A process that runs others, which write down when they begin and end."""

    process: asyncio.subprocess.Process
    told: Path

    def pids(self, word: str) -> list[int]:
        """Which processes have told so, in that order."""
        lines = self.told.read_text().splitlines() if self.told.exists() else []
        return [int(line.split()[1]) for line in lines if line.startswith(word)]

    async def ended(self) -> int:
        """Its exit code."""
        async with asyncio.timeout(SECONDS):
            return await self.process.wait()


@contextlib.asynccontextmanager
async def parent(work: str, folder: Path, *, limit: int = 10 * SECONDS) -> AsyncIterator[Parent]:
    told = folder / "told"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "support.parent_of_children",
        work,
        str(told),
        str(COUNT),
        str(limit),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PATHS))},
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            assert await process.stdout.readline() == b"ready\n"
        yield Parent(process=process, told=told)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def eventually(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not fits():  # noqa: ASYNC110 - what other processes do sets no event here
            await asyncio.sleep(0.05)


def is_gone(pid: int) -> bool:
    """Whether the process ended, be it that nobody has asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")


async def test_all_are_asked_to_stop_and_end_well(tmp_path: Path) -> None:
    async with parent("until_asked", tmp_path) as running:
        begun = running.pids("begin")
        assert len(set(begun)) == COUNT
        running.process.terminate()
        assert await running.ended() == 0
        assert sorted(running.pids("end")) == sorted(begun)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_for_the_whole_group_is_one_stop(tmp_path: Path, signum: signal.Signals) -> None:
    """As a terminal and a service manager do it: the children hear of it from their parent as well."""
    async with parent("until_asked", tmp_path) as running:
        begun = running.pids("begin")
        os.killpg(running.process.pid, signum)
        assert await running.ended() == 0
        assert sorted(running.pids("end")) == sorted(begun)


async def test_one_that_dies_is_replaced(tmp_path: Path) -> None:
    async with parent("until_asked", tmp_path) as running:
        os.kill(running.pids("begin")[0], signal.SIGKILL)
        await eventually(lambda: len(running.pids("begin")) == COUNT + 1)
        running.process.terminate()
        assert await running.ended() == 0
        assert sorted(running.pids("end")) == sorted(running.pids("begin")[1:])


@needs_proc
async def test_children_whose_parent_is_killed_stop_by_themselves(tmp_path: Path) -> None:
    async with parent("until_asked", tmp_path) as running:
        begun = running.pids("begin")
        running.process.kill()
        await running.ended()
        await eventually(lambda: all(map(is_gone, begun)))
        assert sorted(running.pids("end")) == sorted(begun)


@needs_proc
async def test_a_second_signal_ends_them_at_once(tmp_path: Path) -> None:
    async with parent("never_ending", tmp_path) as running:
        begun = running.pids("begin")
        running.process.terminate()
        await eventually(lambda: len(running.pids("end")) == COUNT)
        running.process.terminate()
        assert await running.ended() == -signal.SIGTERM
        await eventually(lambda: all(map(is_gone, begun)))


@needs_proc
async def test_what_hangs_is_ended_by_the_system(tmp_path: Path) -> None:
    async with parent("never_ending", tmp_path, limit=1) as running:
        begun = running.pids("begin")
        running.process.terminate()
        assert await running.ended() != 0
        await eventually(lambda: all(map(is_gone, begun)))
