"""Identifiers."""

from abc import abstractmethod
from typing import Protocol
from uuid import UUID


class Ids(Protocol):
    """A source of identifiers."""

    @abstractmethod
    def new(self) -> UUID:
        """An identifier never given before; later ones sort after earlier ones."""
