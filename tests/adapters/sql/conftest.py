"""Databases of both kinds without any table, a way by TCP to one, and a disk that is full soon."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from support.proxy import Proxy, proxy_to
from support.storages import sqlite_address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind that has no tables."""
    if request.param == "sqlite":
        return sqlite_address(tmp_path / "deeper" / "fiador.sqlite3")
    fresh: str = request.getfixturevalue("bare_postgres_address")
    return fresh


@pytest.fixture
async def proxy(bare_postgres_address: str) -> AsyncIterator[Proxy]:
    """A way by TCP to a PostgreSQL database without tables, which can fall silent."""
    async with proxy_to(bare_postgres_address) as opened:
        yield opened


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """The folder of a disk of 12 MB."""
    folder = Path(tempfile.mkdtemp(prefix="fiador-disk-"))
    command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0777", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(command, check=False, capture_output=True)
    if not mounted or mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("a small disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()
