"""Fields that are worked out when asked for. None is made without its description."""

from collections.abc import Callable

import strawberry
from strawberry.types.field import StrawberryField

Resolver = Callable[..., object]


def resolved(description: str, *, name: str | None = None) -> Callable[[Resolver], StrawberryField]:
    """Make a field of a resolver."""

    def make(resolver: Resolver) -> StrawberryField:
        return strawberry.field(resolver, description=description, name=name)

    return make


def mutation(description: str) -> Callable[[Resolver], StrawberryField]:
    """Make a mutation of a resolver."""

    def make(resolver: Resolver) -> StrawberryField:
        return strawberry.mutation(resolver, description=description)

    return make
