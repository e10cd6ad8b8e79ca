"""What a start loads: the first answer waits for it, and so does every command."""

import os
import subprocess
import sys
from pathlib import Path

SERVE = """
import asyncio, sys
from server import cli
from server.serving import build_app, make_worker, open_services

async def start():
    async with open_services(cli._settings(), with_sandbox=True, with_all_keys=True) as services:
        build_app(services, make_worker(services), None)

asyncio.run(start())
print(*sys.modules)
"""

NEEDED_LATER = {
    "adapters.connect_sa.sandbox",
    "adapters.reports.html",
    "alembic",
    "babel",
    "holidays",
    "jinja2",
    "jwt",
    "server.demo",
    "server.imports.command",
    "typst",
    "xlsxwriter",
}
"""Needed by the first report, migration, download, … or by other commands; each takes long to load."""

NOT_FOR_HELP = {
    "api",
    "asyncio",
    "graphql",
    "httpx",
    "pydantic",
    "sqlalchemy",
    "strawberry",
    "structlog",
    "uvicorn",
}


def test_serving_loads_only_what_it_needs_to_answer(tmp_path: Path) -> None:
    first, second = (_loaded(SERVE, tmp_path) for _ in range(2))
    assert first & NEEDED_LATER == {"alembic"}, "the first start makes the tables"
    assert second & NEEDED_LATER == set()
    assert second >= {"server.app", "strawberry", "sqlalchemy"}


def test_the_command_line_loads_no_library_but_its_own(tmp_path: Path) -> None:
    loaded = _loaded("import sys; from server import cli; print(*sys.modules)", tmp_path)
    assert loaded & NOT_FOR_HELP == set()
    assert "typer" in loaded


def _loaded(program: str, folder: Path) -> set[str]:
    settings = {
        "FIADOR_DATABASE_URL": f"sqlite:///{folder}/fiador.db",
        "FIADOR_HOMOLOGATION_URL": "http://127.0.0.1:9",
    }
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        check=True,
        text=True,
    )
    return set(ran.stdout.split())
