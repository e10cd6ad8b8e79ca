"""What the processes of the service write about themselves."""

import logging
import sys
from collections.abc import Mapping

from adapters.system.logging import LogFormat, configure_logging
from server.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Write log lines as the settings say, and of other people's libraries only what needs somebody's attention."""
    configure_logging(log_format=LogFormat(settings.log_format))
    for name in ("uvicorn", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def announce(lines: Mapping[str, str | None]) -> None:
    """Tell a person where to go; what is None is left out."""
    for name, value in lines.items():
        if value is not None:
            sys.stdout.write(f"{name:<9} {value}\n")
    sys.stdout.flush()
