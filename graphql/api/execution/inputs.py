"""From a mutation's input type to what makes its Python value of a variable: put together once, instead of walking the type anew for
each request, once to check the value, once to coerce it and once to convert it.

Only values that are right are read. Whatever is unusual is Unplanned, and graphql-core says what is wrong with it.
"""

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any, TypeAlias

import strawberry
from graphql import (
    GraphQLInputObjectType,
    Undefined,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from strawberry.types.base import StrawberryMaybe, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from api.execution.functions import Unplanned

Read: TypeAlias = Callable[[Any], Any]
"""Makes what a resolver is given of a value of JSON. Raises Unplanned for one that is not right."""


def reader(type_: Any, meant: Any) -> Read:
    """What reads values of an input type. meant: the same type as Strawberry knows it. Raises Unplanned."""
    if isinstance(meant, StrawberryMaybe):
        return _given(type_, meant)
    required = is_non_null_type(type_)
    read = _present(type_.of_type if required else type_, meant)

    def value_or_null(value: Any) -> Any:
        if value is not None:
            return read(value)
        if required:
            raise Unplanned
        return None

    return value_or_null


def _given(type_: Any, meant: StrawberryMaybe) -> Read:
    """For fields that tell whether they were given."""
    nullable = isinstance(meant.of_type, StrawberryOptional)
    read = _present(type_, meant.of_type)

    def some(value: Any) -> Any:
        if value is not None:
            return strawberry.Some(read(value))
        if not nullable:
            raise Unplanned
        return strawberry.Some(None)

    return some


def _present(type_: Any, meant: Any) -> Read:
    while isinstance(meant, StrawberryOptional | LazyType):
        meant = meant.of_type if isinstance(meant, StrawberryOptional) else meant.resolve_type()
    if is_list_type(type_):
        return _list(reader(type_.of_type, meant.of_type))
    if is_input_object_type(type_):
        return _object(type_, meant)
    return _leaf(type_.coerce_input_value)


def _leaf(coerce: Callable[[Any], Any]) -> Read:
    def leaf(value: Any) -> Any:
        try:
            read = coerce(value)
        except Exception:  # whatever it is, graphql-core says that the value is wrong
            raise Unplanned from None
        if read is None or read is Undefined:
            raise Unplanned
        return read

    return leaf


def _list(read: Read) -> Read:
    def items(value: Any) -> Any:
        if type(value) is not list:
            raise Unplanned
        return [read(item) for item in value]

    return items


def _object(type_: GraphQLInputObjectType, made: type) -> Read:
    definition = type_.extensions["strawberry-definition"]
    if definition.origin is not made or definition.from_input is not None:
        raise Unplanned
    known: dict[str, tuple[str, Read]] = {}
    absent: dict[str, None] = {}
    for name, each in type_.fields.items():
        field: StrawberryField = each.extensions["strawberry-definition"]
        known[name] = field.python_name, reader(each.type, field.resolve_type(type_definition=definition))
        if field.default_value is MISSING and field.default_factory is MISSING:
            absent[field.python_name] = None
    required = {name for name, each in type_.fields.items() if is_required_input_field(each)}
    one_of = definition.is_one_of

    def input_object(value: Any) -> Any:
        if type(value) is not dict or not required <= value.keys() or (one_of and not _is_one(value)):
            raise Unplanned
        given: dict[str, Any] = absent.copy()
        for name, inside in value.items():
            if name not in known:
                raise Unplanned
            python_name, read = known[name]
            given[python_name] = read(inside)
        return made(**given)

    return input_object


def _is_one(value: dict[str, Any]) -> bool:
    return len(value) == 1 and None not in value.values()
