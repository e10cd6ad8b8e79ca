"""The schema as text, and what a change of it means for those who use it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from graphql import (
    BreakingChange,
    DangerousChange,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    find_dangerous_changes,
)

from api import schema as current

_COORDINATE = re.compile(r"@?[_A-Za-z][_0-9A-Za-z]*(?:\.[_A-Za-z][_0-9A-Za-z]*)?")


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A change between two schemas. breaking: what worked before may fail; otherwise it may surprise.

    names: the parts of the schema it speaks of, such as `Negativation.status`.
    """

    breaking: bool
    description: str
    names: tuple[str, ...]


def render_schema() -> str:
    """The schema in the schema definition language, ending with a line break; the same text every time."""
    return current.build_schema().as_str().rstrip() + "\n"


def compare(old: str, new: str) -> list[SchemaChange]:
    """What changed from `old` to `new` that matters to clients.

    Taking away what was marked as deprecated in `old` is no breaking change: its users were told.
    """
    before, after = build_schema(old), build_schema(new)
    types = {*before.type_map, *after.type_map}
    breaking = [_change(found, types) for found in find_breaking_changes(before, after)]
    dangerous = [_change(found, types) for found in find_dangerous_changes(before, after)]
    return [change for change in breaking if not _was_announced(before, change)] + dangerous


def complaints(released: str, new: str, changelog: str) -> list[str]:
    """Why `new` may not follow `released`: changes that break clients, and surprising ones that the change log's section of what
    is not yet released does not name.
    """
    unreleased = changelog.partition("\n## ")[2].partition("\n## ")[0]
    found = []
    for change in compare(released, new):
        if change.breaking:
            found.append(f"breaking: {change.description}")
        elif not any(name in unreleased for name in change.names):
            found.append(
                f"not in the change log: {change.description} (name one of: {', '.join(change.names)})"
            )
    return found


def _change(found: BreakingChange | DangerousChange, types: Collection[str]) -> SchemaChange:
    words = _COORDINATE.findall(found.description)
    names = tuple(word for word in words if word.partition(".")[0] in types)
    return SchemaChange(isinstance(found, BreakingChange), found.description, names)


def _was_announced(before: GraphQLSchema, change: SchemaChange) -> bool:
    return any(_is_deprecated(before, name) for name in change.names)


def _is_deprecated(schema: GraphQLSchema, name: str) -> bool:
    type_name, _, member = name.partition(".")
    owner = schema.type_map.get(type_name)
    if isinstance(owner, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        field = owner.fields.get(member)
        return field is not None and field.deprecation_reason is not None
    if isinstance(owner, GraphQLEnumType):
        value = owner.values.get(member)
        return value is not None and value.deprecation_reason is not None
    return False
