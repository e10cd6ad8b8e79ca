"""Structured logs: one stream for our own events and those of libraries, with personal data and secrets hidden."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import nullcontext
from enum import StrEnum
from functools import partial
from typing import Any, NoReturn, TextIO

import structlog
from structlog.typing import ExcInfo, Processor

from adapters.system.access_lines import AccessLines, for_people, in_json
from adapters.system.redaction import redact


class LogFormat(StrEnum):
    """How log lines look: for people, or one JSON object a line for collectors."""

    CONSOLE = "console"
    JSON = "json"


_QUIET = ("httpx", "httpcore")
"""Loggers that write whole addresses at level INFO; documents may stand in their query strings."""


def configure_logging(
    *, level: str = "INFO", log_format: LogFormat = LogFormat.CONSOLE, stream: TextIO | None = None
) -> None:
    """Send everything that is logged, by structlog or the standard library, to `stream` (standard error).

    Calling it again replaces what was configured before. Raises ValueError for an unknown level.
    """
    # What no line shows need not be found out for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    written: list[Processor] = [
        structlog.processors.ExceptionRenderer(_without_messages),
        redact,
        *_renderer(log_format, handler.stream),
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    access = logging.getLogger("uvicorn.access")
    access.filters[:] = [without_query]
    logging.getLogger("asyncio").filters[:] = [without_objects]
    structlog.configure(
        processors=[
            *_shortcut(log_format, handler),
            structlog.stdlib.filter_by_level,
            *shared,
            *written,
            partial(_finish, handler),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def without_query(record: logging.LogRecord) -> bool:
    """Cut the query string off the path in a line of uvicorn's access log; the line itself always passes."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            arg.split("?", 1)[0] if isinstance(arg, str) and arg.startswith("/") else arg
            for arg in record.args
        )
    return True


def without_objects(record: logging.LogRecord) -> bool:
    """Cut off what the event loop shows of tasks, with what their exceptions say; the line itself always passes."""
    record.msg, record.args = record.getMessage().split("\n", 1)[0], None
    return True


def _without_messages(exc_info: ExcInfo) -> str:
    """The frames and the type of an exception and of each that led to it, the first one first.

    What it says is left out: it may quote whatever was refused, a debtor's name too, which no pattern would find.
    """
    return "\n".join(_frames(exc_info[1], set()))


def _frames(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for each in (*inner, before):
        if each is not None and id(each) not in seen:
            yield from _frames(each, seen)
    yield "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__


def _finish(handler: logging.StreamHandler[TextIO], _logger: Any, _method: str, line: Any) -> NoReturn:
    """The end of our own events: a record of the standard library around a finished line would cost as much as all before it."""
    _write(handler, line)
    raise structlog.DropEvent


def _write(handler: logging.StreamHandler[TextIO], line: str) -> None:
    stream = handler.stream
    with handler.lock or nullcontext():
        stream.write(f"{line}\n")
        stream.flush()


def _shortcut(log_format: LogFormat, handler: logging.StreamHandler[TextIO]) -> list[Processor]:
    if log_format is LogFormat.JSON:
        return [AccessLines(in_json, partial(_write, handler))]
    return [] if handler.stream.isatty() else [AccessLines(for_people, partial(_write, handler))]


def _renderer(log_format: LogFormat, stream: TextIO) -> list[Processor]:
    if log_format is LogFormat.JSON:
        return [
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    return [
        structlog.dev.ConsoleRenderer(
            colors=stream.isatty(),
            # never rich tracebacks: they show the values of local variables
            exception_formatter=structlog.dev.plain_traceback,
        )
    ]
