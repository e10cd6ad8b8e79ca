"""The line that is written for each request: it looks like every other, and is put together at once."""

import json
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog

from adapters.system.redaction import redact_text

ACCESS = "server.access"
"""The name of the logger whose events have a message, `status`, `ms` (milliseconds) and `request_id`, and nothing else."""

_FIELDS = {"event", "status", "ms", "request_id"}


def access_lines(form: Callable[..., str], write: Callable[[str], None]) -> structlog.typing.Processor:
    """A structlog processor that writes the events of `ACCESS` in a form, `in_json` or `for_people`, and leaves others alone.

    What all processors after it do for an event of any kind is most of what an answer without any data costs.
    """

    def processor(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if logger.name != ACCESS or method != "info" or event.keys() != _FIELDS:
            return event
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        write(
            form(_clean(event["event"]), event["status"], event["ms"], redact_text(event["request_id"]), now)
        )
        raise structlog.DropEvent

    return processor


def in_json(message: str, status: int, milliseconds: int, request_id: str, now: str) -> str:
    """As `structlog.processors.JSONRenderer` writes it."""
    return (
        f'{{"status": {status}, "ms": {milliseconds}, "request_id": "{request_id}", "logger": "{ACCESS}", '
        f'"level": "info", "timestamp": "{now}", "message": {_quoted(message)}}}'
    )


def for_people(message: str, status: int, milliseconds: int, request_id: str, now: str) -> str:
    """As `structlog.dev.ConsoleRenderer` writes it without colours."""
    return f"{now} [info     ] {message:<30} [{ACCESS}] ms={milliseconds} request_id={request_id} status={status}"


_clean = lru_cache(maxsize=256)(redact_text)
_quoted = lru_cache(maxsize=256)(lambda text: json.dumps(text, ensure_ascii=False))
