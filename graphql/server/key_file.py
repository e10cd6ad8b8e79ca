"""The key file while it changes: read anew by whoever runs, changed by one at a time and as a whole."""

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from adapters.crypto.vault import AesGcmVault
from server.private_files import KEY_FILE, read_private, secret_keys
from server.settings import WrongSettings

LOCK_FILE = KEY_FILE.with_suffix(".lock")

SETTLED_AFTER = timedelta(minutes=10)
"""How long an old key stays after a new one came: longer than anything takes from being sealed to being stored or used up."""

Stamp = tuple[int, int]


def open_vault(configured: tuple[str, ...]) -> AesGcmVault:
    """The vault over the configured keys; over the key file, as it is at each moment, when none are configured.

    Raises InvalidSecretKeys, WrongSettings.
    """
    if configured:
        return AesGcmVault(configured)
    # The stamp first, here and below: what is written between the two is then read once more, not missed.
    seen = _stamp()
    return AesGcmVault(secret_keys(()), newer=_changed_since(seen))


def _changed_since(seen: Stamp | None) -> Callable[[], tuple[str, ...] | None]:
    def newer() -> tuple[str, ...] | None:
        nonlocal seen
        now = _stamp()
        if now is None or now == seen:
            return None
        seen = now
        with contextlib.suppress(WrongSettings):
            return tuple(read_private(KEY_FILE).split())
        return None

    return newer


def _stamp() -> Stamp | None:
    """What tells one state of the file from another: each is a file of its own that takes the place of the last."""
    try:
        state = KEY_FILE.stat()
    except OSError:
        return None
    return state.st_ino, state.st_mtime_ns


@contextlib.contextmanager
def changing_keys() -> Iterator[None]:
    """Keep other processes from changing the key file; the system lets go even of one that was killed.

    Raises WrongSettings when another one is at it.
    """
    with LOCK_FILE.open("a") as lock:
        LOCK_FILE.chmod(0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WrongSettings("the keys are being changed by another process") from None
        yield


def write_keys(keys: tuple[str, ...]) -> None:
    """Replace the key file, whole or not at all, also when the power fails; readable by its owner only."""
    # mkstemp makes a file of mode 0600
    descriptor, name = tempfile.mkstemp(dir=KEY_FILE.parent, prefix=f"{KEY_FILE.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{key}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(KEY_FILE)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(KEY_FILE.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def age_of_keys() -> timedelta:
    """How long the key file has been as it is."""
    return timedelta(seconds=time.time() - KEY_FILE.stat().st_mtime)
