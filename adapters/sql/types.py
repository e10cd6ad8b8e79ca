"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

REPLACEMENT = "\ufffd"


class Number(TypeDecorator[int]):
    """A sequential number. SQLite gives numbers itself only to a column that it calls INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Instant(TypeDecorator[datetime]):
    """An instant: UTC and with its zone, in and out. SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = zoned(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from outside. What neither database can hold (NUL, half a surrogate pair) becomes U+FFFD instead of an error."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return holdable(value)


class Ordered(Words):
    """Text that is ordered by code point on both databases, whatever the server's language."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text(collation="C") if dialect.name == "postgresql" else Text()


class Json(TypeDecorator[Any]):
    """A JSON document; None is NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True


def zoned(instant: datetime) -> datetime:
    """The instant in UTC. Raises ValueError when it has no zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(UTC)


def holdable(text: str | None) -> str | None:
    """The text as both databases can hold it."""
    if text is None or (text.isascii() and "\x00" not in text):
        return text
    return "".join(_holdable(character) for character in text)


def _holdable(character: str) -> str:
    return REPLACEMENT if character == "\x00" or "\ud800" <= character <= "\udfff" else character
