"""Dates, instants and decimal numbers on the wire. A refused value is never repeated in the error."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


def _parse_date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError('A Date is expected, such as "2026-01-31".')


def _parse_instant(value: object) -> datetime:
    if isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if instant is not None and instant.utcoffset() is not None:
            return instant.astimezone(UTC)
    raise GraphQLError('A DateTime with its zone is expected, such as "2026-01-31T12:00:00Z".')


def _serialize_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _parse_decimal(value: object) -> Decimal:
    written = value if isinstance(value, str) else repr(value) if type(value) in (int, float) else ""
    if not _DECIMAL.fullmatch(written):
        raise GraphQLError('A Decimal is expected, with a point, such as "120.50".')
    return Decimal(written)


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description='A day in the calendar of America/Sao_Paulo (data), written "2026-01-31".',
        serialize=date.isoformat,
        parse_value=_parse_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='An instant in UTC (data e hora), written "2026-01-31T12:00:00Z".',
        serialize=_serialize_instant,
        parse_value=_parse_instant,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number (número decimal), written as a string with a point: "120.50".',
        serialize=str,
        parse_value=_parse_decimal,
    ),
}
