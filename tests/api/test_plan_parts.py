"""The parts of which plans of mutations are made, where our own schema has no example: against Strawberry's answers in a small one."""

import asyncio
import gc
import weakref
from enum import Enum
from functools import partial
from typing import Any, NewType, cast

import pytest
import strawberry
from graphql import FieldNode, OperationDefinitionNode, parse
from strawberry.schema.config import StrawberryConfig

from api.context import Context, Done
from api.execution.functions import Unplanned
from api.execution.inputs import reader
from api.execution.objects import Asking, Objects, Waiting
from api.execution.selections import Selections

NOBODY = cast("Context", None)


@strawberry.enum
class Colour(Enum):
    RED = "r"
    BLUE = "b"


def _overflows(value: object) -> str:
    if value == "too much":
        raise OverflowError
    return str(value)


Bounded = NewType("Bounded", str)


@strawberry.input
class Inside:
    words: list[str | None]
    often: int | None


@strawberry.input(one_of=True)
class OneOf:
    text: strawberry.Maybe[str | None]
    number: strawberry.Maybe[int]


@strawberry.input
class Everything:
    needed: strawberry.ID
    left_out: str | None
    colour: Colour = Colour.BLUE
    inside: Inside | None = None
    several: list[Inside] | None = None
    one: OneOf | None = None
    bounded: Bounded | None = None
    may_be_null: strawberry.Maybe[str | None]
    may_not: strawberry.Maybe[str]


@strawberry.type
class Box:
    size: int = 3

    @strawberry.field
    def times(self, factor: int = 2) -> int:
        return self.size * factor


SEEN: list[Everything] = []


@strawberry.type
class Query:
    box: Box


@strawberry.type
class Mutation:
    @strawberry.mutation
    def take(self, data: Everything) -> bool:
        SEEN.append(data)
        return True


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(scalar_map={Bounded: strawberry.scalar(name="Bounded", parse_value=_overflows)}),
)
_CORE = SCHEMA._schema
assert _CORE.mutation_type is not None
assert _CORE.query_type is not None
TAKE = _CORE.mutation_type.fields["take"]
READ = reader(TAKE.args["data"].type, TAKE.extensions["strawberry-definition"].arguments[0].type)


@pytest.mark.parametrize(
    "value",
    [
        {"needed": "1"},
        {"needed": 7, "leftOut": "x", "colour": "RED"},
        {"needed": "1", "leftOut": None, "inside": None, "several": None, "one": None},
        {"needed": "1", "inside": {"words": ["a", None]}, "bounded": "a little"},
        {"needed": "1", "inside": {"words": [], "often": 2.0}},
        {"needed": "1", "several": [{"words": ["a"]}, {"words": ["b"], "often": 3}]},
        {"needed": "1", "one": {"text": None}, "mayBeNull": None},
        {"needed": "1", "one": {"number": 3}, "mayBeNull": "x", "mayNot": "y"},
    ],
)
def test_what_is_right_is_read_as_strawberry_reads_it(value: dict[str, Any]) -> None:
    right = strawberry_takes(value)
    if right == "nothing":  # a field of a oneOf input that is null is none
        with pytest.raises(Unplanned):
            READ(value)
    else:
        assert READ(value) == right


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"needed": None},
        {"needed": 1.5},
        {"needed": "1", "unknown": 1},
        {"needed": "1", "colour": "r"},
        {"needed": "1", "colour": None, "inside": {"often": 1}},
        {"needed": "1", "inside": {"words": None}},
        {"needed": "1", "several": [None]},
        {"needed": "1", "one": {}},
        {"needed": "1", "one": {"text": "a", "number": 1}},
        {"needed": "1", "one": {"number": None}},
        {"needed": "1", "mayNot": None},
        {"needed": "1", "bounded": "too much"},
        {"needed": "1", "inside": {"words": [], "often": 2**31}},
    ],
)
def test_what_is_wrong_is_not_read(value: Any) -> None:
    with pytest.raises(Unplanned):
        READ(value)


def test_a_single_value_in_the_place_of_a_list_is_left_to_graphql_core() -> None:
    value = {"needed": "1", "inside": {"words": "word"}}
    assert cast("Everything", strawberry_takes(value)).inside == Inside(words=["word"], often=None)
    with pytest.raises(Unplanned):
        READ(value)


def strawberry_takes(value: dict[str, Any]) -> Everything | str:
    SEEN.clear()
    query = "mutation Take($data: Everything!) { take(data: $data) }"
    result = SCHEMA.execute_sync(query, variable_values={"data": value})
    if result.errors:
        return "nothing"
    return SEEN[0]


def test_fields_with_arguments_are_left_to_graphql_core() -> None:
    assert made("{ box { size } }") == {"size": 3}
    with pytest.raises(Unplanned):
        made("{ box { times(factor: 5) } }")


def made(query: str) -> Any:
    """What is made of a box."""
    operation = parse(query).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    assert node.selection_set is not None
    assert _CORE.query_type is not None
    objects = Objects(selections=Selections(schema=_CORE, fragments={}, switches={}))
    make = objects.value(_CORE.query_type.fields["box"].type, [node.selection_set])
    return make(Box(), Asking(context=NOBODY))


async def test_fields_that_wait_are_worked_out_together() -> None:
    """Otherwise each would be read for itself: a loader collects what is asked for in the same moment."""
    other_began = asyncio.Event()
    answered: dict[str, Any] = {}
    asking = Asking(context=NOBODY)

    async def first() -> int:
        await other_began.wait()
        return 1

    async def second() -> int:
        other_began.set()
        return 2

    for key, begin in (("first", first), ("second", second)):
        asking.waiting.append(Waiting(answered, key, partial(begin), lambda value, asking: value))
    async with asyncio.timeout(10):
        await asking.finish()
    assert answered == {"first": 1, "second": 2}


def test_what_was_done_is_told_without_keeping_it() -> None:
    """An error leads to all that was at hand where it was raised, passwords in an input among it."""

    class Input: ...

    def tell(given: Input, done: Done) -> None:
        with pytest.raises(RuntimeError):
            done.told()

    given = Input()
    kept = weakref.ref(given)
    gc.disable()
    try:
        tell(given, Done(error=RuntimeError("failed")))
        del given
        assert kept() is None
    finally:
        gc.enable()
