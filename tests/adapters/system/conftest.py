"""What a test does to the process's logging ends with it."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def restored() -> Iterator[None]:
    names = ("", "httpx", "httpcore", "uvicorn.access")
    kept = [
        (logging.getLogger(n), logging.getLogger(n).level, logging.getLogger(n).filters[:]) for n in names
    ]
    handlers = logging.getLogger().handlers[:]
    # A server that a test ran in this process has given these loggers handlers of their own.
    for logger in (logging.getLogger("uvicorn"), logging.getLogger("uvicorn.access")):
        logger.handlers, logger.propagate = [], True
    yield
    for logger, level, filters in kept:
        logger.setLevel(level)
        logger.filters[:] = filters
    logging.getLogger().handlers[:] = handlers
    structlog.reset_defaults()
