"""Identifiers in a row."""

from itertools import count
from uuid import UUID

from ports.ids import Ids


class SequentialIds(Ids):
    """1, 2, 3 … as UUIDs."""

    def __init__(self, first: int = 1) -> None:
        self._numbers = count(first)

    def new(self) -> UUID:
        return UUID(int=next(self._numbers))
