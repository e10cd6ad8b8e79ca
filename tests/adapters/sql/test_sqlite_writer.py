"""SQLite: those who wait for their turn to write are committed together, and each is told the truth of its own part."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.sql.sessions import SqliteSession
from core.domain.errors import Conflict
from core.domain.listing import BranchFilter
from ports.storage import StorageState, StorageUnavailable
from support.builders import make_branch
from support.shops import Shop, open_shop
from support.storages import sqlite_address

PATIENCE = 30
LOOK = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
WRITE = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
    INSERT INTO heartbeats (id, at, filler) SELECT i, '', '' FROM n
"""

NAME = "x" * 10
"""Of each branch that is stored."""


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop over a SQLite file, that something was stored in."""
    async with open_shop(sqlite_address(tmp_path / "fiador.sqlite3")) as opened:
        await opened.store()
        yield opened


@pytest.fixture
def writing() -> Iterator[asyncio.Event]:
    """Whether commits come to an end."""
    event = asyncio.Event()
    event.set()
    yield event
    event.set()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch, writing: asyncio.Event) -> list[object]:
    """Those of writers, as they begin."""
    seen: list[object] = []
    commit = SqliteSession.commit

    async def noted(session: SqliteSession) -> None:
        if session._writable:
            seen.append(session)
            await writing.wait()
        await commit(session)

    monkeypatch.setattr(SqliteSession, "commit", noted)
    return seen


def _together(*jobs: Callable[[], Coroutine[Any, Any, None]]) -> list[asyncio.Task[None]]:
    """Tasks that write one after the other, and are committed together."""
    return [asyncio.create_task(job()) for job in jobs]


async def _names(shop: Shop) -> list[str]:
    async with shop.database.reading(shop.clock) as work:
        return list((await work.connection.execute(text("SELECT name FROM branches"))).scalars())


async def test_those_who_wait_for_a_commit_are_committed_together(
    shop: Shop, commits: list[object], writing: asyncio.Event
) -> None:
    writing.clear()
    first = asyncio.create_task(shop.store())
    await asyncio.sleep(0.01)
    waiting = _together(*[shop.store] * 5)
    await asyncio.sleep(0.01)
    assert len(commits) == 1
    writing.set()
    await asyncio.gather(first, *waiting)
    assert len(commits) == 2
    assert await _names(shop) == [NAME] * 7
    assert shop.database.lent == 0


async def test_what_one_undoes_is_only_its_own(shop: Shop, commits: list[object]) -> None:
    async def fail() -> None:
        async with shop.units_of_work.begin() as work:
            await work.branches.add(make_branch(name="undone"))
            raise ZeroDivisionError

    before, failing, after = _together(shop.store, fail, shop.store)
    await asyncio.gather(before, after)
    with pytest.raises(ZeroDivisionError):
        await failing
    assert len(commits) == 1
    assert await _names(shop) == [NAME] * 3
    await shop.assert_complete()


@pytest.mark.usefixtures("commits")
async def test_nobody_is_told_before_the_disk_has_it(shop: Shop, writing: asyncio.Event) -> None:
    writing.clear()
    tasks = _together(shop.store, shop.store)
    await asyncio.wait(tasks, timeout=0.1)
    assert not any(task.done() for task in tasks)
    assert await _names(shop) == [NAME]
    writing.set()
    await asyncio.gather(*tasks)
    assert await _names(shop) == [NAME] * 3


async def _full(_: SqliteSession) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


async def test_a_commit_that_fails_is_told_to_each(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(SqliteSession, "commit", _full)
        told = await asyncio.gather(*_together(*[shop.store] * 3), return_exceptions=True)
    assert [each.state for each in told if isinstance(each, StorageUnavailable)] == [StorageState.FULL] * 3
    # An error remembers where it was raised, and while which other was handled: that is nobody else's business.
    assert len(set(map(id, told))) == 3
    assert await _names(shop) == [NAME]
    await shop.store()
    await shop.assert_complete()
    assert shop.database.lent == 0


async def test_nobody_is_refused_for_what_is_not_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse() -> None:
        async with shop.units_of_work.begin() as work:
            seen.append(await work.branches.count(BranchFilter()))
            raise Conflict(reason="EXTERNAL_ID_TAKEN")

    seen: list[int] = []
    with monkeypatch.context() as failing:
        failing.setattr(SqliteSession, "commit", _full)
        told = await asyncio.gather(*_together(shop.store, refuse), return_exceptions=True)
    assert seen == [2]
    assert [each.state for each in told if isinstance(each, StorageUnavailable)] == [StorageState.FULL] * 2
    (refused,) = await asyncio.gather(*_together(refuse), return_exceptions=True)
    assert seen == [2, 1]
    assert isinstance(refused, Conflict)


async def _cut_off(shop: Shop, statement: str) -> list[BaseException | None]:
    """What came of three of one group, of whom the second was cancelled in the middle of a statement."""

    async def never_end() -> None:
        async with shop.database.writing(shop.clock) as work:
            await work.transaction.fetch(statement)

    tasks = _together(shop.store, never_end, shop.store)
    await asyncio.wait(tasks, timeout=0.1)
    assert not any(task.done() for task in tasks)
    tasks[1].cancel()
    async with asyncio.timeout(PATIENCE):
        return list(await asyncio.gather(*tasks, return_exceptions=True))


async def test_who_gives_up_looking_takes_nobody_along(shop: Shop, commits: list[object]) -> None:
    before, cancelled, after = await _cut_off(shop, LOOK)
    assert before is after is None
    assert isinstance(cancelled, asyncio.CancelledError)
    assert len(commits) == 1
    assert await _names(shop) == [NAME] * 3
    await shop.assert_complete()


async def test_who_gives_up_writing_takes_those_before_along_and_they_are_told(shop: Shop) -> None:
    """SQLite undoes the whole transaction when a statement that writes is cut off."""
    before, cancelled, after = await _cut_off(shop, WRITE)
    assert isinstance(before, StorageUnavailable)
    assert before.state is StorageState.BUSY
    assert isinstance(cancelled, asyncio.CancelledError)
    assert after is None
    assert await _names(shop) == [NAME] * 2
    await shop.assert_complete()
    assert shop.database.lent == 0


async def test_who_no_longer_waits_for_the_turn_takes_nobody_along(shop: Shop) -> None:
    async with shop.units_of_work.begin() as work:
        gone, other = _together(shop.store, shop.store)
        await asyncio.sleep(0.01)
        gone.cancel()
        await work.branches.add(make_branch(name=NAME))
    await other
    assert gone.cancelled()
    assert await _names(shop) == [NAME] * 3


async def test_what_nobody_waits_for_any_more_is_committed_before_the_end(
    shop: Shop, commits: list[object], writing: asyncio.Event
) -> None:
    writing.clear()
    (gone,) = _together(shop.store)
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.wait((gone,))
    closing = asyncio.create_task(shop.database.close())
    await asyncio.wait((closing,), timeout=0.1)
    assert not closing.done()
    writing.set()
    await closing
    assert len(commits) == 1
    assert await _names(shop) == [NAME] * 2


async def test_who_gives_up_closing_takes_nobody_along(shop: Shop) -> None:
    async def hold() -> None:
        async with shop.units_of_work.begin():
            await held.wait()

    held = asyncio.Event()
    before, holding = _together(shop.store, hold)
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(shop.database.close())
    await asyncio.sleep(0.01)
    closing.cancel()
    await asyncio.wait((closing,))
    held.set()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(before, holding)
    assert await _names(shop) == [NAME] * 2


async def test_a_group_whose_transaction_is_gone_is_given_up_before_anybody_writes_without_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, begun = SqliteSession.change, []

    async def lose_the_second(session: SqliteSession, statement: str, *rest: Any, **how: Any) -> int:
        if statement == "SAVEPOINT part":
            begun.append(session)
            if len(begun) == 2:
                await session.rollback()
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                raise error
        return await change(session, statement, *rest, **how)

    monkeypatch.setattr(SqliteSession, "change", lose_the_second)
    before, lost, after = await asyncio.gather(*_together(*[shop.store] * 3), return_exceptions=True)
    assert isinstance(before, StorageUnavailable)
    assert isinstance(lost, StorageUnavailable)
    assert before.state is lost.state is StorageState.FAILING
    assert after is None
    assert await _names(shop) == [NAME] * 2
    await shop.assert_complete()
