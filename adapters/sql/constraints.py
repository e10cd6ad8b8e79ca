"""Which constraint a database means when it refuses a row."""

from functools import cache

from sqlalchemy.exc import DBAPIError

from adapters.sql.tables import METADATA


def violated(error: DBAPIError) -> str | None:
    """The name of the unique index or constraint that was violated; None when it was something else."""
    # SQLAlchemy puts an error of its own before that of asyncpg.
    for driver_error in (error.orig, getattr(error.orig, "__cause__", None)):
        name = getattr(driver_error, "constraint_name", None)
        if name is not None:
            return str(name)
    # SQLite names the columns: "UNIQUE constraint failed: customers.external_id".
    prefix, _, columns = str(error.orig).partition("UNIQUE constraint failed: ")
    return None if prefix else _names_by_columns().get(columns)


@cache
def _names_by_columns() -> dict[str, str]:
    return {
        ", ".join(f"{table.name}.{column.name}" for column in index.columns): str(index.name)
        for table in METADATA.tables.values()
        for index in table.indexes
        if index.unique
    }
