"""The connections that rows are read by: no place is lost, and nobody waits for one for ever."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import pytest
from sqlalchemy import literal, make_url, select, union_all

from adapters.sql import drivers, places
from adapters.sql.database import Database
from adapters.sql.drivers import READERS, Driver, PostgresqlDriver, SqliteDriver
from adapters.sql.migrate import migrate
from support.storages import sqlite_address

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}
PATIENCE = 30


@pytest.fixture
async def driver(bare_address: str) -> AsyncIterator[Driver]:
    """The driver of an empty database of each kind."""
    await migrate(bare_address)
    database = Database(bare_address, pool_size=READERS * 2)
    yield database.driver
    await database.close()


async def _busy(driver: Driver, times: int) -> list[asyncio.Task[object]]:
    slow = SLOW["postgresql" if isinstance(driver, PostgresqlDriver) else "sqlite"]
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(driver.fetch(slow, [])) for _ in range(times)]
    await asyncio.sleep(0.2)
    return tasks


async def _given_up(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks, timeout=PATIENCE)


async def test_who_finds_no_connection_is_told_so(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.05)
    tasks = await _busy(driver, READERS)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(TimeoutError):
            await driver.fetch("SELECT 1", [])
        await _given_up(tasks)


async def test_who_gives_up_gives_the_place_back(driver: Driver) -> None:
    for pause in (0.0, 0.0, 0.001, 0.002, 0.005, 0.01, 0.05):
        tasks = [asyncio.create_task(driver.fetch("SELECT 1", [])) for _ in range(READERS)]
        await asyncio.sleep(pause)
        await _given_up([task for task in tasks if not task.done()] or tasks)
    await _given_up(await _busy(driver, READERS))
    async with asyncio.timeout(PATIENCE):
        answers = await asyncio.gather(*(driver.fetch("SELECT 1", []) for _ in range(3 * READERS)))
    assert [tuple(row) for (row,) in answers] == [(1,)] * (3 * READERS)


async def test_nothing_is_written_by_it(driver: Driver) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await driver.fetch("DELETE FROM branches", [])


async def test_who_gives_up_while_a_connection_opens_gives_the_place_back(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    database = Database(sqlite_address(sqlite_template))
    with monkeypatch.context() as hanging:
        hanging.setattr(aiosqlite.Connection, "execute", hang)
        await _given_up(await _busy(database.driver, READERS))
    async with asyncio.timeout(PATIENCE):
        assert len(await database.driver.fetch("SELECT 1", [])) == 1
    await database.close()


async def test_a_connection_that_the_server_closed_is_replaced_once_for_each_reader(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, opened = Database(postgres_address, pool_size=READERS), 0
    assert isinstance(database.driver, PostgresqlDriver)
    connect = database.driver._places._connect

    async def counting() -> Any:
        nonlocal opened
        opened += 1
        return await connect()

    monkeypatch.setattr(database.driver._places, "_connect", counting)
    for number in range(READERS):
        with pytest.raises(Exception, match="terminating connection"):
            await database.driver.fetch("SELECT pg_terminate_backend(pg_backend_pid())", [])
        assert opened == 2 * (number + 1)
    async with asyncio.timeout(PATIENCE):
        assert len(await database.driver.fetch("SELECT 1", [])) == 1
    await database.close()


async def test_whoever_comes_after_somebody_who_gave_up_does_not_wait_for_what_was_given_up(
    sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement that its thread has not begun cannot be interrupted yet."""
    monkeypatch.setattr(drivers, "READERS", 1)
    database = Database(sqlite_address(sqlite_template))
    assert isinstance(database.driver, SqliteDriver)
    try:
        async with asyncio.timeout(PATIENCE):
            for turns in range(12):
                assert len(await database.driver.fetch("SELECT 1", [])) == 1
                reading = asyncio.create_task(database.driver.fetch(ENDLESS, []))
                for _ in range(turns % 4):
                    await asyncio.sleep(0)
                await _given_up([reading])
    finally:
        for connection in database.driver._places.connections:
            await connection.interrupt()
        await database.close()


@pytest.mark.parametrize("width", [1, 100, 101, 250])
async def test_rows_are_the_same_packed(driver: Driver, width: int) -> None:
    strange = ['"[', "]\\,", "çã\N{PILE OF POO}", "\x01\n", "", None, -(2**53), 0]
    wide = [literal(strange[place % len(strange)]).label(f"c{place}") for place in range(width)]
    rows = union_all(*(select(literal(number).label("number"), *wide) for number in (3, 1, 2))).subquery()
    ordered = select(rows).order_by(rows.c.number)
    for query, length in ((ordered, 3), (ordered.limit(2), 2)):
        packed = driver.packed(query).compile(dialect=driver.dialect, compile_kwargs={"literal_binds": True})
        expected = [
            [number, *(strange[place % len(strange)] for place in range(width))] for number in (1, 2, 3)
        ]
        found = await driver.unpacked(str(packed), [])
        assert [list(row) for row in found] == expected[:length]
    nothing = driver.packed(select(rows).where(rows.c.number > 3)).compile(
        dialect=driver.dialect, compile_kwargs={"literal_binds": True}
    )
    assert list(await driver.unpacked(str(nothing), [])) == []


async def test_who_cannot_look_at_once_waits(sqlite_template: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(sqlite_template, tmp_path / "fiador.db"))
    other = sqlite3.connect(file, isolation_level=None)
    # Without a log beside the file, whoever writes keeps others from reading.
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    database = Database(sqlite_address(file))
    looking = asyncio.create_task(database.driver.glance("SELECT count(*) FROM branches", []))
    await asyncio.sleep(0.2)
    assert not looking.done()
    other.execute("ROLLBACK")
    other.close()
    async with asyncio.timeout(PATIENCE):
        assert [tuple(row) for row in await looking] == [(0,)]
    await database.close()


@pytest.mark.postgres
async def test_pages_are_read_by_one_process_of_postgresql(postgres_address: str) -> None:
    database = Database(postgres_address)
    asked = "SELECT current_setting('max_parallel_workers_per_gather')"
    assert await database.driver.fetch(asked, []) == [("0",)]
    await database.close()


@pytest.mark.postgres
@pytest.mark.parametrize(("said", "expected"), [(None, "1.1"), ("2.5", "2.5")])
async def test_pages_are_taken_to_be_at_hand_unless_the_administrator_says_what_they_cost(
    bare_postgres_address: str, said: str | None, expected: str
) -> None:
    if said:
        name = make_url(bare_postgres_address).database
        connection = await asyncpg.connect(bare_postgres_address)
        await connection.execute(f'ALTER DATABASE "{name}" SET random_page_cost = {said}')
        await connection.close()
    database = Database(bare_postgres_address)
    asked = "SELECT current_setting('random_page_cost')"
    assert await database.driver.fetch(asked, []) == [(expected,)]
    await database.close()
