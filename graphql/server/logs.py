"""What the processes of the service write about themselves."""

import logging

from adapters.system.logging import LogFormat, configure_logging
from server.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Write log lines as the settings say, and of other people's libraries only what needs somebody's attention."""
    configure_logging(log_format=LogFormat(settings.log_format))
    for name in ("uvicorn", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
