"""Statements that are compiled once, and run by a database's driver with nothing between."""

from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Executable, ReturnsRows

_REMEMBERED = 1_000

Process: TypeAlias = Callable[[Any], Any] | None
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
        row, columns = self.row, self.columns
        return [
            row(
                [
                    value if process is None else process(value)
                    for value, process in zip(each, columns, strict=True)
                ]
            )
            for each in found
        ]


class Statements:
    """The statements of one database that were compiled so far.

    Each is known by a key that holds no values: what was once asked for is not remembered.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._prepared: dict[Key, Prepared] = {}

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
            if len(self._prepared) > _REMEMBERED:
                del self._prepared[next(iter(self._prepared))]
        return known


def prepared(statement: Executable, dialect: Dialect, values: Sequence[str] = ()) -> Prepared:
    """The statement, compiled."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(values) or None)  # type: ignore[attr-defined]
    parameters: list[tuple[str | None, Any, Process]] = []
    for name in compiled.positiontup or ():
        known = compiled.binds[name]
        process = known.type.dialect_impl(dialect).bind_processor(dialect)
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
        columns=tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ),
        row=row._make,
    )
