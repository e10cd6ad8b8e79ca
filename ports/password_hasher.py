"""Slow hashes, for the history of passwords."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from core.domain.secret import Secret


class PasswordHasher(Protocol):
    """Hashes that are too slow to guess with. MUST NOT block the event loop."""

    @abstractmethod
    async def hash(self, password: Secret) -> str:
        """A salted hash."""

    @abstractmethod
    async def matches_any(self, password: Secret, hashes: Sequence[str]) -> bool:
        """Whether the password is the one behind any of the hashes."""
