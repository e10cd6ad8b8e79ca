"""SQLite's one writer: transactions take turns, and those that were waiting for theirs are committed together.

To commit is to wait for the disk, which takes longer than most transactions. So each is a part of a group's, which is committed when
everybody who was waiting as it began has had a turn. Nobody is told of having written before the disk has it, nor of what others
in the group have written, be it by a refusal.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from adapters.sql.failures import state_of
from adapters.sql.places import Places
from adapters.sql.sessions import SqliteSession, thrown_away
from adapters.sql.sqlite_file import SqliteFile
from adapters.sql.transaction import Transaction, ended
from ports.storage import StorageState, StorageUnavailable


class _Group:
    """Parts that are kept together or not at all. trouble: as soon as it is known, why they were not, or None."""

    def __init__(self, session: SqliteSession) -> None:
        self.session = session
        self.trouble: asyncio.Future[StorageState | None] = asyncio.get_running_loop().create_future()

    async def kept(self) -> None:
        """Wait until the disk has it. Raises StorageUnavailable, to each its own, when it was not kept."""
        trouble = await asyncio.shield(self.trouble)
        if trouble is not None:
            raise StorageUnavailable(trouble) from None


class SqliteWriter:
    """One transaction at a time, in the order of asking. patience: how long one waits for its turn."""

    def __init__(self, sessions: Places[SqliteSession], file: SqliteFile, *, patience: timedelta) -> None:
        self._sessions = sessions
        self._file = file
        self._patience = patience
        self._turn = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None
        self._group: _Group | None = None
        self._keeping: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction that is committed when its block ended, and rolled back when the block raises."""
        group: _Group | None = None
        try:
            async with self._alone():
                self._file.require()
                group = self._group or await self._begun()
                part = Transaction(group.session)
                try:
                    await part.change("SAVEPOINT part", few=True)
                    yield part
                    await part.change("RELEASE part", few=True)
                except BaseException as error:
                    await self._undo(group, part, error)
                    raise
        except Exception:
            # What it raised may rest on what others in the group wrote, of which nobody is told before the disk has it.
            if group is not None and not group.trouble.done():
                await group.kept()
            raise
        assert group is not None  # noqa: S101 - narrows what a context manager leaves open
        await group.kept()

    async def close(self) -> None:
        """Wait until everything is committed. It is so also when nobody waits for that any more."""
        if self._keeping:
            await asyncio.wait(self._keeping)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError(
                "this task has a unit of work open already: a second one would wait for it forever"
            )
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._turn.acquire()
        except TimeoutError:
            raise StorageUnavailable(StorageState.BUSY) from None
        self._holder = asyncio.current_task()
        try:
            yield
        finally:
            self._holder = None
            self._turn.release()

    async def _begun(self) -> _Group:
        """A new group. It is committed by a task that waits for its turn like everybody else, behind those who wait already."""
        session = await self._sessions.take()
        whole = Transaction(session)
        try:
            await whole.begin(writable=True)
        except BaseException:
            await ended(self._sessions, session, whole)
            raise
        group = self._group = _Group(session)
        self._keeping.add(keeping := asyncio.create_task(self._keep(group, whole)))
        keeping.add_done_callback(self._keeping.discard)
        return group

    async def _keep(self, group: _Group, whole: Transaction) -> None:
        async with self._turn:
            if self._group is not group:
                return
            self._group = None
            try:
                await whole.commit()
            except BaseException as error:
                group.trouble.set_result(_trouble_of(error))
                await ended(self._sessions, group.session, whole)
                if not isinstance(error, DBAPIError):
                    raise
            else:
                self._sessions.give_back(group.session)
                group.trouble.set_result(None)

    async def _undo(self, group: _Group, part: Transaction, error: BaseException) -> None:
        """Undo a part. Where that cannot be done, the whole group is given up."""
        undone = False
        try:
            if not part.connection.invalidated:
                if part.cut_off:
                    await group.session.calm()
                with suppress(DBAPIError):
                    await part.change("ROLLBACK TO part", few=True)
                    await part.change("RELEASE part", few=True)
                    undone = True
        finally:
            if not undone:
                self._group = None
                group.trouble.set_result(_trouble_of(error))
                self._sessions.drop(group.session)
                await thrown_away(group.session)


def _trouble_of(error: BaseException) -> StorageState:
    """What everybody in a group is told of that which one of them met."""
    state = state_of(error) if isinstance(error, Exception) else None
    return state or StorageState.BUSY
