"""Bring a database to the newest schema, in code, at every start."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from adapters.sql.engine import UnsupportedDatabase, is_sqlite, make_folder, migrator, parse_url
from adapters.sql.tables import METADATA
from adapters.sql.types import Instant, Json, Number, Ordered, Words

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('fiador:migrations', 0))")

# Migrations name plain types: a step must mean the same when our own types have changed since.
_PLAIN_TYPES: dict[type, str] = {
    Number: 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    Instant: "sa.DateTime(timezone=True)",
    Words: "sa.Text()",
    Ordered: 'sa.Text().with_variant(sa.Text(collation="C"), "postgresql")',
    Json: "sa.JSON()",
}


class DatabaseUnavailable(RuntimeError):
    """The database does not answer, or does not let us in; the text shows no password."""


async def migrate(address: str) -> None:
    """Make the database's schema the newest one, or leave it as it was.

    Processes that start at once wait for each other. Raises UnsupportedDatabase when the schema is newer than this
    program, DatabaseUnavailable when the database cannot be reached.
    """
    url = parse_url(address)
    make_folder(url)
    engine = migrator(url)
    try:
        async with engine.begin() as connection:
            if not is_sqlite(url):
                await connection.execute(_LOCK)
            await connection.run_sync(upgrade)
    except (OSError, DBAPIError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatabaseUnavailable(f"{url.render_as_string(hide_password=True)}: {reason}") from None
    finally:
        await engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run the steps that are missing, inside the connection's transaction."""
    before = _revision(connection)
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        if "Can't locate revision" not in str(error):
            raise
        raise UnsupportedDatabase("the database has a newer schema than this program: update it") from None
    if connection.dialect.name == "sqlite":
        # A walk through every row: only when a step may have broken something.
        if _revision(connection) != before:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration broke {len(broken)} references")
        # What the planner knows of the data: without it, it may walk a whole branch to find one document.
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> list[Any]:
    """What the tables in the code have and the database has not, or the other way round."""
    return list(compare_metadata(MigrationContext.configure(connection, opts=options(connection)), METADATA))


def config(connection: Connection) -> Config:
    """Alembic's settings; its ini file would only repeat them."""
    settings = Config()
    settings.set_main_option("script_location", "adapters.sql:migrations")
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _render(kind: str, item: object, _: object) -> str | bool:
    plain = _PLAIN_TYPES.get(type(item)) if kind == "type" else None
    return plain or False


def options(connection: Connection) -> dict[str, Any]:
    """How alembic compares and writes; the same when it is asked to check."""
    return {
        "compare_type": True,
        # SQLite tells of no identities, so each of ours would look new; other defaults there are none.
        "compare_server_default": connection.dialect.name != "sqlite",
        "render_as_batch": True,
        "render_item": _render,
    }
