"""Looking access tokens up by one statement, run by the database's driver without anything between."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.types import TypeEngine

from adapters.sql.drivers import Driver
from adapters.sql.mapping.administration import token_of
from adapters.sql.processors import from_driver
from adapters.sql.tables import METADATA, AccessTokenRow
from adapters.sql.types import Json
from core.domain.access import AccessToken
from ports.rows import Form
from ports.token_lookup import TokenLookup
from ports.unit_of_work import UnitsOfWork

_TABLE = METADATA.tables[str(AccessTokenRow.__tablename__)]

_REMEMBERED = 1_000


class SqlTokenLookup(TokenLookup):
    """One statement. When it fails, a unit of work is asked, which tries again and says what is wrong with the database."""

    def __init__(self, driver: Driver, units_of_work: UnitsOfWork) -> None:
        self._driver = driver
        self._units_of_work = units_of_work
        wanted = select(*_TABLE.c).where(_TABLE.c.token_hash == bindparam("token_hash"))
        self._statement = str(wanted.compile(dialect=driver.dialect))
        # Rows, not answers, are remembered: the same values make the same token.
        self._token = lru_cache(maxsize=_REMEMBERED)(_reader(driver))

    async def by_hash(self, token_hash: str) -> AccessToken | None:
        try:
            rows = await self._driver.glance(self._statement, [token_hash])
        except Exception:
            async with self._units_of_work.read() as work:
                return await work.tokens.by_hash(token_hash)
        return self._token(tuple(rows[0])) if rows else None


def _reader(driver: Driver) -> Callable[[Sequence[Any]], AccessToken]:
    processors = {column.name: _processor(column.type, driver) for column in _TABLE.c}

    def token(row: Sequence[Any]) -> AccessToken:
        values = {
            name: value if process is None or value is None else process(value)
            for (name, process), value in zip(processors.items(), row, strict=True)
        }
        return token_of(SimpleNamespace(**values))  # type: ignore[arg-type]

    return token


def _processor(type_: TypeEngine[Any], driver: Driver) -> Callable[[Any], Any] | None:
    """What makes the row's value of the driver's."""
    if isinstance(type_, Json):
        return driver.forms[Form.JSON]
    return from_driver(type_, driver.dialect)
