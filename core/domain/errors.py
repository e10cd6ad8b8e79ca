"""What can go wrong, as data. No error here carries prose: messages are written where the reader's language is known.

Errors that speak of one part of the domain stand beside it (see `consultation`, `negativation`, `credentials`,
`integration`, `bureau`); this module holds what every part uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


class DomainError(Exception):
    """A failure that the domain expects; its fields say what happened."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where (`path`, in the caller's field names), which rule (`code`), and its figures."""

    path: tuple[str, ...]
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class InvalidInput(DomainError):
    """The input breaks rules; `problems` names all of them, never only the first."""

    problems: tuple[Problem, ...]


@dataclass(eq=False, kw_only=True)
class NotFound(DomainError):
    """No such record, or none that this caller may see. `kind` is the record's type, `path` the input field."""

    kind: str
    path: tuple[str, ...]


@dataclass(eq=False, kw_only=True)
class Forbidden(DomainError):
    """The caller's token lacks `scope`, or does not reach the record's branch when `scope` is present."""

    scope: str


@dataclass(eq=False, kw_only=True)
class IdempotencyConflict(DomainError):
    """The idempotency key was used before with another input."""

    key: str


@dataclass(eq=False, kw_only=True)
class Conflict(DomainError):
    """Another change got there first, or the record's state does not allow this one. `reason` is a stable code."""

    reason: str
    params: Mapping[str, str | int] = field(default_factory=dict)


class Problems:
    """Collects problems while an input is read, so that all of them are reported at once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, path: tuple[str, ...], code: str, **params: str | int) -> None:
        """Note a broken rule."""
        self._found.append(Problem(path, code, params))

    def extend(self, error: InvalidInput) -> None:
        """Note the problems of a part that was read on its own."""
        self._found.extend(error.problems)

    def __bool__(self) -> bool:
        return bool(self._found)

    def error(self) -> InvalidInput:
        """Everything noted so far, to be raised."""
        return InvalidInput(problems=tuple(self._found))

    def raise_if_any(self) -> None:
        """Raise InvalidInput with everything noted so far, if anything was."""
        if self._found:
            raise self.error()
