"""Lines of reports when the connections that rows are read by are out of order."""

import shutil
from pathlib import Path

import pytest

from core.domain.listing import ConsultationFilter
from ports.storage import StorageState, StorageUnavailable
from support.storages import sql_storage, sqlite_address


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
