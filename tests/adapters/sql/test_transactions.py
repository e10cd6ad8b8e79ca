"""Transactions of units of work: both ways to the database are one, and nothing is left behind on a connection."""

import sqlite3
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.mapping.company import branch_row
from adapters.sql.migrate import migrate
from adapters.sql.sessions import PostgresqlSession
from adapters.sql.tables import BranchRow
from adapters.sql.work import Work
from ports.storage import StorageState, StorageUnavailable
from support.builders import make_branch, new_id
from support.storages import assert_compiled_once, sql_storage

COUNTED = "SELECT count(*) FROM branches"


async def _count(work: Work) -> tuple[int, int]:
    """How many branches each way sees."""
    ((by_driver,),) = await work.transaction.fetch(COUNTED)
    return by_driver, (await work.connection.execute(text(COUNTED))).scalar_one()


async def test_what_one_way_wrote_the_other_sees_and_both_end_together(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        database = storage.database
        assert database is not None

        async def give_up() -> None:
            async with database.writing(storage.clock) as work, database.reading(storage.clock) as beside:
                await work.insert(branch_row(make_branch()), {})
                assert await _count(work) == (1, 1)
                assert await _count(beside) == (0, 0)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await give_up()
        async with database.writing(storage.clock) as work:
            assert await _count(work) == (0, 0)
        async with storage.units_of_work.begin() as unit:
            await unit.branches.add(make_branch())
        async with database.reading(storage.clock) as work:
            assert await _count(work) == (1, 1)


async def test_a_reading_unit_sees_one_moment(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        assert storage.database is not None
        async with storage.database.reading(storage.clock) as work:
            assert await _count(work) == (0, 0)
            async with storage.units_of_work.begin() as unit:
                await unit.branches.add(make_branch())
            assert await _count(work) == (0, 0)


async def test_a_statement_that_fails_leaves_a_connection_that_works(bare_address: str) -> None:
    await migrate(bare_address)
    database, clock = Database(bare_address, pool_size=1), FixedClock()
    for opened in (database.writing, database.reading):

        async def fail(opened: Any = opened) -> None:
            async with opened(clock) as work:
                await work.transaction.fetch("SELECT nothing FROM nowhere")

        with pytest.raises(DBAPIError) as failed:
            await fail()
        assert not failed.value.connection_invalidated
        async with opened(clock) as work:
            assert await _count(work) == (0, 0)
    await database.close()


async def test_a_connection_that_cannot_roll_back_is_not_used_again(
    bare_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(bare_address)
    database, clock = Database(bare_address, pool_size=1), FixedClock()

    async def cannot(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError if database.on_sqlite else ConnectionError

    async def give_up() -> None:
        async with database.writing(clock) as work:
            used.append((await work.connection.get_raw_connection()).driver_connection)
            await work.insert_new(branch_row(make_branch()))
            for way in ("rollback", "change"):
                monkeypatch.setattr(work.transaction._session, way, cannot)
            raise ZeroDivisionError

    used: list[object] = []
    with pytest.raises(ZeroDivisionError):
        await give_up()
    async with database.writing(clock) as work:
        assert (await work.connection.get_raw_connection()).driver_connection not in used
        assert await _count(work) == (0, 0)
    await database.close()


@pytest.mark.postgres
async def test_nobody_is_told_of_having_stored_what_postgresql_undid(bare_postgres_address: str) -> None:
    """It answers COMMIT with a success that is called ROLLBACK where a statement failed before."""
    await migrate(bare_postgres_address)
    database, clock = Database(bare_postgres_address, pool_size=1), FixedClock()

    async def go_on() -> None:
        async with database.writing(clock) as work:
            await work.insert(branch_row(make_branch()), {})
            with suppress(DBAPIError):
                await work.transaction.fetch("SELECT nothing FROM nowhere")

    with pytest.raises(DBAPIError, match="nothing of it was kept"):
        await go_on()
    async with database.writing(clock) as work:
        assert await _count(work) == (0, 0)
    await database.close()


@pytest.mark.postgres
async def test_a_driver_that_lost_its_thread_has_lost_its_connection(
    bare_postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asyncpg is confused when a statement crosses the server's farewell, before the connection's end is seen."""
    database, clock = Database(bare_postgres_address, pool_size=1), FixedClock()

    async def fail(*_: object, **__: object) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")

    async def ask() -> None:
        async with database.reading(clock) as work:
            await work.transaction.fetch("SELECT 1")

    with monkeypatch.context() as confused:
        confused.setattr(PostgresqlSession, "fetch", fail)
        with pytest.raises(StorageUnavailable) as failed:
            await ask()
    assert failed.value.state is StorageState.AWAY
    await ask()
    await database.close()


async def test_statements_put_together_anew_are_found_out(bare_address: str) -> None:
    await migrate(bare_address)
    database, clock = Database(bare_address), FixedClock()
    async with database.reading(clock) as work:
        for _ in range(3):
            anew = select(BranchRow).where(col(BranchRow.id) == bindparam("id"))
            assert await work.row(anew, id=new_id()) is None
    with pytest.raises(AssertionError):
        assert_compiled_once(database)
    await database.close()
