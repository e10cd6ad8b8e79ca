"""Forget how far results were fetched, so that they are fetched from the beginning."""

from sqlalchemy import update
from sqlmodel import col

from adapters.sql.database import Database
from adapters.sql.tables import RoutineRow
from adapters.sql.work import table_of
from ports.clock import Clock

_ROUTINES = table_of(RoutineRow)


async def forget_cursors(database: Database, clock: Clock, prefix: str) -> int:
    """Forget what the routines whose names start with `prefix` left behind; tells how many there are.

    A turn under way notices that it lost its place, and leaves nothing behind. When they come round stays as it is.
    """
    forgotten = (
        update(_ROUTINES)
        .where(col(RoutineRow.name).startswith(prefix, autoescape=True))
        .values(state=None, fence=_ROUTINES.c.fence + 1)
    )
    async with database.writing(clock) as work:
        return await work.change(forgotten)
