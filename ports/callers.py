"""Those who wait for answers while something long goes on beside them."""

from abc import abstractmethod
from typing import Protocol


class Callers(Protocol):
    """Tells what works in the background whether it keeps anybody waiting."""

    @abstractmethod
    def any(self) -> bool:
        """Whether anybody calls this process: waits for an answer, or had one a moment ago."""
