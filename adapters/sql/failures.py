"""When a database does not do its part: its drivers' errors, told by what an operator would say of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import (
    SQLITE_BUSY,
    SQLITE_CANTOPEN,
    SQLITE_CORRUPT,
    SQLITE_FULL,
    SQLITE_IOERR,
    SQLITE_LOCKED,
    SQLITE_NOMEM,
    SQLITE_NOTADB,
    SQLITE_PERM,
    SQLITE_PROTOCOL,
    SQLITE_READONLY,
)

from sqlalchemy.exc import DBAPIError

from adapters.sql.places import NoConnectionFree
from ports.storage import StorageState, StorageUnavailable

_SQLITE = {
    SQLITE_BUSY: StorageState.BUSY,
    SQLITE_LOCKED: StorageState.BUSY,
    SQLITE_PROTOCOL: StorageState.BUSY,
    SQLITE_FULL: StorageState.FULL,
    SQLITE_READONLY: StorageState.READ_ONLY,
    SQLITE_CANTOPEN: StorageState.AWAY,
    SQLITE_PERM: StorageState.AWAY,
    SQLITE_IOERR: StorageState.FAILING,
    SQLITE_NOMEM: StorageState.FAILING,
    SQLITE_CORRUPT: StorageState.DAMAGED,
    SQLITE_NOTADB: StorageState.DAMAGED,
}
"""By SQLite's primary result code, the lowest byte of the code: https://sqlite.org/rescode.html."""

_POSTGRESQL = {
    "08": StorageState.AWAY,  # connection exceptions
    "25006": StorageState.READ_ONLY,  # a write in a read-only transaction, as on a standby server
    "25P03": StorageState.AWAY,  # it ended our transaction, which stood still or took too long
    "25P04": StorageState.AWAY,
    "28": StorageState.AWAY,  # it does not let us in
    "3D000": StorageState.AWAY,  # no such database
    "40001": StorageState.BUSY,  # could not serialise
    "40P01": StorageState.BUSY,  # a deadlock, of which we were the victim
    "53": StorageState.BUSY,  # insufficient resources, such as connections
    "53100": StorageState.FULL,
    "55P03": StorageState.BUSY,  # a lock is not available
    "57014": StorageState.BUSY,  # the statement took longer than the server allows
    "57P": StorageState.AWAY,  # it shuts down, crashed or is starting; idle connections that it closed
    "58": StorageState.FAILING,  # system errors, such as those of a disk
    "XX001": StorageState.DAMAGED,
    "XX002": StorageState.DAMAGED,
}
"""By SQLSTATE, or how it begins: https://www.postgresql.org/docs/current/errcodes-appendix.html. The longest match counts."""


@contextmanager
def telling(*, writable: bool) -> Iterator[None]:
    """Turn errors that speak of the database's state into StorageUnavailable, which quotes no statement and no value.

    Other errors remain what they are: violations of constraints, mistakes in our statements, and writing where the unit of
    work is not `writable`.
    """
    try:
        yield
    except NoConnectionFree:
        raise StorageUnavailable(StorageState.BUSY) from None
    except OSError:
        # A unit of work speaks to the database alone: a connection refused, broken or not answering in time is its own.
        raise StorageUnavailable(StorageState.AWAY) from None
    except Exception as error:
        state = state_of(error)
        if state is None or (state is StorageState.READ_ONLY and not writable):
            raise
        raise StorageUnavailable(state) from None


def state_of(error: Exception) -> StorageState | None:
    """What an error of a driver, in SQLAlchemy's wrapping or bare, says of its database; None when it speaks of something else."""
    driver_error = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(driver_error, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF)
    sqlstate = getattr(driver_error, "sqlstate", None)
    if isinstance(sqlstate, str):
        found = (_POSTGRESQL.get(sqlstate[:length]) for length in (5, 3, 2))
        return next(filter(None, found), None)
    return StorageState.AWAY if isinstance(error, DBAPIError) and error.connection_invalidated else None
