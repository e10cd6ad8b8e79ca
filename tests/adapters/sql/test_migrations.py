"""Migrations: they make what the code expects, once, however many processes start at the same moment."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import engine, migrations
from adapters.sql.engine import UnsupportedDatabase, migrator, parse_url
from adapters.sql.migrate import DatabaseUnavailable, migrate, newest_step
from adapters.sql.schema_steps import config, differences
from adapters.sql.tables import METADATA
from support.builders import make_branch
from support.storages import sql_storage, sqlite_address


@asynccontextmanager
async def _connection(address: str) -> AsyncIterator[AsyncConnection]:
    opened = migrator(parse_url(address))
    async with opened.begin() as connection:
        yield connection
    await opened.dispose()


async def test_the_migrations_make_the_tables_of_the_code(bare_address: str) -> None:
    await migrate(bare_address)
    async with _connection(bare_address) as connection:
        assert await connection.run_sync(differences) == []


async def test_a_table_that_no_migration_makes_is_noticed(bare_address: str) -> None:
    await migrate(bare_address)
    async with _connection(bare_address) as connection:
        await connection.execute(text("DROP INDEX ix_leads_document"))
        await connection.execute(text("ALTER TABLE leads DROP COLUMN phone"))
        await connection.execute(text("ALTER TABLE leads ADD COLUMN nickname TEXT"))
        found = await connection.run_sync(differences)
    assert {change[0] for change in found} == {"add_index", "add_column", "remove_column"}


async def test_migrating_again_changes_nothing(bare_address: str) -> None:
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage:
        async with storage.units_of_work.begin() as work:
            branch = await work.branches.add(make_branch())
        await migrate(bare_address)
        async with storage.units_of_work.read() as work:
            assert await work.branches.get(branch.id) == branch


async def test_processes_that_start_at_once_wait_for_each_other(bare_address: str) -> None:
    program = (
        "import asyncio, sys; from adapters.sql.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"
    )
    starts = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, bare_address, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    async with asyncio.timeout(60):
        ends = [(await start.communicate(), start.returncode) for start in starts]
    assert [code for _, code in ends] == [0, 0], ends
    async with _connection(bare_address) as connection:
        assert await connection.run_sync(differences) == []


async def test_a_schema_from_the_future_is_refused_and_left_alone(bare_address: str) -> None:
    await migrate(bare_address)
    async with _connection(bare_address) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnsupportedDatabase, match="newer schema"):
        await migrate(bare_address)
    async with _connection(bare_address) as connection:
        version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert version == "9999"


async def test_a_migration_that_fails_leaves_nothing_half_done(
    bare_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_midway(connection: Connection) -> None:
        METADATA.create_all(connection, tables=[METADATA.tables["branches"]])
        raise RuntimeError("midway")

    with monkeypatch.context() as patched:
        patched.setattr("adapters.sql.migrate.upgrade", break_midway)
        with pytest.raises(RuntimeError, match="midway"):
            await migrate(bare_address)
    await migrate(bare_address)


async def test_going_back_to_nothing_works(bare_address: str) -> None:
    await migrate(bare_address)
    async with _connection(bare_address) as connection:
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "base"))
        found = await connection.run_sync(differences)
    assert {change[0] for change in found} == {"add_table", "add_index"}


async def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(DatabaseUnavailable) as failed:
        await migrate("postgresql://ana:hunter2@127.0.0.1:1/fiador?sslpassword=hunter2&password=hunter2")
    assert "127.0.0.1:1/fiador" in str(failed.value)
    assert "hunter2" not in str(failed.value)
    assert "\n" not in str(failed.value)


async def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 0.1)
    silent = socket.create_server(("127.0.0.1", 0))
    with silent, pytest.raises(DatabaseUnavailable, match=r"fiador\?sslmode=disable: no answer in time"):
        await migrate(f"postgresql://ana@127.0.0.1:{silent.getsockname()[1]}/fiador?sslmode=disable")


@pytest.mark.postgres
async def test_a_migration_may_take_longer_than_any_other_statement(
    bare_postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_SECONDS", 0.01)
    async with _connection(bare_postgres_address) as connection:
        await connection.execute(text("SELECT pg_sleep(0.1)"))


@pytest.mark.postgres
async def test_an_unknown_database_is_named(bare_postgres_address: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="nowhere"):
        await migrate(bare_postgres_address.replace("database_", "nowhere_"))


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be looked at" * 100, encoding="utf-8")
    with pytest.raises(DatabaseUnavailable, match=r"notes\.txt"):
        await migrate(f"sqlite:///{file}")


def test_the_newest_step_is_the_one_that_alembic_ends_at() -> None:
    script = Config()
    script.set_main_option("script_location", "adapters.sql:migrations")
    script.set_main_option("path_separator", "os")
    assert newest_step() == ScriptDirectory.from_config(script).get_current_head()


async def test_a_database_at_the_newest_step_does_without_alembic(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "fiador.db")
    program = (
        "import asyncio, sys; from adapters.sql.migrate import migrate; asyncio.run(migrate(sys.argv[1])); "
        "sys.exit('alembic' in sys.modules)"
    )
    codes = []
    for _ in range(2):
        start = await asyncio.create_subprocess_exec(sys.executable, "-c", program, address)
        codes.append(await start.wait())
    assert codes == [1, 0], "only the first one has something to do"


def test_the_migrations_are_shipped_with_the_package() -> None:
    folder = Path(migrations.__file__).parent
    assert (folder / "env.py").is_file()
    assert list((folder / "versions").glob("0001_*.py"))


async def test_steps_that_leave_a_reference_to_nothing_are_taken_back(tmp_path: Path) -> None:
    address = sqlite_address(tmp_path / "fiador.db")
    async with _connection(address) as connection:
        await connection.run_sync(lambda found: command.upgrade(config(found), "0004"))
        orphan = "INSERT INTO consultation_reports VALUES ('00', '{}', x'00', 'text/html')"
        await connection.exec_driver_sql(orphan)
    with pytest.raises(RuntimeError, match="broke 1 reference"):
        await migrate(address)
    async with _connection(address) as connection:
        known = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
    assert known == "0004"
