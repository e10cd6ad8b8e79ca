"""Lines of reports, as far as the connections matter that rows are read by."""

import asyncio
import shutil
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from adapters.sql.database import Database
from adapters.sql.drivers import READERS
from adapters.sql.migrate import migrate
from adapters.sql.report_lines import SqlReportLines
from core.domain.listing import ConsultationFilter, NegativationFilter
from core.use_cases import report_chunks
from core.use_cases.report_chunks import chunks_of
from ports.storage import StorageState, StorageUnavailable
from support.records import store_company, store_negativation
from support.storages import sql_storage, sqlite_address

PATIENCE = 30


@pytest.mark.parametrize(
    ("error", "state"), [(TimeoutError, StorageState.BUSY), (ConnectionResetError, StorageState.AWAY)]
)
async def test_what_the_driver_fails_of_is_told(
    error: type[Exception],
    state: StorageState,
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object) -> None:
        raise error

    file = Path(shutil.copy(sqlite_template, tmp_path / "fiador.db"))
    async with sql_storage(sqlite_address(file)) as storage:
        assert storage.database is not None
        monkeypatch.setattr(storage.database.driver, "fetch", broken)
        with pytest.raises(StorageUnavailable) as failed:
            await storage.report_lines().consultations(ConsultationFilter(), 0, 10)
    assert failed.value.state is state


async def test_how_the_server_writes_days_and_instants_does_not_matter(postgres_address: str) -> None:
    there = "timezone=America%2FSao_Paulo&datestyle=German&intervalstyle=postgres_verbose"
    async with sql_storage(f"{postgres_address}&{there}") as storage:
        assert storage.database is not None
        ((zone,),) = await storage.database.driver.fetch("SHOW timezone", [])
        assert zone == "America/Sao_Paulo"
        async with storage.units_of_work.begin() as work:
            at = datetime(2026, 1, 31, 23, 30, 5, 70, tzinfo=UTC)
            company = await store_company(work)
            await store_negativation(work, company, created_at=at, due_on=date(2026, 1, 2))
        found = (await storage.report_lines().negativations(NegativationFilter(), 0, 10)).lines()
    assert list(found.created_at) == ["2026-01-31T23:30:05.00007"]
    assert list(found.due_on) == ["2026-01-02"]


async def test_who_stops_early_gives_the_connection_back(
    bare_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_chunks, "CHUNK", 1)
    await migrate(bare_address)
    async with sql_storage(bare_address) as storage, storage.units_of_work.begin() as work:
        company = await store_company(work)
        for _ in range(3):
            await store_negativation(work, company)
    database = Database(bare_address, pool_size=2)
    lines = SqlReportLines(database)
    async with asyncio.timeout(PATIENCE):
        for _ in range(2 * READERS):
            chunks = chunks_of(partial(lines.negativations, NegativationFilter()))
            assert list((await anext(chunks)).number) == [1]
            await chunks.aclose()
        every = chunks_of(partial(lines.negativations, NegativationFilter()))
        assert [list(chunk.number) async for chunk in every] == [[1], [2], [3]]
    await database.close()
