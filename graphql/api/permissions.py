"""What a field of Query or Mutation wants of whoever calls: stated once, checked before the field is worked out, and said in its
description.

The use cases check for themselves as well: they are called by other doors, too.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from api.context import Info
from core.domain.access import Caller, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """every: scopes that are all wanted. one_of: scopes of which one is enough. every_branch: only tokens that are not limited to
    some branches. besides: what else is wanted for some inputs, which the inside decides.
    """

    every: tuple[Scope, ...] = ()
    one_of: tuple[Scope, ...] = ()
    every_branch: bool = False
    besides: str = ""

    def check(self, caller: Caller) -> None:
        """Raise Forbidden naming what the caller lacks."""
        caller.require(*self.every)
        if self.one_of:
            caller.require_one_of(*self.one_of)
        if self.every_branch:
            caller.require_every_branch()

    @property
    def wants(self) -> str:
        """The same in words, such as `CONFIGURE and a token that reaches every branch`."""
        scopes = [*self.every, " or ".join(self.one_of)] if self.one_of else [*self.every]
        branches = ["a token that reaches every branch"] if self.every_branch else []
        stated = " and ".join([*scopes, *branches]) or "no scope"
        return f"{stated}, {self.besides}" if self.besides else stated


ANYBODY = Permission()
"""Whoever holds a token."""


def needs(*scopes: Scope, every_branch: bool = False, besides: str = "") -> Permission:
    """A permission that wants all of these scopes."""
    return Permission(every=scopes, every_branch=every_branch, besides=besides)


def needs_one_of(*scopes: Scope) -> Permission:
    """A permission that wants one of these scopes; whoever has none is told of the first."""
    return Permission(one_of=scopes)


class Guard(FieldExtension):
    """Stands before a field of Query or Mutation."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **arguments: Any) -> Any:
        """Check, then let the field be worked out."""
        self.permission.check(info.context.caller)
        return next_(source, info, **arguments)

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **arguments: Any
    ) -> Any:
        """Check, then let the field be worked out, unless a plan did."""
        if info.context.done is not None:
            return info.context.done.told()
        self.permission.check(info.context.caller)
        return await next_(source, info, **arguments)


def permission_of(field: StrawberryField) -> Permission | None:
    """What is stated for a field; None when nothing is."""
    return next((found.permission for found in field.extensions if isinstance(found, Guard)), None)
