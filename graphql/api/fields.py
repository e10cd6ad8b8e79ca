"""Fields that are worked out when asked for. None is made without its description, and none of Query and Mutation without its permission."""

from collections.abc import Callable

import strawberry
from strawberry.types.field import StrawberryField

from api.permissions import Guard, Permission

Resolver = Callable[..., object]


def resolved(description: str, *, name: str | None = None) -> Callable[[Resolver], StrawberryField]:
    """Make a field of a type of a resolver."""

    def make(resolver: Resolver) -> StrawberryField:
        return strawberry.field(resolver, description=description, name=name)

    return make


def query(description: str, *, permission: Permission) -> Callable[[Resolver], StrawberryField]:
    """Make a field of Query of a resolver. The description goes on with what it needs."""

    def make(resolver: Resolver) -> StrawberryField:
        told = f"{description} Needs {permission.wants}."
        return strawberry.field(resolver, description=told, extensions=[Guard(permission)])

    return make


def mutation(description: str, *, permission: Permission) -> Callable[[Resolver], StrawberryField]:
    """Make a mutation of a resolver. The description goes on with what it needs."""

    def make(resolver: Resolver) -> StrawberryField:
        told = f"{description} Needs {permission.wants}."
        return strawberry.mutation(resolver, description=told, extensions=[Guard(permission)])

    return make
