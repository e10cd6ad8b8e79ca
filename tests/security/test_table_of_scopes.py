"""The table of scopes in docs/security.md is what the code checks, and its threat model names what attacks it."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from server.app import build_app
from server.exports import DOWNLOADS, FORMATS
from server.report_pages import PAGES
from server.rights import END, MARK, PUBLIC, table
from server.services import open_services
from server.settings import load_settings
from server.working import make_worker

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"


def test_the_document_holds_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    written = MARK + text.partition(MARK)[2].partition(END)[0] + END
    assert written == table(), "put what `python -m server.rights` prints between the marks"


async def test_every_address_is_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIADOR_DATABASE_URL", raising=False)
    async with open_services(load_settings(), with_sandbox=False) as services:
        app: Any = build_app(services, make_worker(services), None)
    while not isinstance(app, Starlette):
        app = vars(app).get("app") or vars(app)["_app"]
    paths = {route.path for route in app.routes if isinstance(route, Route)}
    pages = {f"/consultations/{{number}}/{name}" for name in PAGES}
    files = {f"/reports/{name}.{writer.extension}" for name in DOWNLOADS for writer in FORMATS}
    assert paths == {"/graphql", *PUBLIC, *pages, *files}


def test_the_threat_model_names_the_tests_that_there_are() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    named = {(DOCUMENT.parent / link).resolve() for link in re.findall(r"\]\((\.\./tests/[^)]+)\)", text)}
    assert [path for path in named if not path.exists()] == []
    attacks = set(Path(__file__).parent.glob("test_*.py")) - {Path(__file__)}
    assert attacks - named == set()
