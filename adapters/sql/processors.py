"""What makes the driver's values of ours, and ours of the driver's: the same as SQLAlchemy's types make of them, in fewer steps.

A type that is put together of others asks each of them about each value, and a chunk of the collection routine has thousands.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from sqlalchemy import Date, Dialect, Uuid
from sqlalchemy.types import TypeEngine

from adapters.sql.types import Instant, Json, Words, holdable, zoned

Process: TypeAlias = Callable[[Any], Any] | None
"""None where the value stays as it is."""


def to_driver(type_: TypeEngine[Any], dialect: Dialect) -> Process:
    """What makes the driver's value of a value of ours."""
    if isinstance(type_, Words):
        return holdable
    if isinstance(type_, Json):
        return _text_of_json
    for kind, (given, _) in _OWN[dialect.name].items():
        if isinstance(type_, kind):
            return given
    return type_.dialect_impl(dialect).bind_processor(dialect)


def from_driver(type_: TypeEngine[Any], dialect: Dialect) -> Process:
    """What makes our value of a value of the driver's."""
    for kind, (_, found) in _OWN[dialect.name].items():
        if isinstance(type_, kind):
            return found
    return type_.dialect_impl(dialect).result_processor(dialect, None)


def _text_of_json(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # half a surrogate pair, or a number of more than 64 bits
        return json.dumps(value)


def _digits_of_id(value: UUID | None) -> str | None:
    return None if value is None else f"{value.int:032x}"


@lru_cache(maxsize=4_096)
def _id_of_digits(digits: str | None) -> UUID | None:
    """The records of a chunk name each other and their branch: most ids are read several times."""
    return None if digits is None else UUID(digits)


def _text_of_instant(value: datetime | None) -> str | None:
    return None if value is None else _text_of_utc(zoned(value))


@lru_cache(maxsize=1_024)
def _text_of_utc(value: datetime) -> str:
    """What is stored together mostly has one instant in it, several times. The text is without its zone, which is always UTC."""
    return value.isoformat(" ", "microseconds")[:26]


def _instant_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else zoned(value)


def _text_of_day(value: date | None) -> str | None:
    return None if value is None else date.isoformat(value)


@lru_cache(maxsize=10_000)
def _day_of_text(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


_OWN: dict[str, dict[type[TypeEngine[Any]], tuple[Process, Process]]] = {
    "sqlite": {
        Uuid: (_digits_of_id, _id_of_digits),
        Instant: (_text_of_instant, _instant_of_text),
        Date: (_text_of_day, _day_of_text),
    },
    "postgresql": {Instant: (_in_utc, _in_utc)},
}
"""What goes to each database's driver, and what comes from it."""
