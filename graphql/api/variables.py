"""Checking variables before execution, so that no error ever repeats a value: a value may be a password."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    get_named_type,
    is_input_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)
from graphql.utilities.validate_input_value import validate_input_value
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

from api.protocol_error import ProtocolCode, ProtocolError

_EXAMPLES = {
    "Date": '"2026-01-31"',
    "DateTime": '"2026-01-31T12:00:00Z"',
    "Decimal": '"120.50"',
}


def check_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, object]
) -> list[GraphQLError]:
    """Everything that is wrong with the variables, named by path and type, never by value."""
    errors: dict[tuple[object, ...], GraphQLError] = {}
    for definition in operation.variable_definitions or ():
        for error in _check(schema, definition, variables):
            errors.setdefault((error.text, *error.values.items()), error)
    return list(errors.values())


def _check(
    schema: GraphQLSchema, definition: VariableDefinitionNode, variables: Mapping[str, object]
) -> list[ProtocolError]:
    name = definition.variable.name.value
    declared = type_from_ast(schema, definition.type)
    if declared is None or not is_input_type(declared):
        return []
    value = variables.get(name, Undefined)
    if value is Undefined:
        if is_non_null_type(declared) and definition.default_value is None:
            return [_error("VARIABLE_REQUIRED", variable=f"${name}", type=str(declared))]
        return []
    errors: list[ProtocolError] = []

    def note(_error: GraphQLError, path: Sequence[str | int]) -> None:
        found_type, found_value = _at(declared, value, path)
        where = ".".join(str(part) for part in (f"${name}", *path))
        errors.extend(_explain(where, found_type, found_value))

    validate_input_value(value, declared, note, True)
    return errors or list(_refused_nulls(declared, value, f"${name}"))


def _refused_nulls(declared: GraphQLInputType, value: object, where: str) -> Iterator[ProtocolError]:
    """Fields that may be left out but not be null: the type system has no word for them, Strawberry's `Maybe` has."""
    named = get_named_type(declared)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _refused_nulls(cast("GraphQLInputType", named), item, f"{where}.{index}")
    if not isinstance(named, GraphQLInputObjectType) or not isinstance(value, dict):
        return
    for name, field in named.fields.items():
        inside = f"{where}.{name}"
        meant = getattr(field.extensions.get("strawberry-definition"), "type", None)
        if name not in value:
            continue
        if value[name] is not None:
            yield from _refused_nulls(field.type, value[name], inside)
        elif isinstance(meant, StrawberryMaybe) and not isinstance(meant.of_type, StrawberryOptional):
            yield _error("VARIABLE_NULL", path=inside)


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


def _explain(where: str, declared: GraphQLInputType, value: object) -> list[ProtocolError]:
    named = get_named_type(declared)
    if isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        return _explain_object(where, named, value)
    if isinstance(named, GraphQLEnumType):
        expected = f"{declared} ({', '.join(named.values)})"
    else:
        example = _EXAMPLES.get(named.name)
        expected = f"{declared}, {example}" if example else str(declared)
    return [_error("VARIABLE_TYPE", path=where, expected=expected)]


def _explain_object(
    where: str, declared: GraphQLInputObjectType, value: Mapping[str, object]
) -> list[ProtocolError]:
    errors = [
        _error("VARIABLE_FIELD_MISSING", path=where, field=name)
        for name, field in declared.fields.items()
        if is_required_input_field(field) and name not in value
    ]
    if any(name not in declared.fields for name in value):
        errors.append(_error("VARIABLE_FIELD_UNKNOWN", path=where, type=declared.name))
    if declared.is_one_of and len(value) != 1:
        errors.append(_error("VARIABLE_ONE_OF", path=where, fields=", ".join(declared.fields)))
    return errors or [_error("VARIABLE_TYPE", path=where, expected=str(GraphQLNonNull(declared)))]


def _error(text: str, **values: str) -> ProtocolError:
    return ProtocolError(ProtocolCode.INVALID_VARIABLES, text, values=values)
