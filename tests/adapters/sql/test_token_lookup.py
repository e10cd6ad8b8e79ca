"""Looking tokens up by the driver: once for who asks in the same round, and when its connection is out of order."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest

from adapters.sql.sqlite_file import SqliteFile
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


async def test_who_asks_in_the_same_round_is_told_the_same_and_who_comes_after_is_not(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(shutil.copy(sqlite_template, tmp_path / "fiador.db"))
    looked = 0
    require = SqliteFile.require

    def counted(self: SqliteFile) -> None:
        nonlocal looked
        looked += 1
        require(self)

    async with sql_storage(sqlite_address(file)) as storage:
        assert storage.database is not None
        token, another = make_token(), make_token()
        async with storage.units_of_work.begin() as work:
            await work.tokens.add(token)
            await work.tokens.add(another)
        lookup = SqlTokenLookup(storage.database.driver, storage.units_of_work)
        monkeypatch.setattr(SqliteFile, "require", counted)
        shown = [token.token_hash, another.token_hash, "of none"] * 3
        assert await asyncio.gather(*map(lookup.by_hash, shown)) == [token, another, None] * 3
        assert looked == 3

        # By somebody who needs no round of this loop for it.
        elsewhere = sqlite3.connect(file, isolation_level=None)
        assert await lookup.by_hash(token.token_hash) == token
        after = asyncio.create_task(lookup.by_hash(token.token_hash))
        elsewhere.execute("DELETE FROM access_tokens")
        elsewhere.close()
        assert await after is None
