"""What is wrong with a value, told by its path and its type and never by what it holds: a value may be a password.

Of variables (`api.variables`) and of literals (`api.documents`) the same is said.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

from api.protocol_error import ProtocolCode, ProtocolError

MAX_REPEATED = 20
"""How often in a row graphql-core may report what is known already: it does so of each field that an object should not have, and prints
the whole object each time. A document of 10 kB with 1,200 such fields took 20 s."""

_EXAMPLES = {
    "Date": '"2026-01-31"',
    "DateTime": '"2026-01-31T12:00:00Z"',
    "Decimal": '"120.50"',
}


class Wrong(NamedTuple):
    """One thing that is wrong: a text of `api.texts.protocol`, and its figures."""

    text: str
    values: tuple[tuple[str, str], ...]

    def error(self, code: ProtocolCode, nodes: Collection[Node] | None = None) -> ProtocolError:
        """The error that says it."""
        return ProtocolError(code, self.text, values=dict(self.values), nodes=nodes)


class Enough(Exception):
    """As much was found wrong as is told."""


class Found:
    """What was found wrong, each thing once, and where."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: dict[Wrong, Collection[Node] | None] = {}
        self._repeated = 0
        self._enough = False

    def note(self, *found: Wrong, nodes: Collection[Node] | None = None) -> None:
        """Note what one look found. Raises Enough when looking on would bring more than is told, or hardly anything new."""
        new = [wrong for wrong in dict.fromkeys(found) if wrong not in self._found]
        self._repeated = 0 if new else self._repeated + 1
        room = self._most - len(self._found)
        self._found |= dict.fromkeys(new[:room], nodes)
        if len(new) > room or self._repeated == MAX_REPEATED:
            self._enough = True
            raise Enough

    def errors(self, code: ProtocolCode) -> list[GraphQLError]:
        """The errors that say it. The last says that there may be more, where looking ended early."""
        errors: list[GraphQLError] = [wrong.error(code, nodes) for wrong, nodes in self._found.items()]
        if self._enough:
            errors.append(ProtocolError(code, "VALUES_MORE", values={"told": len(errors)}))
        return errors


def explain(
    name: str, declared: GraphQLInputType, value: object, path: Sequence[str | int]
) -> Iterator[Wrong]:
    """What is wrong at a path inside a value, of which graphql-core says that something is. name: of the variable or argument."""
    where = ".".join(str(part) for part in (name, *path))
    found, inside = _at(declared, value, path)
    named = get_named_type(found)
    if isinstance(named, GraphQLInputObjectType) and isinstance(inside, dict):
        yield from _explain_object(where, named, inside)
    elif isinstance(named, GraphQLEnumType):
        yield _wrong("VARIABLE_TYPE", path=where, expected=f"{found} ({', '.join(named.values)})")
    else:
        example = _EXAMPLES.get(named.name)
        expected = f"{found}, {example}" if example else str(found)
        yield _wrong("VARIABLE_TYPE", path=where, expected=expected)


def refused_by_strawberry(where: str, declared: GraphQLInputType, value: object) -> Iterator[Wrong]:
    """What graphql-core lets pass: nulls where a field may be left out but not be null (`Maybe`), other than one field of a oneOf input."""
    named = get_named_type(declared)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from refused_by_strawberry(f"{where}.{index}", cast("GraphQLInputType", named), item)
    if not isinstance(named, GraphQLInputObjectType) or not isinstance(value, dict):
        return
    if named.extensions["strawberry-definition"].is_one_of and (len(value) != 1 or None in value.values()):
        yield _wrong("VARIABLE_ONE_OF", path=where, fields=", ".join(named.fields))
        return
    for name, field in named.fields.items():
        inside = f"{where}.{name}"
        meant = field.extensions["strawberry-definition"].type
        if name not in value:
            continue
        if value[name] is not None:
            yield from refused_by_strawberry(inside, field.type, value[name])
        elif isinstance(meant, StrawberryMaybe) and not isinstance(meant.of_type, StrawberryOptional):
            yield _wrong("VARIABLE_NULL", path=inside)


def shape_of(literal: ValueNode, variables: Mapping[str, object] | None = None) -> object:
    """A literal's objects, lists and nulls as those of a variable are; whatever else is in it stands for itself.

    variables: the values that stand in it; None while they are not known.
    """
    if isinstance(literal, ObjectValueNode):
        parts = {part.name.value: shape_of(part.value, variables) for part in literal.fields}
        return {name: part for name, part in parts.items() if part is not Undefined}
    if isinstance(literal, ListValueNode):
        return [shape_of(item, variables) for item in literal.values]
    if isinstance(literal, VariableNode) and variables is not None:
        return variables.get(literal.name.value, Undefined)
    return None if isinstance(literal, NullValueNode) else literal


def _at(
    declared: GraphQLInputType, value: object, path: Sequence[str | int]
) -> tuple[GraphQLInputType, object]:
    """The type that is expected at a path inside a value, and what is there."""
    found: GraphQLInputType = declared
    for part in path:
        found = found.of_type if is_non_null_type(found) else found
        if isinstance(part, int):
            found = found.of_type if is_list_type(found) else found
            value = cast("list[object]", value)[part]
        else:
            while is_list_type(found) or is_non_null_type(found):
                found = found.of_type
            found = cast("GraphQLInputObjectType", found).fields[part].type
            value = cast("dict[str, object]", value)[part]
    return found, value


def _explain_object(where: str, declared: GraphQLInputObjectType, value: Mapping[str, object]) -> list[Wrong]:
    found = [
        _wrong("VARIABLE_FIELD_MISSING", path=where, field=name)
        for name, field in declared.fields.items()
        if is_required_input_field(field) and name not in value
    ]
    if any(name not in declared.fields for name in value):
        found.append(_wrong("VARIABLE_FIELD_UNKNOWN", path=where, type=declared.name))
    return found or [_wrong("VARIABLE_TYPE", path=where, expected=str(GraphQLNonNull(declared)))]


def _wrong(text: str, **values: str) -> Wrong:
    return Wrong(text, tuple(values.items()))
