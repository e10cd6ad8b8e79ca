"""The file of a SQLite database, as long as it is open."""

import os
from pathlib import Path

from ports.storage import StorageState, StorageUnavailable


class SqliteFile:
    """Watches that the file stays in its place.

    SQLite does not notice when a file is moved away: it goes on writing into it, and opening it anew would make an empty
    one. Whatever were answered as done then would be lost. So nothing is done while the file is not where it was found
    first; it goes on by itself when it is back. Another file in its place is left alone until a restart, which
    migrates it first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: tuple[int, int] | None = None

    def require(self) -> None:
        """Raise StorageUnavailable when the file is not there, or is another one."""
        try:
            status = os.stat(self._path)  # noqa: PTH116 - half the price, and asked before each statement
        except OSError:
            raise StorageUnavailable(StorageState.AWAY) from None
        found = (status.st_dev, status.st_ino)
        if self._found is None:
            self._found = found
        elif found != self._found:
            raise StorageUnavailable(StorageState.REPLACED)
