"""Bearer tokens that nobody can guess."""

from abc import abstractmethod
from typing import Protocol


class TokenSource(Protocol):
    """A source of tokens."""

    @abstractmethod
    def new(self) -> str:
        """A token of at least 256 random bits, never given before."""
