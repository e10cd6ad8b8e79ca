"""`fiador backup` and `fiador refetch`: the database copied while the service runs, and what to do after a restore."""

import sys
from pathlib import Path

from adapters.sql.backup import BackupFailed, back_up
from adapters.sql.refetch import forget_cursors
from core.use_cases.fetch_results import PREFIX
from ports.clock import Clock
from server.mendable import Mendable
from server.services import open_services
from server.settings import Settings


def write_backup(settings: Settings, file: Path, *, replace: bool) -> None:
    """Copy the database and tell what was copied. Raises Mendable."""
    try:
        written = back_up(settings.database_url, file, replace=replace)
    except BackupFailed as error:
        raise Mendable(str(error)) from None
    sys.stdout.write(
        f"{file}: {written.size} bytes, {written.pages} pages, {written.tables} tables, checked; "
        "the secret key is not in it: keep a copy of that elsewhere\n"
    )


async def refetch_results(settings: Settings) -> None:
    """Have the bureau tell its results again from the beginning.

    What is known already changes nothing; what was told to a database that was lost since is learnt again. Raises
    WrongSettings.
    """
    async with open_services(settings, with_sandbox=False) as services:
        count = await forget_cursors(services.database, services.container.resolve(Clock), PREFIX)
    sys.stdout.write(f"the results of {count} integrations are fetched from the beginning\n")
