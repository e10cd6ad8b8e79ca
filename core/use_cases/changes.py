"""What an update command says of a field: a new value, None to clear it, or nothing at all (UNSET)."""

from dataclasses import Field, fields
from enum import Enum
from typing import Any, ClassVar, Final, Protocol, TypeAlias, TypeVar


class Unset(Enum):
    """The type of UNSET."""

    UNSET = "UNSET"


UNSET: Final = Unset.UNSET
"""The field stays as it is."""

ValueT = TypeVar("ValueT")

Change: TypeAlias = ValueT | Unset
"""A field of an update command; its None, where the type admits one, clears the field."""


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def given(changes: _Dataclass) -> dict[str, Any]:
    """The fields of an update that were given, to be put in place of the current ones."""
    values = {field.name: getattr(changes, field.name) for field in fields(changes)}
    return {name: value for name, value in values.items() if value is not UNSET}


def changed(change: ValueT | Unset, current: ValueT) -> ValueT:
    """The value that holds after the update."""
    return current if isinstance(change, Unset) else change


def changed_fields(before: _Dataclass, after: _Dataclass) -> list[str]:
    """The names of the fields that differ, as the API spells them (camelCase), for the audit trail."""
    names = (field.name for field in fields(before))
    return [_camel(name) for name in names if getattr(before, name) != getattr(after, name)]


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(map(str.capitalize, tail))
