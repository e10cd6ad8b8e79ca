"""The layout that every tool relies on: `graphql/` is a source root and hides no library."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "ports", "adapters", "api", "server")


def test_the_graphql_folder_is_a_source_root_and_no_package() -> None:
    assert (ROOT / "graphql" / "api").is_dir()
    assert not (ROOT / "graphql" / "__init__.py").exists()


def test_no_test_folder_hides_graphql_core() -> None:
    # tests/ is on the path, so a folder of this name there would answer to `import graphql`.
    assert not (ROOT / "tests" / "graphql").exists()


def test_import_graphql_at_the_root_finds_graphql_core() -> None:
    command = [sys.executable, "-c", "import graphql; print(graphql.__file__, graphql.version)"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    path, version = shown.split()
    assert not Path(path).is_relative_to(ROOT / "graphql")
    assert version == importlib.metadata.version("graphql-core")


@pytest.mark.parametrize("room", ROOMS)
def test_no_dependency_ships_one_of_our_names(room: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(room, []))
    assert owners <= {"fiador"}


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_installed_from_this_checkout(room: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"import {room}; print({room}.__file__)"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert Path(shown.strip()).is_relative_to(ROOT)
