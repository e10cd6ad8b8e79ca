"""The table of features: every row names what serves it and what proves it, and all of that exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import typer.main
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, build_schema

from server.app import GRAPHQL
from server.cli import app
from server.exports import Exports
from server.report_pages import ReportPages

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| `(tests/[\w/]+\.py)::(\w+)` \|$")
ROWS = [ROW.match(line) for line in (ROOT / "docs/features.md").read_text().splitlines()[8:]]


def test_every_feature_has_its_row() -> None:
    numbers = [int(row[1]) for row in ROWS if row is not None]
    assert None not in ROWS
    assert numbers == list(range(1, 88))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row and row[1])
def test_what_serves_it_exists(row: re.Match[str]) -> None:
    named = re.findall(r"`([^`]+)`", row[3])
    assert named
    for name in named:
        kind, _, rest = name.partition(" ")
        if kind == "GET":
            assert rest in _pages()
        elif kind == "fiador":
            assert rest in _commands()
        else:
            type_name, _, field = name.partition(".")
            kind_of = _schema().type_map[type_name]
            assert isinstance(kind_of, GraphQLObjectType | GraphQLInterfaceType)
            assert field in kind_of.fields


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row and row[1])
def test_what_proves_it_exists(row: re.Match[str]) -> None:
    assert row[5] in _functions(row[4])


@cache
def _schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text())


@cache
def _pages() -> set[str]:
    # Where the pages are depends on nothing that they are made of.
    reports, exports = ReportPages.__new__(ReportPages), Exports.__new__(Exports)
    return {GRAPHQL, *(route.path for route in (*reports.routes(), *exports.routes()))}


@cache
def _commands() -> set[str]:
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@cache
def _functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions}
