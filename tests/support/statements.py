"""What reaches the database, whichever way it goes there."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from adapters.sql.database import Database
from adapters.sql.transaction import Transaction

_AROUND = ("SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block with their parameters, but for those that begin and end transactions and their parts."""
    seen: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, values: Any, *___: object) -> None:
        seen.append((statement, values))

    with ExitStack() as stack:
        for engine in database.engines:
            event.listen(engine.sync_engine, "before_cursor_execute", note)
            stack.callback(event.remove, engine.sync_engine, "before_cursor_execute", note)
        for way in ("fetch", "change"):
            stack.enter_context(patch.object(Transaction, way, _noting(getattr(Transaction, way), seen)))
        yield seen


def _noting(run: Any, seen: list[tuple[str, Any]]) -> Any:
    async def noting(
        transaction: Transaction, statement: str, values: Sequence[Any] = (), **few: bool
    ) -> Any:
        if not statement.startswith(_AROUND):
            seen.append((statement, tuple(values)))
        return await run(transaction, statement, values, **few)

    return noting
