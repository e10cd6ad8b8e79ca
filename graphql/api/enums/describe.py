"""Giving an enum of the domain its GraphQL descriptions; the domain itself knows nothing of them."""

from collections.abc import Mapping
from enum import StrEnum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition


def describe(
    enum: type[StrEnum], description: str, values: Mapping[str, str], *, name: str | None = None
) -> None:
    """Make `enum` a type of the schema. `values` describes every member and nothing else."""
    members = [member.name for member in enum]
    if sorted(values) != sorted(members):
        raise ValueError(f"{enum.__name__}: the descriptions and the members differ")
    strawberry.enum(enum, name=name, description=description)
    for value in definition_of(enum).values:
        value.description = values[value.name]


def definition_of(enum: type[StrEnum]) -> StrawberryEnumDefinition:
    """The schema's definition of a described enum."""
    if not has_enum_definition(enum):
        raise ValueError(f"{enum.__name__} was not described")
    return enum.__strawberry_definition__
