"""Every ready-made operation works, and answers in the shape that was agreed."""

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from api.operations import ready_made_operations
from support.desk import Desk, shared_schema
from support.tour import furnish, variables_of

OPERATIONS = {operation["name"]: operation for operation in ready_made_operations()}


@pytest.fixture
def database_address() -> None:
    """Everything is in memory, and graphql-core alone answers: these tests look at what it asks for."""


@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_ready_made_operation_succeeds(name: str, desk: Desk, snapshot: SnapshotAssertion) -> None:
    operation = OPERATIONS[name]
    variables = await variables_of(desk.world, operation)
    if re.search("^query", operation["query"], re.MULTILINE):
        await furnish(desk.world)
    answer = await desk.ask(operation["query"], variables)
    result = answer.one()
    if isinstance(result, dict) and "__typename" in result:
        assert result["__typename"].endswith("Success"), result
    assert {"variables": operation["variables"], "answer": _shape(answer.data)} == snapshot


def test_each_field_of_query_and_mutation_has_a_ready_made_operation() -> None:
    documents = "\n".join(operation["query"] for operation in OPERATIONS.values())
    roots = (shared_schema().core.query_type, shared_schema().core.mutation_type)
    names = [name for root in roots if root is not None for name in root.fields]
    assert [name for name in names if not re.search(rf"^  {name}\b", documents, re.MULTILINE)] == []


def test_the_tour_begins_with_who_is_calling() -> None:
    assert ready_made_operations()[0]["name"] == "WhoAmI"


def test_the_example_values_are_no_part_of_the_document() -> None:
    assert [
        operation["name"] for operation in OPERATIONS.values() if "# variables" in operation["query"]
    ] == []


def _shape(value: Any, key: str = "") -> Any:
    """What an answer is made of, without its values."""
    if isinstance(value, dict):
        return {name: _shape(inside, name) for name, inside in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    if key == "__typename":
        return value
    return None if value is None else type(value).__name__
