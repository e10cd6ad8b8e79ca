"""What became of rows that were saved by hundreds."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import strawberry

from api.context import Context
from api.errors.base import UserError
from api.errors.handlers import error_of_part
from core.use_cases import save_rows
from core.use_cases.save_rows import SavedHow


@strawberry.interface(description="What became of one row (resultado da linha).")
class SavedRow:
    external_id: str = strawberry.field(
        description="The integrator's own id, as the row gave it (código externo)."
    )
    how: SavedHow = strawberry.field(description="What became of the row (resultado).")
    error: UserError | None = strawberry.field(
        description="Why it was refused (erro); its paths begin at the row. Null when the record was saved."
    )


@strawberry.type(description="How many rows had which result (totais por resultado).")
class SavedRowCounts:
    created: int = strawberry.field(description="How many records were created (criados).")
    updated: int = strawberry.field(description="How many records were changed (atualizados).")
    unchanged: int = strawberry.field(description="How many said nothing new (sem alteração).")
    refused: int = strawberry.field(description="How many were refused (recusados).")

    @classmethod
    def of(cls, rows: Iterable[save_rows.SavedRow[Any]]) -> "SavedRowCounts":
        """The counts of these rows."""
        counts = Counter(row.how for row in rows)
        return cls(
            created=counts[SavedHow.CREATED],
            updated=counts[SavedHow.UPDATED],
            unchanged=counts[SavedHow.UNCHANGED],
            refused=counts[SavedHow.REFUSED],
        )


def error_of_row(row: save_rows.SavedRow[Any], context: Context) -> UserError | None:
    """Why the row was refused, as the schema shows it."""
    return None if row.error is None else error_of_part(row.error, context)
