"""One face for the three storages, so that one suite can hold all of them to the same contract."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.memory.clock import FixedClock
from adapters.memory.outbox import MemoryQueue
from adapters.memory.report_lines import MemoryReportLines
from adapters.memory.storage import MemoryStorage
from adapters.memory.unit_of_work import MemoryUnitsOfWork
from adapters.sql.database import Database
from adapters.sql.queue import SqlQueue
from adapters.sql.report_lines import SqlReportLines
from adapters.sql.unit_of_work import SqlUnitsOfWork
from core.domain.pace import Pace
from ports.report_lines import ReportLines
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW

UNHURRIED = Pace(interval=timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """An empty storage. `database` is None in memory. PostgreSQL goes by its own clock, the others by `clock`."""

    kind: str
    clock: FixedClock
    units_of_work: UnitsOfWork
    database: Database | None
    memory: MemoryStorage | None

    def now(self) -> datetime:
        """The time that promises go by."""
        return datetime.now(UTC) if self.kind == "postgresql" else self.clock.now()

    def report_lines(self) -> ReportLines:
        """The lines of reports over it."""
        return (
            MemoryReportLines(self.units_of_work) if self.database is None else SqlReportLines(self.database)
        )

    def queue(
        self, *, lease: timedelta = timedelta(hours=1), pace: Pace = UNHURRIED
    ) -> MemoryQueue | SqlQueue:
        """A queue over it."""
        if self.memory is not None:
            return MemoryQueue(self.memory, self.clock, lease=lease, pace=pace)
        assert self.database is not None
        return SqlQueue(self.database, self.clock, lease=lease, pace=pace)


def memory_storage() -> Storage:
    """A storage in memory."""
    clock, memory = FixedClock(NOW), MemoryStorage()
    units = MemoryUnitsOfWork(memory, clock)
    return Storage(kind="memory", clock=clock, units_of_work=units, database=None, memory=memory)


@asynccontextmanager
async def sql_storage(address: str) -> AsyncIterator[Storage]:
    """A storage in a database that has all tables."""
    clock, database = FixedClock(NOW), Database(address)
    units = SqlUnitsOfWork(database, clock)
    kind = "sqlite" if database.on_sqlite else "postgresql"
    try:
        yield Storage(kind=kind, clock=clock, units_of_work=units, database=database, memory=None)
        assert_compiled_once(database)
    finally:
        await database.close()


def assert_compiled_once(database: Database) -> None:
    """Statements that are taken for constants and put together anew each time would be compiled anew too, and keep their values."""
    times = Counter(
        (each.text, *(name for name, *_ in each.parameters)) for each in database.statements.known
    )
    # Once for itself and once with locks, which SQLite has none of.
    assert [text for (text, *_), count in times.items() if count > 2] == []


def sqlite_address(file: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{file}"
