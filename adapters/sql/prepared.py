"""Statements that are compiled once, and run by a database's driver with nothing between."""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Executable, ReturnsRows

from adapters.sql.processors import Process, from_driver, to_driver

_REMEMBERED = 1_000

Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver takes it, and what turns values of ours into the driver's and back.

    parameters: each by the name of the value that it takes, or with the constant that it is.
    """

    text: str
    parameters: tuple[tuple[str | None, Any, Process], ...]
    columns: tuple[Process, ...]
    row: Callable[[Sequence[Any]], Any]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters for these values."""
        return [
            constant if name is None else values[name] if process is None else process(values[name])
            for name, constant, process in self.parameters
        ]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """What the driver found, as rows whose values are called like the columns."""
        if not found:
            return []
        # Column by column: most need nothing done to them.
        columns = [
            column if process is None else map(process, column)
            for process, column in zip(self.columns, zip(*found, strict=True), strict=True)
        ]
        return list(map(self.row, zip(*columns, strict=True)))


class Statements:
    """The statements of one database that were compiled so far.

    Each is known by a key that holds no values: what was once asked for is not remembered, but for what `record` is asked for.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._prepared: dict[Key, Prepared] = {}
        self._records: dict[Key, tuple[tuple[Any, ...], Any]] = {}

    @property
    def known(self) -> Collection[Prepared]:
        """Those that are remembered."""
        return self._prepared.values()

    def of(self, key: Key, make: Callable[[], Executable], values: Sequence[str] = ()) -> Prepared:
        """The statement with that key, made when it is asked for the first time.

        Its named parameters take the values of their names. values: the columns that an INSERT or UPDATE sets, likewise.
        """
        known = self._prepared.get(key)
        if known is None:
            known = self._prepared[key] = prepared(make(), self._dialect, values)
            _forget_the_first(self._prepared)
        return known

    def record(
        self, key: Key, known: Prepared, found: Sequence[Sequence[Any]], made: Callable[[Any], Any]
    ) -> Any:
        """What is `made` of the first row that the driver found, or None: known by the key, and made anew when the row is not as
        it was. Only for what nobody changes in place.
        """
        if not found:
            self.forget(key)
            return None
        row = tuple(found[0])
        last = self._records.get(key)
        if last is not None and last[0] == row:
            return last[1]
        record = made(known.rows([row])[0])
        self._records[key] = row, record
        _forget_the_first(self._records)
        return record

    def forget(self, key: Key) -> None:
        """Keep nothing of a row that is about to change, or is gone."""
        self._records.pop(key, None)


def _forget_the_first(remembered: dict[Key, Any]) -> None:
    if len(remembered) > _REMEMBERED:
        del remembered[next(iter(remembered))]


def prepared(statement: Executable, dialect: Dialect, values: Sequence[str] = ()) -> Prepared:
    """The statement, compiled."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(values) or None)  # type: ignore[attr-defined]
    parameters: list[tuple[str | None, Any, Process]] = []
    for name in compiled.positiontup or ():
        known = compiled.binds[name]
        process = to_driver(known.type, dialect)
        if known.required:
            parameters.append((known.key, None, process))
        else:
            constant = known.effective_value
            parameters.append((None, constant if process is None else process(constant), None))
    columns = list(statement.exported_columns) if isinstance(statement, ReturnsRows) else []
    row: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc]
    return Prepared(
        text=str(compiled),
        parameters=tuple(parameters),
        columns=tuple(from_driver(column.type, dialect) for column in columns),
        row=row._make,
    )
