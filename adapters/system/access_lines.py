"""The line that is written for each request: it looks like every other, and is put together at once."""

import json
import logging
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog

from adapters.system.redaction import redact_text

ACCESS = "server.access"
"""The name of the logger whose events have a message, `status`, `ms` (milliseconds) and `request_id`, and nothing else."""

_logger = logging.getLogger(ACCESS)
_log = structlog.stdlib.get_logger(ACCESS)

_FIELDS = {"event", "status", "ms", "request_id"}


class AccessLines:
    """Writes the events of `ACCESS` in a form, `in_json` or `for_people`. As structlog's first processor it leaves others alone.

    What all processors after it do for an event of any kind is most of what an answer without any data costs.
    """

    def __init__(self, form: Callable[..., str], write: Callable[[str], None]) -> None:
        self._form = form
        self._write = write

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if logger.name != ACCESS or method != "info" or event.keys() != _FIELDS:
            return event
        self.line(event["event"], event["status"], event["ms"], event["request_id"])
        raise structlog.DropEvent

    def line(self, message: str, status: int, milliseconds: int, request_id: str) -> None:
        """Write one, unless the level does not let it through."""
        if _logger.isEnabledFor(logging.INFO):
            now = _instant(time.time_ns() // 1_000)
            self._write(self._form(_clean(message), status, milliseconds, redact_text(request_id), now))


def access_line(message: str, status: int, milliseconds: int, request_id: str) -> None:
    """Log what became of a request: past structlog where its first processor would write the line all the same."""
    first = structlog.get_config()["processors"][0]
    if isinstance(first, AccessLines):
        first.line(message, status, milliseconds, request_id)
    else:
        _log.info(message, status=status, ms=milliseconds, request_id=request_id)


def in_json(message: str, status: int, milliseconds: int, request_id: str, now: str) -> str:
    """As `structlog.processors.JSONRenderer` writes it."""
    return (
        f'{{"status": {status}, "ms": {milliseconds}, "request_id": "{request_id}", "logger": "{ACCESS}", '
        f'"level": "info", "timestamp": "{now}", "message": {_quoted(message)}}}'
    )


def for_people(message: str, status: int, milliseconds: int, request_id: str, now: str) -> str:
    """As `structlog.dev.ConsoleRenderer` writes it without colours."""
    return f"{now} [info     ] {message:<30} [{ACCESS}] ms={milliseconds} request_id={request_id} status={status}"


def _instant(microseconds: int) -> str:
    """As `structlog.processors.TimeStamper` writes it; a second's part is the same for many lines."""
    second, fraction = divmod(microseconds, 1_000_000)
    return f"{_second(second)}.{fraction:06}Z" if fraction else f"{_second(second)}Z"


_second = lru_cache(maxsize=1)(lambda second: datetime.fromtimestamp(second, UTC).isoformat()[:-6])
_clean = lru_cache(maxsize=256)(redact_text)
_quoted = lru_cache(maxsize=256)(lambda text: json.dumps(text, ensure_ascii=False))
