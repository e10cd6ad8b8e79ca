"""The stairway: from the first step of the schema to the last, one at a time, with rows in every table at each of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    select,
)

from adapters.sql.engine import make_private_file, migrator, parse_url
from adapters.sql.migrate import migrate
from adapters.sql.schema_steps import config, differences

ROWS = 2

UNPLACED = {("audit_events", "position"), ("audit_events", "digest")}
"""What a trigger refuses in new rows."""

Rows = dict[tuple[Any, ...], dict[str, Any]]
"""The rows of a table by their primary keys."""


class Stairway:
    """What was put into the tables so far."""

    def __init__(self) -> None:
        self.steps = 0
        self.kept: dict[str, Rows] = {}

    def climb(self, connection: Connection, revision: str) -> None:
        """Go one step up, find there what was put in before, and put more into every table."""
        command.upgrade(config(connection), revision)
        tables = _tables(connection)
        self.compare(connection, tables)
        self.steps += 1
        first = self.steps * 100
        for table in tables.sorted_tables:
            for number in range(first, first + ROWS):
                connection.execute(table.insert().values(_row(table, number)))
        self.kept = {table.name: _rows(connection, table) for table in tables.sorted_tables}

    def compare(self, connection: Connection, tables: MetaData) -> None:
        """Every row is still there, and in the columns that it had it holds what it held."""
        for name, kept in self.kept.items():
            found = _rows(connection, tables.tables[name])
            for key, row in kept.items():
                assert {column: found[key][column] for column in row} == row, name
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []


def _tables(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return found


def _rows(connection: Connection, table: Table) -> Rows:
    key = [column.name for column in table.primary_key]
    rows = (dict(row) for row in connection.execute(select(table)).mappings())
    return {tuple(row[name] for name in key): row for row in rows}


def _row(table: Table, number: int) -> Mapping[str, Any]:
    """A row that differs from those of other numbers in every column, and refers to rows of its own number."""
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    if (column.table.name, column.name) in UNPLACED:
        return None
    for reference in column.foreign_keys:
        if reference.column.table is column.table:
            return None
        return _value(reference.column, number)
    identity = uuid5(NAMESPACE_OID, f"{column.name} {number}")
    match column.type:
        case Uuid():
            return identity
        case String(length=32):  # what SQLite calls the ids
            return identity.hex
        case String():
            return f"{column.name} {number}"
        case Boolean():
            return number % 2 == 0
        case DateTime() as moment:
            return datetime(2026, 3, 16, 15, 0, tzinfo=UTC if moment.timezone else None).replace(
                microsecond=number
            )
        case Date():
            return date.fromordinal(740_000 + number)
        case LargeBinary():
            return f"{column.name} {number}".encode()
        case JSON():
            return {column.name: number}
        case Integer() | Float():
            return number
    raise NotImplementedError(f"a value for {column}, {column.type!r}")


async def _steps(address: str) -> list[str]:
    make_private_file(parse_url(address))
    engine = migrator(parse_url(address))
    async with engine.connect() as connection:
        scripts = await connection.run_sync(lambda sync: ScriptDirectory.from_config(config(sync)))
    await engine.dispose()
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


async def test_every_step_keeps_the_rows_of_the_steps_before(bare_address: str) -> None:
    steps = await _steps(bare_address)
    assert steps[:2] == ["0001", "0002"]
    stairway, engine = Stairway(), migrator(parse_url(bare_address))
    for revision in steps:
        async with engine.begin() as connection:
            await connection.run_sync(stairway.climb, revision)
    await migrate(bare_address)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: stairway.compare(sync, _tables(sync)))
        assert await connection.run_sync(differences) == []
    await engine.dispose()
    assert all(len(rows) >= ROWS for rows in stairway.kept.values())
    assert len(stairway.kept["branches"]) == ROWS * len(steps)


async def test_the_first_schema_is_brought_to_the_newest_at_once(bare_address: str) -> None:
    """As it happens to whoever leaves versions out: from the first step to the last in one transaction."""
    steps = await _steps(bare_address)
    stairway, engine = Stairway(), migrator(parse_url(bare_address))
    async with engine.begin() as connection:
        await connection.run_sync(stairway.climb, steps[0])
    await migrate(bare_address)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: stairway.compare(sync, _tables(sync)))
        assert await connection.run_sync(differences) == []
    await engine.dispose()
