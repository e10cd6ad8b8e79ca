"""`fiador backup`: the SQLite database, copied while the service runs."""

import sys
from pathlib import Path

from adapters.sql.backup import back_up
from server.settings import Settings


def write_backup(settings: Settings, file: Path, *, replace: bool) -> None:
    """Copy the database and tell what was copied. Raises BackupFailed."""
    written = back_up(settings.database_url, file, replace=replace)
    sys.stdout.write(
        f"{file}: {written.size} bytes, {written.pages} pages, {written.tables} tables, checked; "
        "the secret key is not in it: keep a copy of that elsewhere\n"
    )
