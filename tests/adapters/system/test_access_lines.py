"""The short way of the line that each request writes ends in the same line as the long one."""

import io
import json
import re
from datetime import UTC, datetime

import pytest
import structlog

from adapters.system import logging as logs
from adapters.system.access_lines import ACCESS, access_line
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


def _by_structlog(line: dict[str, object]) -> None:
    event = str(line["event"])
    structlog.stdlib.get_logger(ACCESS).info(event, **{k: v for k, v in line.items() if k != "event"})


def _line(log_format: LogFormat, line: dict[str, object]) -> str:
    stream = io.StringIO()
    configure_logging(log_format=log_format, stream=stream)
    if line.keys() == LINES[0].keys():
        access_line(*line.values())  # type: ignore[arg-type]
    else:
        _by_structlog(line)
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


@pytest.mark.parametrize(
    "microseconds", [0, 1, 999_999, 1_000_000, 1_700_000_000_012_300, 1_700_000_059_999_999]
)
def test_its_time_is_written_as_in_every_other(microseconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    configure_logging(log_format=LogFormat.JSON, stream=stream)
    monkeypatch.setattr("time.time_ns", lambda: microseconds * 1_000 + 999)
    access_line("GET elsewhere", 404, 0, "desk-42")
    second, fraction = divmod(microseconds, 1_000_000)
    then = datetime.fromtimestamp(second, UTC).replace(microsecond=fraction)
    assert json.loads(stream.getvalue())["timestamp"] == then.isoformat().replace("+00:00", "Z")


def test_a_line_that_holds_more_goes_the_long_way() -> None:
    line = _line(LogFormat.JSON, {**LINES[0], "senha": "abcdefgh"})
    assert '"senha"' in line
    assert "abcdefgh" not in line


def test_an_event_that_came_by_structlog_looks_like_it_too() -> None:
    stream = io.StringIO()
    configure_logging(log_format=LogFormat.JSON, stream=stream)
    _by_structlog(LINES[0])
    access_line(*LINES[0].values())  # type: ignore[arg-type]
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert {**first, "timestamp": ""} == {**second, "timestamp": ""}


def test_the_level_holds_for_it() -> None:
    stream = io.StringIO()
    configure_logging(log_format=LogFormat.JSON, stream=stream, level="WARNING")
    access_line(*LINES[0].values())  # type: ignore[arg-type]
    _by_structlog(LINES[0])
    assert stream.getvalue() == ""


def test_it_can_be_captured_like_every_other() -> None:
    configure_logging(log_format=LogFormat.JSON, stream=io.StringIO())
    with structlog.testing.capture_logs() as lines:
        access_line("GET /echo", 200, 3, "desk-42")
    assert [(line["event"], line["status"], line["ms"]) for line in lines] == [("GET /echo", 200, 3)]
