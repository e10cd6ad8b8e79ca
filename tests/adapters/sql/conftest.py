"""Databases of both kinds, without any table."""

from pathlib import Path

import pytest

from support.storages import sqlite_address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of each kind that has no tables."""
    if request.param == "sqlite":
        return sqlite_address(tmp_path / "deeper" / "fiador.sqlite3")
    fresh: str = request.getfixturevalue("bare_postgres_address")
    return fresh
