"""Every place of the schema that takes a text or an id, and documents that fill it and show what was made of it."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    parse,
)

from api.operations import ready_made_operations
from support.desk import shared_schema

_TEXTS = ("ID", "String")
_DEPTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a text goes: the field of Query or Mutation, and the way there from its argument."""

    field: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.field, *self.path))


def places() -> list[Place]:
    """All places, those of one field side by side."""
    return [
        Place(field=name, path=path)
        for name, field in _fields().items()
        for argument, taken in field.args.items()
        for path in _paths(taken.type, (argument,), ())
    ]


def is_mutation(field: str) -> bool:
    """Whether it is a field of Mutation."""
    return field in _root("mutation_type").fields


@cache
def document_of(field: str) -> str:
    """A document that calls the field, each argument a variable of its name, and asks for whatever it shows."""
    called = _fields()[field]
    root = "mutation" if is_mutation(field) else "query"
    variables = ", ".join(f"${name}: {argument.type}" for name, argument in called.args.items())
    arguments = ", ".join(f"{name}: ${name}" for name in called.args)
    return f"{root} ({variables}) {{ {field}({arguments}) {_shown(get_named_type(called.type), _DEPTH)} }}"


@cache
def examples_of(field: str) -> list[dict[str, Any]]:
    """The example values of the ready-made operations that call the field, by argument; `{Kind}` stands for an id."""
    found = [
        _values(called, operation["variables"])
        for operation in ready_made_operations()
        for definition in parse(operation["query"]).definitions
        if isinstance(definition, OperationDefinitionNode)
        for called in definition.selection_set.selections
        if isinstance(called, FieldNode) and called.name.value == field
    ]
    assert found, f"no ready-made operation calls {field}"
    return found


def with_text(arguments: dict[str, Any], place: Place, text: str) -> dict[str, Any]:
    """The arguments with the text at the place. Of inputs that take one value only, it is the one."""
    filled = deepcopy(arguments)
    (first, *inside) = place.path
    kind: GraphQLInputType = _fields()[place.field].args[first].type
    filled[first] = _put(kind, filled.get(first), tuple(inside), text)
    return filled


def holds(arguments: Any, path: tuple[str, ...]) -> bool:
    """Whether the arguments have a value at this path."""
    if isinstance(arguments, list):
        return bool(arguments) and holds(arguments[0], path)
    if not path:
        return True
    return isinstance(arguments, dict) and path[0] in arguments and holds(arguments[path[0]], path[1:])


def _root(name: str) -> GraphQLObjectType:
    found = getattr(shared_schema().core, name)
    assert isinstance(found, GraphQLObjectType)
    return found


@cache
def _fields() -> dict[str, GraphQLField]:
    return {**_root("query_type").fields, **_root("mutation_type").fields}


def _paths(
    kind: GraphQLInputType, path: tuple[str, ...], inside: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType) and named.name not in inside:
        for name, field in named.fields.items():
            yield from _paths(field.type, (*path, name), (*inside, named.name))
    elif isinstance(named, GraphQLScalarType) and named.name in _TEXTS:
        yield path


def _put(kind: GraphQLInputType, value: Any, path: tuple[str, ...], text: str) -> Any:
    if is_non_null_type(kind):
        return _put(kind.of_type, value, path, text)
    if is_list_type(kind):
        (first, *others) = value or [None]
        return [_put(kind.of_type, first, path, text), *others]
    if not path:
        return text
    assert isinstance(kind, GraphQLInputObjectType)
    one_of = kind.extensions["strawberry-definition"].is_one_of
    known = {} if one_of and path[0] not in (value or {}) else dict(value or {})
    return {**known, path[0]: _put(kind.fields[path[0]].type, known.get(path[0]), path[1:], text)}


def _values(called: FieldNode, variables: dict[str, Any]) -> dict[str, Any]:
    return {
        argument.name.value: variables[argument.value.name.value]
        for argument in called.arguments or ()
        if isinstance(argument.value, VariableNode) and argument.value.name.value in variables
    }


def _shown(kind: GraphQLNamedType, depth: int) -> str:
    if isinstance(kind, GraphQLUnionType):
        (success,) = [member for member in kind.types if member.name.endswith("Success")]
        problems = "... on InvalidInputError { problems { path code } } ... on UserError { code }"
        return f"{{ __typename ... on {success.name} {_shown(success, depth)} {problems} }}"
    parts = ["__typename"]
    if isinstance(kind, GraphQLObjectType):
        for name, field in kind.fields.items():
            named = get_named_type(field.type)
            if any(is_required_argument(argument) for argument in field.args.values()):
                continue
            if isinstance(named, GraphQLObjectType):
                if name == "nodes" or (depth > 0 and not named.name.endswith(("Connection", "Edge"))):
                    parts.append(f"{name} {_shown(named, depth - 1)}")
            else:
                is_one_of_many = isinstance(named, GraphQLInterfaceType | GraphQLUnionType)
                parts.append(f"{name} {{ __typename }}" if is_one_of_many else name)
    return f"{{ {' '.join(parts)} }}"
