"""What is committed, and transactions over it."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from adapters.memory.codec import decoded, encoded
from ports.unit_of_work import WriteInReadOnlyUnit

RecordT = TypeVar("RecordT")
Rows = dict[Hashable, bytes]


class Transaction:
    """One view of all tables. Tables are copied when first written to; what is committed is never changed in place."""

    def __init__(self, committed: dict[str, Rows], *, writable: bool) -> None:
        self._tables = dict(committed)
        self._own: set[str] = set()
        self._writable = writable
        self.wakes = False

    @property
    def tables(self) -> dict[str, Rows]:
        """Every table as this transaction sees it."""
        return self._tables

    def rows(self, name: str) -> Rows:
        """A table, for reading."""
        return self._tables.get(name, {})

    def own_rows(self, name: str) -> Rows:
        """A table, for writing. Raises WriteInReadOnlyUnit."""
        self.require_writable()
        if name not in self._own:
            self._tables[name] = dict(self._tables.get(name, {}))
            self._own.add(name)
        return self._tables[name]

    def require_writable(self) -> None:
        """Raise WriteInReadOnlyUnit when this transaction only reads."""
        if not self._writable:
            raise WriteInReadOnlyUnit


class Table(Generic[RecordT]):
    """Typed access to one table of a transaction."""

    def __init__(self, transaction: Transaction, name: str, record_type: type[RecordT]) -> None:
        self._transaction = transaction
        self._name = name
        self._type = record_type

    def get(self, key: Hashable) -> RecordT | None:
        """The record under a key."""
        stored = self._transaction.rows(self._name).get(key)
        return None if stored is None else decoded(stored, self._type)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._transaction.rows(self._name)

    def all(self) -> list[RecordT]:
        """Every record, oldest first."""
        return [decoded(stored, self._type) for stored in self._transaction.rows(self._name).values()]

    def items(self) -> list[tuple[Hashable, RecordT]]:
        """Every record with its key, oldest first."""
        return [
            (key, decoded(stored, self._type)) for key, stored in self._transaction.rows(self._name).items()
        ]

    def put(self, key: Hashable, record: RecordT) -> None:
        """Store a record, in its old place when the key is there already."""
        self._transaction.own_rows(self._name)[key] = encoded(record, self._type)

    def remove(self, key: Hashable) -> None:
        """Drop a record, if it is there."""
        self._transaction.own_rows(self._name).pop(key, None)

    def require_writable(self) -> None:
        """Raise WriteInReadOnlyUnit when the transaction only reads."""
        self._transaction.require_writable()


class MemoryStorage:
    """What a database would be: the committed state, one writer at a time, numbers that are never given twice."""

    def __init__(self) -> None:
        self._committed: dict[str, Rows] = {}
        self._numbers: dict[str, int] = {}
        self._writer = asyncio.Lock()
        self._holder: asyncio.Task[object] | None = None
        self.wakeup = asyncio.Event()

    def next_number(self, name: str) -> int:
        """The next sequential number of a table; a rollback leaves a gap, as in a real database."""
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return self._numbers[name]

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """A transaction that commits when its block ends and vanishes when it raises."""
        if self._holder is not None and self._holder is asyncio.current_task():
            raise RuntimeError(
                "this task has a unit of work open already: a second one would wait for it forever"
            )
        async with self._writer:
            self._holder = asyncio.current_task()
            try:
                transaction = Transaction(self._committed, writable=True)
                yield transaction
                self._committed = transaction.tables
            finally:
                self._holder = None
        if transaction.wakes:
            self.wakeup.set()

    def reading(self) -> Transaction:
        """A view of what is committed now."""
        return Transaction(self._committed, writable=False)
