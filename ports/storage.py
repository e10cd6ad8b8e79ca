"""What becomes of the storage: that it is out of order, and how, and a look at whether it works."""

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class StorageState(StrEnum):
    """Why the storage does not do its part. All but DAMAGED and REPLACED end without anybody touching this service."""

    FULL = "full"
    """There is no room left: what is stored can be read, nothing can be added."""

    READ_ONLY = "read-only"
    """It can be read but not written: no right to write, a read-only disk, a standby server."""

    BUSY = "busy"
    """Others hold what is needed, a lock or every connection, for longer than anybody should wait."""

    AWAY = "away"
    """It cannot be reached, does not let us in, is starting or shutting down, or the connection broke."""

    FAILING = "failing"
    """Its disk reports errors."""

    DAMAGED = "damaged"
    """What is stored is no longer readable as a database: restore a backup."""

    REPLACED = "replaced"
    """Another file stands where the database was opened: put the first one back, or restart."""


@dataclass(eq=False)
class StorageUnavailable(Exception):
    """The storage did not do its part. Raised by anything that a unit of work or the queue does, also by its commit.

    Nothing of the unit of work has taken effect, unless the connection broke while it was being committed: then nobody
    knows. So whoever repeats must do so with the same keys; what was begun before is found by them.
    """

    state: StorageState

    def __str__(self) -> str:
        return f"the storage is {self.state}"


class StorageCheck(Protocol):
    """A look at whether the storage works."""

    @abstractmethod
    async def check(self) -> None:
        """Write a little and read it again. Raises StorageUnavailable."""
