"""A database that is open: its engines, and the transactions that run in it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.sql.drivers import READERS, Driver, PostgresqlDriver, SqliteDriver
from adapters.sql.engine import (
    BUSY_TIMEOUT,
    POOL_SIZE,
    is_sqlite,
    make_folder,
    parse_url,
    postgresql_engine,
    sqlite_readers,
    sqlite_writer,
)
from adapters.sql.failures import telling
from adapters.sql.places import Places
from adapters.sql.prepared import Statements
from adapters.sql.sessions import Session, open_session
from adapters.sql.sqlite_file import SqliteFile
from adapters.sql.transaction import Transaction, transaction
from adapters.sql.work import Work
from ports.clock import Clock
from ports.storage import StorageState, StorageUnavailable

_LASTING = {StorageState.FULL, StorageState.READ_ONLY, StorageState.FAILING, StorageState.DAMAGED}


class Database:
    """SQLite: one writer at a time, in the order of asking, beside readers that never wait. PostgreSQL: a pool.

    driver: for reading rows, with connections of its own: on PostgreSQL a third of `pool_size`. statements: those that
    transactions sent so far, compiled. engines: what opens the connections of transactions.

    `wakeup` is set after each commit that the queue must hear of. Transactions raise StorageUnavailable; they come back by
    themselves when the database does. busy_timeout: how long a writer on SQLite waits for other processes, and for its turn.
    """

    def __init__(
        self, address: str, *, pool_size: int = POOL_SIZE, busy_timeout: timedelta = BUSY_TIMEOUT
    ) -> None:
        self.url = parse_url(address)
        self.on_sqlite = is_sqlite(self.url)
        self._busy_timeout = busy_timeout
        self.wakeup = asyncio.Event()
        if self.on_sqlite:
            make_folder(self.url)
            writers = sqlite_writer(self.url)
            readers = sqlite_readers(self.url, busy_timeout=busy_timeout)
            self.engines: tuple[AsyncEngine, ...] = (writers, readers)
            self._writers = self._sessions(writers, 1)
            self._readers = self._sessions(readers, READERS)
            self._file = SqliteFile(Path(self.url.database or ""))
            self.driver: Driver = SqliteDriver(self.url, self._file, busy_timeout=busy_timeout)
        else:
            reading = max(1, pool_size // 3)
            engine = postgresql_engine(self.url)
            self.engines = (engine,)
            self._writers = self._readers = self._sessions(engine, max(1, pool_size - reading))
            self.driver = PostgresqlDriver(self.url, connections=reading)
        self.statements = Statements(self.engines[0].dialect)
        self._trouble: StorageState | None = None
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None

    @property
    def lent(self) -> int:
        """How many connections transactions have."""
        return self._writers.lent + (self._readers.lent if self.on_sqlite else 0)

    async def close(self) -> None:
        """Close every connection."""
        await self.driver.close()
        for session in self._writers.leave_all() | self._readers.leave_all():
            await session.end()

    @asynccontextmanager
    async def writing(self, clock: Clock) -> AsyncIterator[Work]:
        """A transaction that commits when its block ends, and rolls back when the block raises."""
        with self._telling(writable=True):
            async with self._alone(), self._transaction(self._writers, writable=True) as transaction:
                work = self._work(transaction, clock, writable=True)
                yield work
        if work.wakes:
            self.wakeup.set()

    @asynccontextmanager
    async def reading(self, clock: Clock) -> AsyncIterator[Work]:
        """A consistent view of what is committed."""
        with self._telling(writable=False):
            async with self._transaction(self._readers, writable=False) as transaction:
                yield self._work(transaction, clock, writable=False)

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

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One writer at a time on SQLite, first come, first served; PostgreSQL locks rows instead."""
        if not self.on_sqlite:
            yield
            return
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError(
                "this task has a unit of work open already: a second one would wait for it forever"
            )
        try:
            async with asyncio.timeout(self._busy_timeout.total_seconds()):
                await self._turn.acquire()
        except TimeoutError:
            raise StorageUnavailable(StorageState.BUSY) from None
        self._holder = asyncio.current_task()
        try:
            yield
        finally:
            self._holder = None
            self._turn.release()

    def _work(self, transaction: Transaction, clock: Clock, *, writable: bool) -> Work:
        return Work(
            transaction=transaction,
            statements=self.statements,
            clock=clock,
            on_sqlite=self.on_sqlite,
            writable=writable,
        )

    def _sessions(self, engine: AsyncEngine, most: int) -> Places[Session]:
        return Places(most, lambda: open_session(engine, self._busy_timeout))

    def _transaction(
        self, sessions: Places[Session], *, writable: bool
    ) -> AbstractAsyncContextManager[Transaction]:
        if self.on_sqlite:
            self._file.require()
        return transaction(sessions, writable=writable)
