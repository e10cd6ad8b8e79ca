"""A look at whether the database can be written, by writing."""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select

from adapters.sql.database import Database
from adapters.sql.tables import HeartbeatRow
from adapters.sql.work import table_of
from ports.clock import Clock
from ports.storage import StorageCheck, StorageUnavailable

_HEARTBEATS = table_of(HeartbeatRow)

FILLER_BYTES = 2500
"""More than fits into a page of SQLite as hexadecimal digits: the row needs a page of its own, as new records do."""

LEFT_BEHIND = timedelta(days=1)
"""How old a heartbeat is whose process has surely ended."""


class SqlStorageCheck(StorageCheck):
    """Writes a row and only then takes back the one before it, so that a database without room is noticed.

    That may pass where records find no room: whatever transactions met since the last look counts as well.
    Each process has a row of its own: one that is frozen while it holds its row stops no other.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._latest: UUID | None = None

    async def check(self) -> None:
        met = self._database.take_trouble()
        try:
            await self._write()
        finally:
            self._database.take_trouble()  # our own: the next look is to tell how it is then
        if met is not None:
            raise StorageUnavailable(met)

    async def _write(self) -> None:
        beat = uuid4()
        async with self._database.writing(self._clock) as work:
            now = await work.now()
            await work.insert_new(HeartbeatRow.of(id=beat, at=now, filler=secrets.token_hex(FILLER_BYTES)))
            old = select(_HEARTBEATS.c.id).where(
                or_(_HEARTBEATS.c.id == self._latest, _HEARTBEATS.c.at < now - LEFT_BEHIND)
            )
            if not work.on_sqlite:
                old = old.with_for_update(skip_locked=True)
            await work.change(delete(_HEARTBEATS).where(_HEARTBEATS.c.id.in_(old)))
        self._latest = beat
