"""Transactions as the databases' drivers run them.

What a statement costs in SQLAlchemy is a multiple of what it costs the driver, so it is asked only for what is put together
anew each time. Both ways speak over one connection, in one transaction, which is begun and ended here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql.places import Places
from adapters.sql.sessions import Session, thrown_away

ResultT = TypeVar("ResultT")
SessionT = TypeVar("SessionT", bound=Session)


class Transaction:
    """A transaction under way. Its errors are the same, whichever way a statement goes. cut_off: a statement was given up."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.cut_off = False

    @property
    def connection(self) -> AsyncConnection:
        """For statements that are put together anew each time."""
        return self._session.connection

    async def fetch(
        self, statement: str, values: Sequence[Any] = (), *, few: bool = False
    ) -> Sequence[Sequence[Any]]:
        """The rows that a statement gives. few: an index finds them at once."""
        return await self._told(statement, self._session.fetch(statement, values, few=few))

    async def change(self, statement: str, values: Sequence[Any] = (), *, few: bool = False) -> int:
        """Run a statement that gives no rows; tells how many it touched. few: an index finds them at once."""
        return await self._told(statement, self._session.change(statement, values, few=few))

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of it that can fail without the rest: what came before stays valid."""
        await self.change("SAVEPOINT part")
        try:
            yield
        except Exception:
            await self.change("ROLLBACK TO part")
            raise
        await self.change("RELEASE part")

    async def begin(self, *, writable: bool) -> None:
        """Begin it."""
        await self._told("BEGIN", self._session.begin(writable=writable))

    async def commit(self) -> None:
        """End it, and keep what it did."""
        await self._told("COMMIT", self._session.commit())

    async def undone(self) -> bool:
        """Roll back; tells whether the connection is of use any more. One that cannot roll back is not, nor is one whose
        statement was cut off: it may still be running.
        """
        if self.cut_off or self.connection.invalidated:
            return False
        with suppress(*self._session.errors, OSError):
            await self._session.rollback()
            return True
        return False

    async def _told(self, statement: str, running: Awaitable[ResultT]) -> ResultT:
        try:
            return await running
        except self._session.errors as error:
            lost = self._session.lost(error)
            raise DBAPIError(
                statement, None, error, hide_parameters=True, connection_invalidated=lost
            ) from error
        except (asyncio.CancelledError, TimeoutError):
            self.cut_off = True
            raise


@asynccontextmanager
async def transaction(places: Places[SessionT], *, writable: bool) -> AsyncIterator[Transaction]:
    """A transaction that commits when its block ends, and rolls back when the block raises."""
    session, begun = await _begun(places, writable=writable)
    try:
        yield begun
        await begun.commit()
    except BaseException:
        await ended(places, session, begun)
        raise
    places.give_back(session)


async def _begun(places: Places[SessionT], *, writable: bool) -> tuple[SessionT, Transaction]:
    """A transaction that has just begun. A connection that was lost while nobody used it is noticed now, and another one opened.

    What took it from us took the others, too, more often than not: a server that stopped, or a machine that is gone and closes
    nothing. So they are not asked one after the other, each for as long as an answer may take.
    """
    while True:
        session = await places.take()
        begun, new = Transaction(session), session.new
        try:
            await begun.begin(writable=writable)
        except BaseException as error:
            lost = isinstance(error, TimeoutError) or (
                isinstance(error, DBAPIError) and error.connection_invalidated
            )
            if lost:
                places.throw_out(thrown_away)
            await ended(places, session, begun)
            if new or not lost:
                raise
            await places.ended()  # PostgreSQL may have no room for more of them than we were told
        else:
            return session, begun


async def ended(places: Places[SessionT], session: SessionT, begun: Transaction) -> None:
    """Roll back, and let others take the connection if it is of use any more."""
    useful = False
    try:
        useful = await begun.undone()
    finally:
        if useful:
            places.give_back(session)
        else:
            places.drop(session)
            await thrown_away(session)
