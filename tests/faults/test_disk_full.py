"""The disk of the SQLite file fills up under load: callers are told so, everything goes on by itself, nothing is lost."""

import asyncio
import contextlib
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Protocol

import httpx
import pytest

from faults.company import found_company
from faults.conftest import Figures
from faults.fleet import SERVE, Fleet, bureau_beside, fleet_of
from faults.ledgers import Verdict
from faults.load import Load
from faults.outages import can_read, outage
from faults.settling import settled

CALLERS = 6
DISK_MEGABYTES = 48
LIMIT_BYTES = 256 * 1024


class Disk(Protocol):
    """A disk that can be full. `folder`: where the database is on it."""

    folder: Path

    def fill(self, fleet: Fleet) -> None:
        """Leave no room on it."""

    def free(self, fleet: Fleet) -> None:
        """Make room again."""


class SmallDisk:
    """A file system of its own, which a large file fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, fleet: Fleet) -> None:
        with contextlib.suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def free(self, fleet: Fleet) -> None:
        self._ballast.unlink()


class ShortFiles:
    """No file of the service may grow beyond a size. It needs no rights, and is known as a failing disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, fleet: Fleet) -> None:
        self._limit(fleet, LIMIT_BYTES)

    def free(self, fleet: Fleet) -> None:
        self._limit(fleet, resource.RLIM_INFINITY)

    def _limit(self, fleet: Fleet, soft: int) -> None:
        for member in fleet.members:
            _, hard = resource.prlimit(member.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(member.pid, resource.RLIMIT_FSIZE, (soft, hard))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both kinds of disk in the long form; the short one makes do with files that may not grow."""
    kinds = ["short files", "small disk"] if metafunc.config.getoption("--long") else ["short files"]
    metafunc.parametrize("disk", kinds, indirect=True)


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A disk that can be full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "short files":
        yield ShortFiles(folder)
        return
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "fiador-tests", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("file systems cannot be mounted here; short files stand for a full disk")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_the_disk_fills_up_under_load(
    disk: Disk, tmp_path: Path, http: httpx.AsyncClient, chance: Random, long: bool, figures: Figures
) -> None:
    outages = 5 if long else 1
    seconds: list[float] = []
    file = disk.folder / "fiador.db"
    async with bureau_beside(http) as bureau:
        company = await found_company(
            f"sqlite+aiosqlite:///{file}", bureau.address, debtors=2000 if long else 300
        )
        await bureau.misbehave(chance)
        async with fleet_of(company, bureau, tmp_path, SERVE) as fleet:
            load = Load(
                http=http, addresses=lambda: fleet.addresses, debtors=iter(company.debtors), chance=chance
            )

            async def fill() -> None:
                await asyncio.to_thread(disk.fill, fleet)

            async def free() -> None:
                assert await can_read(http, fleet), "what is stored can be read without room"
                disk.free(fleet)

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(load.run(CALLERS))
                for _ in range(outages):
                    await asyncio.sleep(chance.uniform(0.2, 1))
                    seconds.append(await outage(fleet, load, chance, begin=fill, end=free))
                load.end()
            verdict = await settled(fleet, load.told)
            assert set(await fleet.stop()) == {0}
        with contextlib.closing(sqlite3.connect(file)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall()
    figures(
        outages=outages,
        acknowledged=len(load.told),
        told_unavailable=load.without_answer["unavailable"],
        longest_seconds_to_serve_again=max(seconds),
        **verdict.counts(),
    )
    assert sound == [("ok",)]
    assert load.unexpected == []
    assert not load.exhausted, "there was no load in the end"
    assert verdict == Verdict()
