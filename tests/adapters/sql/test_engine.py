"""How databases are opened."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adapters.memory.clock import FixedClock
from adapters.sql.database import Database
from adapters.sql.engine import UnsupportedDatabase, parse_url
from adapters.sql.migrate import migrate
from core.domain.subjects import Customer
from ports.unit_of_work import UnitsOfWork
from support.builders import make_branch, make_customer, new_id
from support.storages import sql_storage, sqlite_address


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("sqlite:///data/fiador.sqlite3", "sqlite+aiosqlite:///data/fiador.sqlite3"),
        ("sqlite+aiosqlite:////var/fiador.sqlite3", "sqlite+aiosqlite:////var/fiador.sqlite3"),
        ("postgresql://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d"),
        ("postgres://h/d", "postgresql+asyncpg://h/d"),
        ("postgresql+psycopg:///d?host=/tmp", "postgresql+asyncpg:///d?host=%2Ftmp"),
        ("postgresql:///d?host=[::1]:5433,b", "postgresql+asyncpg:///d?host=%5B%3A%3A1%5D%3A5433%2Cb"),
        ("postgresql://h/d?sslmode=verify-full", "postgresql+asyncpg://h/d?sslmode=verify-full"),
        ("postgresql://h/d?ssl=verify-full", "postgresql+asyncpg://h/d?sslmode=verify-full"),
        ("postgresql:///d?host=a:1&host=b:2", "postgresql+asyncpg:///d?host=a%3A1%2Cb%3A2"),
        ("postgresql:///d?host=a,b&port=1,2", "postgresql+asyncpg:///d?host=a%2Cb&port=1%2C2"),
    ],
)
def test_an_address_names_a_database_and_we_choose_the_driver(address: str, opened: str) -> None:
    assert parse_url(address).render_as_string(hide_password=False) == opened


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "no URL"),
        ("fiador.sqlite3", "no URL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://ana:hunter2@h/d?ssl=require&sslmode=disable", "says both ssl and sslmode"),
        ("postgresql://ana:hunter2@a:1,b:2/d", "several hosts are a parameter"),
        ("postgresql://ana:hunter2@a,b/d", "several hosts are a parameter"),
        ("postgresql://ana:hunter2@a/d?host=b,c", "stand in one place"),
        ("postgresql://ana:hunter2@a/d?port=6432", "stand in one place"),
        ("postgresql://ana:hunter2@/d?host=2001:db8::5&port=5432", "in brackets"),
        ("postgresql://ana:hunter2@/d?host=a,b&port=1,2,3", "neither one port nor one for each host"),
        (
            "postgresql://ana:hunter2@h/d?target_session_attrs=prefer-standby",
            "prefer-standby is not supported",
        ),
        ("mysql://ana:hunter2@h/d", "mysql is not supported"),
        ("oracle+oracledb://ana:hunter2@h/d", "oracle is not supported"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(address: str, why: str) -> None:
    with pytest.raises(UnsupportedDatabase, match=why) as refused:
        parse_url(address)
    assert "hunter2" not in str(refused.value)


async def test_sqlite_is_opened_for_safety(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "new" / "folder" / "fiador.sqlite3")
    await migrate(address)
    database, clock = Database(address), FixedClock()
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "query_only")
    async with database.writing(clock) as work:
        writer = [
            (await work.connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() for pragma in pragmas
        ]
    async with database.reading(clock) as work:
        reader = [
            (await work.connection.execute(text(f"PRAGMA {pragma}"))).scalar_one() for pragma in pragmas
        ]
    await database.close()
    assert writer == ["wal", 2, 1, 0]
    assert reader[3] == 1


@pytest.mark.parametrize("given", [None, 0o644])
async def test_a_file_that_we_make_is_for_nobody_elses_eyes(tmp_path: Path, given: int | None) -> None:
    file = tmp_path / "fiador.db"
    if given is not None:  # whoever made it knows why
        file.touch()
        file.chmod(given)
    await migrate(sqlite_address(file))
    async with sql_storage(sqlite_address(file)) as storage:
        async with storage.units_of_work.begin() as work:
            await work.branches.add(make_branch())
        modes = _modes(tmp_path)
    assert modes == dict.fromkeys(["fiador.db", "fiador.db-wal", "fiador.db-shm"], given or 0o600)


async def test_the_database_itself_refuses_writes_in_a_reading_unit(bare_address: str) -> None:
    await migrate(bare_address)
    database = Database(bare_address)
    with pytest.raises(DBAPIError, match=r"read-?only"):
        async with database.reading(FixedClock()) as work:
            await work.connection.execute(text("DELETE FROM branches"))
    await database.close()


async def test_references_are_checked_and_errors_show_no_personal_data(bare_address: str) -> None:
    await migrate(bare_address)
    orphan = make_customer(branch_id=new_id(), name="Nome Muito Particular", email="particular@example.com")
    async with sql_storage(bare_address) as storage:
        with pytest.raises(DBAPIError) as refused:
            await _add(storage.units_of_work, orphan)
    shown = str(refused.value) + repr(refused.value)
    assert "FOREIGN KEY" in shown.upper()
    for secret in ("Particular", "particular@", orphan.document.number):
        assert secret not in shown


def _modes(folder: Path) -> dict[str, int]:
    return {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}


async def _add(units_of_work: UnitsOfWork, customer: Customer) -> None:
    async with units_of_work.begin() as work:
        await work.customers.add(customer)
