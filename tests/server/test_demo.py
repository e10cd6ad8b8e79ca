"""The demo fills a database once, whatever happens in between."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server import sandbox
from server.demo.command import fill_demo
from server.private_files import DEMO_TOKEN_FILE
from server.settings import load_settings

DATABASE = Path(".fiador/fiador.db")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIADOR_DATABASE_URL", raising=False)
    monkeypatch.setattr(sandbox, "SANDBOX_PORT", 0)


def _tables() -> dict[str, list[Any]]:
    """Everything in the database but what SQLite keeps for itself."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    with closing(sqlite3.connect(DATABASE)) as connection:
        names = [row[0] for row in connection.execute(tables)]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608


def _count(query: str) -> dict[str, int]:
    with closing(sqlite3.connect(DATABASE)) as connection:
        return dict(connection.execute(query).fetchall())


@pytest.fixture
async def _filled(_here: None) -> None:
    await fill_demo(load_settings(), only_if_empty=False)


@pytest.mark.usefixtures("_filled")
async def test_running_it_twice_changes_nothing() -> None:
    before, token = _tables(), DEMO_TOKEN_FILE.read_text()
    provider = json.loads(sandbox.STATE_FILE.read_text())
    await fill_demo(load_settings(), only_if_empty=False)
    assert _tables() == before
    assert DEMO_TOKEN_FILE.read_text() == token
    assert json.loads(sandbox.STATE_FILE.read_text()) == provider


@pytest.mark.usefixtures("_filled")
async def test_what_is_missing_is_added_and_what_is_there_stays() -> None:
    def everything() -> dict[str, int]:
        return {name: len(rows) for name, rows in _tables().items()}

    before = everything()
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.execute("DELETE FROM invoices WHERE external_id LIKE 'demo-customer-00%-invoice-2'")
        connection.execute("UPDATE customers SET name = 'Renamed' WHERE external_id = 'demo-customer-0002'")
    assert everything()["invoices"] < before["invoices"]
    await fill_demo(load_settings(), only_if_empty=False)
    assert everything() == before
    assert _count("SELECT name, 1 FROM customers WHERE external_id = 'demo-customer-0002'") == {"Renamed": 1}


@pytest.mark.usefixtures("_filled")
async def test_it_leaves_a_token_for_its_owner_alone() -> None:
    assert DEMO_TOKEN_FILE.read_text().startswith("fia_")
    assert stat.S_IMODE(DEMO_TOKEN_FILE.stat().st_mode) == 0o600


@pytest.mark.usefixtures("_filled")
async def test_a_token_that_opens_nothing_is_replaced() -> None:
    token = DEMO_TOKEN_FILE.read_text()
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.execute("UPDATE access_tokens SET revoked_at = created_at")
    await fill_demo(load_settings(), only_if_empty=True)
    assert DEMO_TOKEN_FILE.read_text() == token
    await fill_demo(load_settings(), only_if_empty=False)
    assert DEMO_TOKEN_FILE.read_text() != token


@pytest.mark.usefixtures("_filled")
async def test_some_customers_were_consulted() -> None:
    assert _count("SELECT outcome, count(*) FROM consultations GROUP BY 1") == {"SUCCEEDED": 3}


async def test_a_provider_elsewhere_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_HOMOLOGATION_URL", "http://127.0.0.1:9")
    await fill_demo(load_settings(), only_if_empty=True)
    assert _count("SELECT outcome, count(*) FROM consultations GROUP BY 1") == {}
    assert _count("SELECT 'branches', count(*) FROM branches") == {"branches": 3}
