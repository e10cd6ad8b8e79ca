"""The ready-made operations: documents that front ends copy, GraphiQL opens and tests execute.

Each file of `graphql/operations/` holds one operation. A comment that begins with `# variables:` gives example values as a
JSON object, which may go on over the comment lines that follow it.
"""

import json
from pathlib import Path
from typing import TypedDict

from graphql import OperationDefinitionNode, parse

FOLDER = Path(__file__).parents[1] / "operations"
_MARK = "# variables:"


class ReadyMadeOperation(TypedDict):
    """An operation, with example values for its variables. `query` is the file without the example values."""

    name: str
    query: str
    variables: dict[str, object]


def ready_made_operations() -> list[ReadyMadeOperation]:
    """All operations, in the order of their files' names: that of a first tour."""
    return [_read(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.graphql"))]


def without_examples(text: str) -> str:
    """The document without the comment that holds example values."""
    return _split(text)[0]


def _read(text: str) -> ReadyMadeOperation:
    query, variables = _split(text)
    (definition,) = parse(query).definitions
    if not isinstance(definition, OperationDefinitionNode) or definition.name is None:
        raise ValueError("a ready-made operation has a name")
    return {"name": definition.name.value, "query": query, "variables": variables}


def _split(text: str) -> tuple[str, dict[str, object]]:
    lines = text.splitlines(keepends=True)
    starts = [index for index, line in enumerate(lines) if line.startswith(_MARK)]
    if not starts:
        return text, {}
    start = end = starts[0]
    written = ""
    while end < len(lines) and lines[end].startswith("#"):
        written += lines[end].removeprefix(_MARK).removeprefix("#")
        end += 1
    return "".join(lines[:start] + lines[end:]), json.loads(written)
