"""The README says what there is: every setting, command and operation, and the sandbox's documents as they are."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from graphql import GraphQLObjectType

from adapters.connect_sa.sandbox import (
    DEMO_LOGINS,
    INITIAL_CONSULTATION_PASSWORD,
    INITIAL_PEFIN_PASSWORD,
)
from adapters.connect_sa.sandbox.scenarios import markdown_table
from api.schema import build_schema
from server import cli
from server.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _operations(kind: str) -> list[str]:
    root = build_schema().core.type_map[kind]
    assert isinstance(root, GraphQLObjectType)
    return sorted(root.fields)


def _commands() -> list[str]:
    commands: dict[str, Any] = vars(typer.main.get_command(cli.app))["commands"]
    groups = {name: vars(found).get("commands", {}) for name, found in commands.items()}
    return [f"{name} {sub}".strip() for name, subs in groups.items() for sub in (subs or [""])]


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_each_setting_is_in_the_table(setting: str) -> None:
    assert f"| `{PREFIX}{setting.upper()}` |" in README


def test_no_setting_is_in_the_table_that_is_none() -> None:
    told = re.findall(rf"`{PREFIX}([A-Z_]+)`", README)
    assert {name.lower() for name in told} == set(Settings.model_fields)


@pytest.mark.parametrize("command", _commands())
def test_each_command_is_told_of(command: str) -> None:
    assert f"`fiador {command}" in README


@pytest.mark.parametrize("operation", [*_operations("Mutation"), *_operations("Query")])
def test_each_operation_is_told_of(operation: str) -> None:
    assert f"`{operation}`" in README


def test_the_sandbox_documents_are_those_of_the_sandbox() -> None:
    told = re.search(r"<!-- documents.*?-->\n(.*?)<!-- /documents -->", README, re.DOTALL)
    assert told is not None
    assert told[1].strip() == markdown_table().strip()


def test_the_sandbox_accounts_are_those_of_the_sandbox() -> None:
    for word in (*DEMO_LOGINS, INITIAL_CONSULTATION_PASSWORD, INITIAL_PEFIN_PASSWORD):
        assert f"`{word}`" in README


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\((?!https?://|#|<)([^)]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
