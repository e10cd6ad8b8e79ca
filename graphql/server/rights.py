"""Which door wants which scope: the table of `docs/security.md`, read off the code that checks."""

import sys
from collections.abc import Iterator
from typing import Any

import typer

from api.permissions import permission_of
from api.schema import MUTATIONS, QUERIES
from server import cli
from server.exports import DOWNLOADS, FORMATS
from server.report_pages import PAGES

MARK = "<!-- scopes: python -m server.rights -->"
END = "<!-- /scopes -->"

PUBLIC = {
    "/": "leads to `/graphql`",
    "/graphql/assets/{name}": "GraphiQL's own files",
    "/health/live": "",
    "/health/ready": "",
}
"""Addresses that want no token: they show nothing of the company."""


def rights() -> Iterator[tuple[str, str, str]]:
    """Every operation: its kind, its name and what it wants."""
    for kind, fields in (("query", QUERIES), ("mutation", MUTATIONS)):
        for field in fields:
            permission = permission_of(field)
            if permission is None:
                raise LookupError(f"{field.python_name} states no permission")
            yield kind, f"`{_camel(field.python_name)}`", permission.wants
    for name, permission in PAGES.items():
        yield "page", f"`/consultations/{{number}}/{name}`", permission.wants
    for name, permission in DOWNLOADS.items():
        files = " ".join(f"`/reports/{name}.{writer.extension}`" for writer in FORMATS)
        yield "download", files, permission.wants
    for path, what in PUBLIC.items():
        yield "page", f"`{path}`" + (f" ({what})" if what else ""), "no token"
    # There is no further check: whoever runs commands in the service's name holds the database and its key.
    for command in _commands(typer.main.get_command(cli.app)):
        yield "command", f"`fiador {command}`", "the account that the service runs in"


def table() -> str:
    """The table in Markdown, between its marks."""
    rows = [f"| {kind} | {name} | {wants} |" for kind, name, wants in rights()]
    return "\n".join([MARK, "| | operation | needs |", "|---|---|---|", *rows, END])


def _commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
