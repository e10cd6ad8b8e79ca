"""Every library is there for something, and the record of decisions says what for."""

import re
import tomllib

import pytest

from supply_chain.scripts import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WANTED = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["postgres"]]
RUN_TIME = [re.split(r"[^A-Za-z0-9_-]", each)[0] for each in WANTED]
DEVELOPMENT = [
    name
    for each in PROJECT["dependency-groups"]["dev"]
    if "stubs" not in (name := re.split(r"[^A-Za-z0-9_-]", each)[0]) and not name.startswith("types-")
]

MODULES = {"strawberry-graphql": "strawberry", "argon2-cffi": "argon2", "pyjwt": "jwt"}
"""The modules of libraries whose name is another."""

LOADED_BY_OTHERS = {"sniffio": "httpcore", "httptools": "uvicorn"}
"""Libraries that nothing of ours imports, and what does."""


@pytest.mark.parametrize("library", RUN_TIME)
def test_each_library_of_the_service_is_used(library: str) -> None:
    module = MODULES.get(library, library.replace("-", "_"))
    importing = re.compile(rf"^ *(import|from) {module}\b|import_module\(.{module}.\)", re.MULTILINE)
    sources = [
        path for room in ("core", "ports", "adapters", "graphql") for path in (ROOT / room).rglob("*.py")
    ]
    used = any(importing.search(path.read_text(encoding="utf-8")) for path in sources)
    assert used or library in LOADED_BY_OTHERS


@pytest.mark.parametrize("library", [*RUN_TIME, *DEVELOPMENT])
def test_each_library_is_accounted_for(library: str) -> None:
    record = (ROOT / "docs/decisions/0007-libraries.md").read_text(encoding="utf-8")
    assert re.search(rf"[| ]{library}[ ,|]", record), library
