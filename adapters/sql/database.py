"""A database that is open: its engines, and the transactions that run in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.sql.drivers import READERS, Driver, PostgresqlDriver, SqliteDriver
from adapters.sql.engine import (
    BUSY_TIMEOUT,
    POOL_SIZE,
    is_sqlite,
    make_private_file,
    parse_url,
    postgresql_engine,
    sqlite_readers,
    sqlite_writer,
)
from adapters.sql.failures import telling
from adapters.sql.places import Places
from adapters.sql.prepared import Statements
from adapters.sql.sessions import open_postgresql, open_sqlite
from adapters.sql.sqlite_file import SqliteFile
from adapters.sql.sqlite_writer import SqliteWriter
from adapters.sql.transaction import Transaction, transaction
from adapters.sql.work import Work
from ports.clock import Clock
from ports.storage import StorageState, StorageUnavailable

_LASTING = {StorageState.FULL, StorageState.READ_ONLY, StorageState.FAILING, StorageState.DAMAGED}


class Database:
    """SQLite: one writer at a time, in the order of asking, beside readers that never wait. PostgreSQL: a pool.

    driver: for reading rows, with connections of its own: on PostgreSQL half of `pool_size`. statements: those that
    transactions sent so far, compiled. engines: what opens the connections of transactions.

    `wakeup` is set after each commit that the queue must hear of. Transactions raise StorageUnavailable; they come back by
    themselves when the database does. busy_timeout: how long a writer on SQLite waits for other processes, and for its turn.
    """

    def __init__(
        self, address: str, *, pool_size: int = POOL_SIZE, busy_timeout: timedelta = BUSY_TIMEOUT
    ) -> None:
        self.url = parse_url(address)
        self.on_sqlite = is_sqlite(self.url)
        self.wakeup = asyncio.Event()
        self._trouble: StorageState | None = None
        self._file: SqliteFile | None = None
        self._writer: SqliteWriter | None = None
        if self.on_sqlite:
            make_private_file(self.url)
            self._file = SqliteFile(Path(self.url.database or ""))
            writers = sqlite_writer(self.url)
            readers = sqlite_readers(self.url, busy_timeout=busy_timeout)
            self.engines: tuple[AsyncEngine, ...] = (writers, readers)
            writing = Places(1, partial(open_sqlite, writers, busy_timeout))
            self._lending: Places[Any] = Places(READERS, partial(open_sqlite, readers, busy_timeout))
            self._places: tuple[Places[Any], ...] = (writing, self._lending)
            self._writer = SqliteWriter(writing, self._file, patience=busy_timeout)
            self.driver: Driver = SqliteDriver(self.url, self._file, busy_timeout=busy_timeout)
        else:
            engine = postgresql_engine(self.url)
            self.engines = (engine,)
            rows = max(1, pool_size // 2)
            self._lending = Places(max(1, pool_size - rows), partial(open_postgresql, engine))
            self._places = (self._lending,)
            self.driver = PostgresqlDriver(self.url, connections=rows)
        self.statements = Statements(self.engines[0].dialect)

    @property
    def lent(self) -> int:
        """How many connections transactions have."""
        return sum(places.lent for places in self._places)

    async def close(self) -> None:
        """Close every connection."""
        await self.driver.close()
        if self._writer is not None:
            await self._writer.close()
        for places in self._places:
            for session in places.leave_all():
                await session.end()
            await places.ended()

    @asynccontextmanager
    async def writing(self, clock: Clock) -> AsyncIterator[Work]:
        """A transaction that commits when its block ends, and rolls back when the block raises."""
        with self._telling(writable=True):
            async with self._written() as begun:
                work = self._work(begun, clock, writable=True)
                yield work
        if work.wakes:
            self.wakeup.set()

    @asynccontextmanager
    async def reading(self, clock: Clock) -> AsyncIterator[Work]:
        """A consistent view of what is committed."""
        with self._telling(writable=False):
            if self._file is not None:
                self._file.require()
            async with transaction(self._lending, writable=False) as begun:
                yield self._work(begun, clock, writable=False)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn what `driver` raises into StorageUnavailable, where it speaks of the database's state."""
        with self._telling(writable=False):
            try:
                yield
            except TimeoutError:
                raise StorageUnavailable(StorageState.BUSY) from None

    def take_trouble(self) -> StorageState | None:
        """What transactions met of late that lasts: no room, no right to write, a bad disk. Tells it once."""
        trouble, self._trouble = self._trouble, None
        return trouble

    @contextmanager
    def _telling(self, *, writable: bool) -> Iterator[None]:
        try:
            with telling(writable=writable):
                yield
        except StorageUnavailable as error:
            if error.state in _LASTING:
                self._trouble = error.state
            raise

    def _written(self) -> AbstractAsyncContextManager[Transaction]:
        if self._writer is None:
            return transaction(self._lending, writable=True)
        return self._writer.transaction()

    def _work(self, transaction: Transaction, clock: Clock, *, writable: bool) -> Work:
        return Work(
            transaction=transaction,
            statements=self.statements,
            clock=clock,
            on_sqlite=self.on_sqlite,
            writable=writable,
        )
