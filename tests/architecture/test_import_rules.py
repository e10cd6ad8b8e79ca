"""The import rules hold, and each of them was seen to fail when broken."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("core", "ports", "adapters", "graphql/api", "graphql/server")

LAYERS = "Doors open inwards only"
USE_CASES = "Adapters know ports and the domain, not the use cases"
ADAPTERS = "Adapters do not know each other"
INSIDE = "The inside stands on the standard library alone"
API = "The API knows no database and no HTTP client"

MAY_IMPORT = {
    "core.domain": ("core.domain",),
    "ports": ("ports", "core.domain"),
    "core.use_cases": ("core.use_cases", "ports", "core.domain"),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, to break without harm."""
    copy = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for source in SOURCES:
        shutil.copytree(ROOT / source, copy / source, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def broken_contracts(checkout: Path) -> set[str]:
    """The names of the contracts that import-linter reports as broken."""
    path = os.pathsep.join([str(checkout), str(checkout / "graphql")])
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = dict(re.findall(r"^(\S.*) (KEPT|BROKEN)$", ran.stdout, flags=re.MULTILINE))
    assert set(verdicts) == {LAYERS, USE_CASES, ADAPTERS, INSIDE, API}, ran.stdout + ran.stderr
    broken = {name for name, verdict in verdicts.items() if verdict == "BROKEN"}
    assert ran.returncode == (1 if broken else 0)
    return broken


def test_every_contract_is_kept(checkout: Path) -> None:
    assert broken_contracts(checkout) == set()


@pytest.mark.parametrize(
    ("room", "imported", "expected"),
    [
        ("core/domain", "ports", {LAYERS}),
        ("core/domain", "core.use_cases", {LAYERS}),
        ("ports", "core.use_cases", {LAYERS}),
        ("core/use_cases", "adapters.memory", {LAYERS}),
        ("core/use_cases", "api", {LAYERS}),
        ("adapters/sql", "api", {LAYERS}),
        ("adapters/sql", "server", {LAYERS}),
        ("graphql/api", "adapters.crypto", {LAYERS, API}),
        ("graphql/api", "server", {LAYERS, API}),
        ("adapters/reports", "core.use_cases", {USE_CASES}),
        ("adapters/connect_sa", "adapters.sql", {ADAPTERS}),
        ("adapters/memory", "adapters.crypto", {ADAPTERS}),
        ("adapters/oidc", "adapters.connect_sa", {ADAPTERS}),
        ("core/domain", "pydantic", {INSIDE}),
        ("core/use_cases", "structlog", {INSIDE}),
        ("ports", "sqlalchemy.orm", {INSIDE}),
        ("core/use_cases", "jwt", {INSIDE}),
        ("graphql/api", "sqlmodel", {API}),
        ("graphql/api", "httpx", {API}),
    ],
)
def test_a_forbidden_import_breaks_its_contract(
    checkout: Path, room: str, imported: str, expected: set[str]
) -> None:
    intruder = checkout / room / "intruder.py"
    intruder.write_text(f"import {imported}\n", encoding="utf-8")
    try:
        assert broken_contracts(checkout) >= expected
    finally:
        intruder.unlink()


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_inside_imports_the_standard_library_and_its_own_rooms_only(room: str) -> None:
    graph = grimp.build_graph("core", "ports", include_external_packages=True, cache_dir=None)
    foreign = {
        f"{module} imports {imported}"
        for module in sorted(graph.modules)
        if _within(module, room)
        for imported in graph.find_modules_directly_imported_by(module)
        if not any(_within(imported, allowed) for allowed in MAY_IMPORT[room])
        and imported.split(".")[0] not in sys.stdlib_module_names
    }
    assert foreign == set()


def test_no_import_is_hidden_from_run_time() -> None:
    # The container reads annotations when the program runs: an import for the type checker alone breaks it.
    hidden = [
        str(path.relative_to(ROOT))
        for source in SOURCES
        for path in sorted((ROOT / source).rglob("*.py"))
        if re.search(r"\bTYPE_CHECKING\b", path.read_text(encoding="utf-8"))
    ]
    assert hidden == []


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
