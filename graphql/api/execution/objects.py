"""From a selection to what makes an answer of the objects of the schema's types that a resolver gave: fields, masks and resolvers are
looked up once, not for each object.

Only answers without errors are made. Whatever is unusual is Unplanned.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, TypeAlias, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLLeafType,
    GraphQLObjectType,
    SelectionSetNode,
    Undefined,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from api.context import Context
from api.errors.base import UserError
from api.execution.functions import Unplanned
from api.execution.selections import Selected, Selections


class Waiting(NamedTuple):
    """A field whose resolver waits for something: its place in the answer, how to begin it, what makes its value of the result."""

    answered: dict[str, Any]
    key: str
    begin: Callable[[], Awaitable[Any]]
    make: "Make"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What resolvers are given as `info`: of all that it holds, ours use the context. waiting: fields that are left for later."""

    context: Context
    waiting: list[Waiting] = field(default_factory=list)

    async def finish(self) -> None:
        """Work out the fields that wait, those of a level at once, so that loaders read together what they ask for."""
        while self.waiting:
            level = self.waiting.copy()
            self.waiting.clear()
            if len(level) == 1:
                found = [await level[0].begin()]
            else:
                found = await asyncio.gather(*(each.begin() for each in level), return_exceptions=True)
            for each, value in zip(level, found, strict=True):
                if isinstance(value, BaseException):
                    raise value
                each.answered[each.key] = each.make(value, self)


Make: TypeAlias = Callable[[Any, Asking], Any]
"""Makes what an answer holds of what a resolver gave."""


@dataclass(slots=True, kw_only=True)
class Objects:
    """Puts them together. Its methods raise Unplanned."""

    selections: Selections

    def value(self, type_: Any, selected: Sequence[SelectionSetNode]) -> Make:
        """What makes values of an output type, with what is selected of it."""
        required = is_non_null_type(type_)
        make = self._present(type_.of_type if required else type_, selected)

        def value_or_null(value: Any, asking: Asking) -> Any:
            if value is not None:
                return make(value, asking)
            if required:
                raise Unplanned
            return None

        return value_or_null

    def _present(self, type_: Any, selected: Sequence[SelectionSetNode]) -> Make:
        if is_list_type(type_):
            return _list(self.value(type_.of_type, selected))
        if is_leaf_type(type_):
            return _leaf(type_)
        if is_object_type(type_):
            return self._object(type_, selected)
        return self._one_of(type_, selected)

    def _one_of(self, type_: GraphQLAbstractType, selected: Sequence[SelectionSetNode]) -> Make:
        """Of a union or an interface, by the class of the object. Errors may be unplanned: they are seldom answered."""
        made: dict[type, Make] = {}
        for each in self.selections.schema.get_possible_types(type_):
            kind = _class_of(each)
            try:
                made[kind] = self._object(each, selected)
            except Unplanned:
                if not issubclass(kind, UserError):
                    raise

        def whichever(value: Any, asking: Asking) -> Any:
            make = made.get(type(value))
            if make is None:
                raise Unplanned
            return make(value, asking)

        return whichever

    def _object(self, type_: GraphQLObjectType, selected: Sequence[SelectionSetNode]) -> Make:
        kind = _class_of(type_)
        parts: list[tuple[str, Make]] = []
        waiting: list[tuple[str, Callable[[Any, Asking], Awaitable[Any]], Make]] = []
        for each in self.selections.of(type_.name, selected):
            if each.name == "__typename":
                parts.append((each.key, partial(_constant, type_.name)))
                continue
            known, resolve = self._resolve(type_, each)
            make = self.value(type_.fields[each.name].type, each.inside)
            if known.is_async:
                parts.append((each.key, partial(_constant, None)))
                waiting.append((each.key, resolve, make))
            else:
                parts.append((each.key, _resolved(resolve, make)))

        def object_(value: Any, asking: Asking) -> Any:
            if type(value) is not kind:
                raise Unplanned
            answered = {key: make(value, asking) for key, make in parts}
            for key, resolve, make in waiting:
                asking.waiting.append(Waiting(answered, key, partial(resolve, value, asking), make))
            return answered

        return object_

    def _resolve(self, type_: GraphQLObjectType, selected: Selected) -> tuple[StrawberryField, Make]:
        definition = type_.fields[selected.name]
        if definition.args:
            raise Unplanned
        known: StrawberryField = definition.extensions["strawberry-definition"]
        resolve = _own(known) if known.base_resolver is None else _called(known.base_resolver)
        if known.is_async and known.extensions:
            raise Unplanned
        for extension in known.extensions:
            resolve = partial(extension.resolve, resolve)
        return known, resolve


def _class_of(type_: GraphQLObjectType) -> type:
    definition = type_.extensions["strawberry-definition"]
    if definition.is_graphql_generic or definition.concrete_of is not None:
        raise Unplanned
    kind: type = definition.origin
    return kind


def _own(known: StrawberryField) -> Make:
    name = known.python_name

    def attribute(value: Any, asking: Asking) -> Any:
        return getattr(value, name)

    return attribute


def _called(resolver: StrawberryResolver[Any]) -> Make:
    if resolver.self_parameter is None or resolver.root_parameter or resolver.parent_parameter:
        raise Unplanned
    function = cast("Callable[..., Any]", resolver.wrapped_func)
    if resolver.info_parameter is None:
        return lambda value, asking: function(value)
    return lambda value, asking: function(value, info=asking)


def _resolved(resolve: Make, make: Make) -> Make:
    return lambda value, asking: make(resolve(value, asking), asking)


def _list(make: Make) -> Make:
    def items(value: Any, asking: Asking) -> Any:
        if type(value) is not list:
            raise Unplanned
        return [make(item, asking) for item in value]

    return items


def _leaf(type_: GraphQLLeafType) -> Make:
    coerce = type_.coerce_output_value

    def leaf(value: Any, asking: Asking) -> Any:
        answered = coerce(value)
        if answered is None or answered is Undefined:
            raise Unplanned
        return answered

    return leaf


def _constant(text: str | None, value: Any, asking: Asking) -> Any:
    return text
