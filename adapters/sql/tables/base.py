"""What all tables have in common."""

from functools import cache
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import ConfigDict
from sqlalchemy import Identity, Index, MetaData, text
from sqlmodel import Field, SQLModel

from adapters.sql.types import Number

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

KEEP_NUMBERS = {"sqlite_autoincrement": True}
"""A number is never given twice, not even after its row is gone. (PostgreSQL's identities never do.)"""


class Row(SQLModel):
    """A row of a table. Rows stay inside this package; mapping functions turn them into records and back."""

    metadata: ClassVar[MetaData] = METADATA

    # Validators, which no row ever uses, are not made: they take longer than the tables themselves.
    model_config = ConfigDict(defer_build=True)  # type: ignore[assignment]  # SQLModel exports no name for its own

    @classmethod
    def of(cls, **values: Any) -> Self:
        """A row that holds the values as they are, to be stored by a statement.

        As it is usually made, SQLModel would set them one by one and SQLAlchemy watch each for changes, which takes several times
        as long as everything else that storing a row needs; no session ever sees our rows.
        """
        row = object.__new__(cls)
        row.__dict__.update({**_defaults(cls), **values})
        return row


@cache
def _defaults(row_type: type[Row]) -> dict[str, Any]:
    return {name: field.default for name, field in row_type.model_fields.items() if not field.is_required()}


class RecordRow(Row):
    """A row of a record: known by an id, and by a number that the database gives."""

    number: int
    id: UUID


class KnownRow(RecordRow):
    """A row of a record that an integrator may know by an id of its own."""

    external_id: str | None


def sequential() -> Any:
    """The primary key of a table: a number that the database gives."""
    return Field(default=None, primary_key=True, sa_type=Number, sa_column_args=(Identity(),))


def partial_index(
    name: str, *columns: str, where: str, sqlite_where: str | None = None, unique: bool = False
) -> Index:
    """An index over the rows that a condition lets through."""
    return Index(
        name,
        *columns,
        unique=unique,
        postgresql_where=text(where),
        sqlite_where=text(sqlite_where or where),
    )
