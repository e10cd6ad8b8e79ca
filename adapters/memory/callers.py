"""Callers that a test says are there."""

from dataclasses import dataclass

from ports.callers import Callers


@dataclass(slots=True)
class ToldCallers(Callers):
    """calling: whether anybody calls."""

    calling: bool = False

    def any(self) -> bool:
        return self.calling
