"""When the connection that tokens are looked up by is out of order."""

import shutil
from pathlib import Path

import pytest

from adapters.sql.token_lookup import SqlTokenLookup
from support.builders import make_token
from support.storages import sql_storage, sqlite_address


async def test_what_its_own_connection_cannot_tell_is_asked_by_a_unit_of_work(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ConnectionResetError

    async with sql_storage(
        sqlite_address(Path(shutil.copy(sqlite_template, tmp_path / "fiador.db")))
    ) as storage:
        assert storage.database is not None
        token = make_token()
        async with storage.units_of_work.begin() as work:
            await work.tokens.add(token)
        monkeypatch.setattr(storage.database.driver, "glance", broken)
        lookup = SqlTokenLookup(storage.database.driver, storage.units_of_work)
        assert await lookup.by_hash(token.token_hash) == token


async def test_to_look_at_once_waits_for_nobody(sqlite_template: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(sqlite_template, tmp_path / "fiador.db"))
    async with sql_storage(sqlite_address(file)) as storage:
        assert storage.database is not None
        token = make_token()
        async with storage.units_of_work.begin() as work:
            await work.tokens.add(token)
        lookup = SqlTokenLookup(storage.database.driver, storage.units_of_work)
        async with storage.units_of_work.begin() as writing:
            await writing.tokens.add(make_token())
            assert await lookup.by_hash(token.token_hash) == token
        # The whole process would wait for a lock: it is held up by none.
        assert await storage.database.driver.glance("PRAGMA busy_timeout", []) == [(0,)]
        assert await storage.database.driver.glance("PRAGMA query_only", []) == [(1,)]
