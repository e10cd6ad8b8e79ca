"""What goes to the drivers, and what comes from them, is what SQLAlchemy's types make of it."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Boolean, Date, Dialect, Integer, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from adapters.sql.processors import Process, from_driver, to_driver
from adapters.sql.types import Instant, Json, Ordered, Words

DIALECTS: list[Dialect] = [sqlite.aiosqlite.dialect(), postgresql.asyncpg.dialect()]  # type: ignore[no-untyped-call]

SAO_PAULO = timezone(timedelta(hours=-3))

EXAMPLES: list[tuple[TypeEngine[Any], list[Any]]] = [
    (Uuid(), [UUID(int=0), UUID(int=2**128 - 1), UUID("01890a5d-ac96-774b-bcce-b302099a8057")]),
    (Instant(), [datetime(2026, 3, 16, 23, 30, tzinfo=SAO_PAULO), datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]),
    (Date(), [date(2026, 3, 16), date(1, 1, 1), date(9999, 12, 31), datetime(2026, 3, 16, 12, tzinfo=UTC)]),
    (Words(), ["", "São Paulo", "a\x00b", "\ud800", "😀"]),
    (Ordered(), ["", "a\x00b"]),
    (Integer(), [0, 2**40]),
    (Boolean(), [True, False]),
]


def _done(process: Process, value: object) -> object:
    return value if process is None else process(value)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(("type_", "values"), EXAMPLES, ids=lambda each: type(each).__name__)
def test_values_become_what_sqlalchemy_makes_of_them(
    dialect: Dialect, type_: TypeEngine[Any], values: list[Any]
) -> None:
    known = type_.dialect_impl(dialect)
    for value in (*values, None):
        given = _done(known.bind_processor(dialect), value)
        assert _done(to_driver(type_, dialect), value) == given
        found = _done(known.result_processor(dialect, None), given)
        assert _done(from_driver(type_, dialect), given) == found


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("value", [{"a": [1, 0.5, True, "é\x00", None]}, [], "\ud800", 2**70, None])
def test_json_says_what_sqlalchemy_says(dialect: Dialect, value: object) -> None:
    given = _done(to_driver(Json(), dialect), value)
    expected = _done(Json().dialect_impl(dialect).bind_processor(dialect), value)
    if value is None:
        assert given is expected is None
    else:
        assert json.loads(str(given)) == json.loads(str(expected)) == value


def test_an_instant_without_a_zone_goes_to_no_driver() -> None:
    for dialect in DIALECTS:
        process = to_driver(Instant(), dialect)
        assert process is not None
        with pytest.raises(ValueError, match="an instant needs its zone"):
            process(datetime(2026, 3, 16))  # noqa: DTZ001 - that is the point
