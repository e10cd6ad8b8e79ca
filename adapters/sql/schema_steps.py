"""The steps of the schema as alembic sees them: run, compared with the tables in the code, written."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Column, Connection
from sqlalchemy.schema import SchemaItem

from adapters.sql.engine import UnsupportedDatabase
from adapters.sql.tables import METADATA
from adapters.sql.types import Instant, Json, Number, Ordered, Words

# Migrations name plain types: a step must mean the same when our own types have changed since.
_PLAIN_TYPES: dict[type, str] = {
    Number: 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    Instant: "sa.DateTime(timezone=True)",
    Words: "sa.Text()",
    Ordered: 'sa.Text().with_variant(sa.Text(collation="C"), "postgresql")',
    Json: "sa.JSON()",
}

_LEFT = {("routines", "hastened_to")}
"""Columns that nothing here names any more. A process of the version before may still run beside, and names them in its statements;
so the step that drops them comes with the version after this one.
"""


def run_missing(connection: Connection) -> None:
    """Run the steps that are missing. Raises UnsupportedDatabase when the schema is newer than this program."""
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        if "Can't locate revision" not in str(error):
            raise
        raise UnsupportedDatabase("the database has a newer schema than this program: update it") from None


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


def _is_compared(item: SchemaItem, *_: object) -> bool:
    return not (isinstance(item, Column) and (item.table.name, item.name) in _LEFT)


def _render(kind: str, item: object, _: object) -> str | bool:
    plain = _PLAIN_TYPES.get(type(item)) if kind == "type" else None
    return plain or False


def options(connection: Connection) -> dict[str, Any]:
    """How alembic compares and writes; the same when it is asked to check."""
    return {
        "compare_type": True,
        # SQLite tells of no identities, so each of ours would look new; other defaults there are none.
        "compare_server_default": connection.dialect.name != "sqlite",
        "include_object": _is_compared,
        "render_as_batch": True,
        "render_item": _render,
    }
