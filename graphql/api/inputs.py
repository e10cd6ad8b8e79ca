"""Reading a mutation's input: all problems are gathered, then reported at once."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from api.ids import decode_id
from core.domain.errors import InvalidInput, Problems
from core.use_cases.changes import UNSET, Change

ValueT = TypeVar("ValueT")
GivenT = TypeVar("GivenT", covariant=True)

_NOBODY = UUID(int=0)


class InputReader(Problems):
    """Reads the parts of an input. What a method answers is good only after `raise_if_any` let it pass."""

    def attempt(self, read: Callable[[], ValueT]) -> ValueT | None:
        """What `read` answers; None, and its problems noted, when it raises InvalidInput."""
        try:
            return read()
        except InvalidInput as error:
            self.extend(error)
            return None

    def id(self, kind: str, text: str, *path: str) -> UUID:
        """The record id in a global id of `kind`."""
        return self.attempt(lambda: decode_id(kind, text, *path)) or _NOBODY

    def optional_id(self, kind: str, text: str | None, *path: str) -> UUID | None:
        """The record id in a global id of `kind`; None when none is given."""
        return None if text is None else self.id(kind, text, *path)

    def ids(self, kind: str, texts: Sequence[str], *path: str) -> list[UUID]:
        """The record ids in a list of global ids of `kind`."""
        return [self.id(kind, text, *path, str(index)) for index, text in enumerate(texts)]

    def ids_at_most(self, most: int, kind: str, texts: Sequence[str], *path: str) -> list[UUID]:
        """Like `ids`; of a list that is too long nothing but that is said."""
        if len(texts) > most:
            self.add(path, "TOO_MANY", max=most)
            return []
        return self.ids(kind, texts, *path)


def named_alone(holder: object) -> str:
    """A repr that shows no values, for inputs that hold secrets."""
    return f"{type(holder).__name__}(…)"


class Given(Protocol[GivenT]):
    """A field that a client gave (`strawberry.Some`)."""

    @property
    def value(self) -> GivenT:
        """What it gave; None where it gave null."""


def change(given: Given[ValueT] | None) -> Change[ValueT]:
    """A field of an update as use cases take it: UNSET when the client left it out."""
    return UNSET if given is None else given.value


def value_or_none(given: Given[ValueT | None] | None) -> ValueT | None:
    """What a client gave; None when it left the field out."""
    return None if given is None else given.value


def left_out(**given: Given[object] | None) -> frozenset[str]:
    """The names of the fields that a client left out."""
    return frozenset(name for name, value in given.items() if value is None)
