"""Bring a database to the newest schema, in code, at every start."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from adapters.sql.engine import is_sqlite, make_private_file, migrator, parse_url

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('fiador:migrations', 0))")
_SECRETS = ("password", "sslpassword")
"""What of an address's parameters is shown to nobody."""

_STEPS = Path(__file__).parent / "migrations" / "versions"


class DatabaseUnavailable(RuntimeError):
    """The database does not answer, or does not let us in; the text shows no password."""


async def migrate(address: str) -> None:
    """Make the database's schema the newest one, or leave it as it was.

    Processes that start at once wait for each other. Raises UnsupportedDatabase when the schema is newer than this
    program, DatabaseUnavailable when the database cannot be reached.
    """
    url = parse_url(address)
    make_private_file(url)
    engine = migrator(url)
    try:
        async with engine.begin() as connection:
            if not is_sqlite(url):
                await connection.execute(_LOCK)
            await connection.run_sync(upgrade)
    except (OSError, DBAPIError) as error:
        reason = str(getattr(error, "orig", None) or error) or "no answer in time"
        shown = url.difference_update_query(_SECRETS).render_as_string(hide_password=True)
        raise DatabaseUnavailable(f"{shown}: {reason.splitlines()[0]}") from None
    finally:
        await engine.dispose()


def upgrade(connection: Connection) -> None:
    """Run the steps that are missing, inside the connection's transaction."""
    missing = _revisions(connection) != [newest_step()]
    if missing:
        # Alembic takes longer to load than a start has to spare, and most starts find nothing to do.
        from adapters.sql.schema_steps import run_missing

        run_missing(connection)
    if connection.dialect.name == "sqlite":
        # A walk through every row: only when a step may have broken something.
        if missing:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration broke {len(broken)} references")
        # What the planner knows of the data: without it, it may walk a whole branch to find one document.
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")


def newest_step() -> str:
    """The revision that this program's schema is at. Steps are numbered, and their files' names begin with the number."""
    return max(step.name.partition("_")[0] for step in _STEPS.glob("[0-9]*_*.py"))


def _revisions(connection: Connection) -> list[str]:
    """What the database says it is at: one revision, none before the first step."""
    if not inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(text("SELECT version_num FROM alembic_version")))
