"""The short way of the line that each request writes ends in the same line as the long one."""

import io
import re

import pytest
import structlog

from adapters.system import logging as logs
from adapters.system.access_lines import ACCESS
from adapters.system.logging import LogFormat, configure_logging

LINES = [
    {"event": "POST /graphql", "status": 200, "ms": 3, "request_id": "0123456789abcdef0123456789abcdef"},
    {"event": "GET /reports/{name}", "status": 404, "ms": 12_345, "request_id": "desk-42"},
    {
        "event": "GET elsewhere and a path that is longer than others",
        "status": 500,
        "ms": 0,
        "request_id": "a.b",
    },
    {"event": 'POST /"quoted"', "status": 200, "ms": 1, "request_id": "caller_12345678909"},
]


@pytest.fixture(autouse=True)
def _restored(restored: None) -> None:
    """What a test configures ends with it."""


def _line(log_format: LogFormat, line: dict[str, object]) -> str:
    stream = io.StringIO()
    configure_logging(log_format=log_format, stream=stream)
    event = str(line["event"])
    structlog.stdlib.get_logger(ACCESS).info(event, **{k: v for k, v in line.items() if k != "event"})
    written, count = re.subn(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", "NOW", stream.getvalue())
    assert count == 1
    return written


@pytest.mark.parametrize("line", LINES, ids=lambda line: str(line["request_id"]))
@pytest.mark.parametrize("log_format", LogFormat)
def test_it_looks_like_every_other(
    log_format: LogFormat, line: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    short = _line(log_format, line)
    with monkeypatch.context() as long_way:
        long_way.setattr(logs, "_shortcut", lambda *_: [])
        assert short == _line(log_format, line)
    assert "12345678909" not in short


def test_a_line_that_holds_more_goes_the_long_way() -> None:
    line = _line(LogFormat.JSON, {**LINES[0], "senha": "abcdefgh"})
    assert '"senha"' in line
    assert "abcdefgh" not in line
