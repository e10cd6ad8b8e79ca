"""A database that work is stored in while it fails and comes back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.heartbeat import SqlStorageCheck
from adapters.sql.migrate import migrate
from adapters.sql.queue import SqlQueue
from adapters.sql.report_lines import SqlReportLines
from adapters.sql.unit_of_work import SqlUnitsOfWork
from core.domain.listing import NegativationFilter
from ports.storage import StorageState, StorageUnavailable
from support.builders import make_branch, make_customer

BALLAST = 13_000_000
"""More bytes than `small_disk` holds."""


class Shop:
    """Units of work over a database, and the ids of the branches that were answered as stored."""

    def __init__(self, database: Database) -> None:
        self.clock = FixedClock()
        self.database = database
        self.units_of_work = SqlUnitsOfWork(database, self.clock)
        self.queue = SqlQueue(database, self.clock)
        self.check = SqlStorageCheck(database, self.clock).check
        self.lines = SqlReportLines(database)
        self.stored: set[UUID] = set()

    async def store(self, size: int = 10) -> None:
        """Store a branch with a customer, or nothing. The branch's name is that long."""
        branch = make_branch(name="x" * size)
        async with self.units_of_work.begin() as work:
            await work.branches.add(branch)
            await work.customers.add(make_customer(branch_id=branch.id))
        self.stored.add(branch.id)

    async def read(self) -> None:
        """Read something, as looking up a token does."""
        async with self.units_of_work.read() as work:
            await work.tokens.by_hash("0" * 64)

    async def read_lines(self) -> None:
        """Read lines of a report, by the database's driver."""
        await self.lines.negativations(NegativationFilter(), 0, 10)

    async def claim(self) -> None:
        """Ask for work, as the worker does."""
        await self.queue.claim(1)

    async def state(self) -> StorageState:
        """What storing fails of. It must fail."""
        with pytest.raises(StorageUnavailable) as failed:
            await self.store()
        assert failed.value.__cause__ is None
        return failed.value.state

    async def unwell(self) -> StorageState:
        """What the check tells. It must tell something."""
        with pytest.raises(StorageUnavailable) as failed:
            await self.check()
        return failed.value.state

    async def fill(self) -> None:
        """Store until there is no room left, not even for little."""
        for size in (2000, 10):
            with pytest.raises(StorageUnavailable) as failed:
                await self._store_many(size)
            assert failed.value.state is StorageState.FULL

    async def _store_many(self, size: int) -> None:
        for _ in range(10_000):
            await self.store(size)

    async def outlive_a_full(self, disk: Path) -> None:
        """Go on storing when the disk, on which the database is, was full and has room again."""
        await self.store()
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(BALLAST))
        await self.fill()
        await self.read()
        assert await self.unwell() is StorageState.FULL
        await self.assert_complete()
        ballast.unlink()
        await self.store()
        await self.check()
        await self.check()
        await self.assert_complete()

    async def assert_complete(self) -> None:
        """What was answered as stored is there, no branch without its customer, and SQLite finds its file in order."""
        async with self.database.reading(self.clock) as work:
            branches = set((await work.connection.execute(text("SELECT id FROM branches"))).scalars())
            owners = set((await work.connection.execute(text("SELECT branch_id FROM customers"))).scalars())
            assert branches == owners
            if self.database.on_sqlite:
                assert await work.scalar(text("PRAGMA integrity_check")) == "ok"  # type: ignore[arg-type]
        async with self.units_of_work.read() as work_of_stores:
            assert set(await work_of_stores.branches.get_many(self.stored)) == self.stored


@asynccontextmanager
async def open_shop(
    address: str, *, busy_timeout: timedelta = timedelta(seconds=30), pool_size: int = 10
) -> AsyncIterator[Shop]:
    """A shop over an empty database."""
    await migrate(address)
    database = Database(address, busy_timeout=busy_timeout, pool_size=pool_size)
    try:
        yield Shop(database)
    finally:
        await database.close()
