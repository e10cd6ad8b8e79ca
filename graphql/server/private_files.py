"""Small files that only their owner reads: the keys of stored passwords (one a line, the first writes), the demo's token."""

import contextlib
import os
from pathlib import Path

from adapters.crypto.keys import generate_key
from server.settings import DATA_FOLDER, WrongSettings

KEY_FILE = DATA_FOLDER / "secret.key"
DEMO_TOKEN_FILE = DATA_FOLDER / "demo-token"

_NOTICE = "*\n"


def make_data_folder() -> None:
    """The folder for what is kept on disk, hidden from git and from other users. Raises WrongSettings."""
    try:
        DATA_FOLDER.mkdir(mode=0o700, exist_ok=True)
        ignore = DATA_FOLDER / ".gitignore"
        if not ignore.exists():
            ignore.write_text(_NOTICE, encoding="utf-8")
    except OSError as error:
        raise WrongSettings(
            f"cannot write to {DATA_FOLDER}: {(error.strerror or 'refused').lower()}"
        ) from None


def secret_keys(configured: tuple[str, ...]) -> tuple[str, ...]:
    """The configured keys, or those of the key file, which is made at the first start. Raises WrongSettings."""
    if configured:
        return configured
    make_data_folder()
    if not KEY_FILE.exists():
        with contextlib.suppress(FileExistsError):  # another process was quicker: its key is the key
            write_private(KEY_FILE, generate_key())
    return tuple(read_private(KEY_FILE).split())


def write_private(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a file for the owner's eyes only. Raises FileExistsError when it is there and may not be replaced."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if replace else os.O_EXCL)
    with os.fdopen(os.open(path, flags, mode=0o600), "w", encoding="ascii") as file:
        file.write(f"{text}\n")
    path.chmod(0o600)


def read_private(path: Path) -> str:
    """What the file holds. Raises WrongSettings when it cannot be read."""
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise WrongSettings(f"cannot read {path}") from None
