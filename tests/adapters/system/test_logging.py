"""What reaches the log, and what never does."""

import asyncio
import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from adapters.system.logging import LogFormat, configure_logging
from adapters.system.redaction import HIDDEN, redact, redact_text

CPF = "12345678909"
CNPJ = "12ABC34501DE35"
DEBTOR = "Maria Secreta"


@pytest.fixture
def logged(restored: None) -> Callable[[], list[dict[str, Any]]]:
    stream = io.StringIO()
    configure_logging(log_format=LogFormat.JSON, stream=stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "consulted 123.456.789-09 today",
        "consulted 12345678909 today",
        "consulted 123456789-09",
        "cpf12345678909",
        "document=12345678909&plan=1",
        "12.ABC.345/01DE-35",
        "12.abc.345/01de-35",
        "GET /v1/12.ABC.345%2F01DE-35",
        "12ABC34501DE35",
        "12abc34501de35",
        "11.222.333/0001-81",
        "11222333000181",
        "('11222333000181',)",
    ],
)
def test_documents_are_hidden(text: str) -> None:
    hidden = redact_text(text)
    assert HIDDEN in hidden
    assert not any(part in hidden.upper() for part in ("456", "45678909", "ABC", "222333", "222.333"))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer fia_abcdefgh12345678",
        "bearer  abcdefgh.ijklmnop",
        "the token fia_abcdefgh12345678 expired",
        "eyJabcdefgh.eyJabcdefgh.abcdefgh",
        "postgresql+asyncpg://fiador:abcdefgh@db:5432/fiador",
        "senha=abcdefgh",
        "novaSenha: 'abcdefgh'",
        '{"new_password": "abcdefgh 123"}',
        "{'client_secret': 'abcdefgh'}",
        "cookie=abcdefgh; path=/",
    ],
)
def test_credentials_are_hidden(text: str) -> None:
    hidden = redact_text(text)
    assert HIDDEN in hidden
    assert "abcdefgh" not in hidden


@pytest.mark.parametrize(
    "text",
    [
        "019aa8f2-5f2c-7000-8000-a12345678901",
        "2026-11-21T17:03:12.123456Z",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "listening on http://127.0.0.1:8000/graphql",
        "due in 1763751792123 ms",
        "consultation 1234567 SUCCEEDED in 231 ms",
        "INTEGRATIONS, responsabilidades e negativações",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "pefin_password",
        "newPassword",
        "senha",
        "TOKEN",
        "access_token",
        "Authorization",
        "secrets",
    ],
)
def test_values_under_a_secret_name_are_hidden_whatever_they_are(name: str) -> None:
    assert redact(None, "info", {name: {"a": 1}, "inner": [{name: "xyz"}], "kept": 1}) == {
        name: HIDDEN,
        "inner": [{name: HIDDEN}],
        "kept": 1,
    }


def test_names_that_only_sound_like_secrets_are_kept() -> None:
    event = {"tokenizer": "fast", "secretary": "Ana", "attempt": 2, "ratio": 0.5, "dry": True, "none": None}
    assert redact(None, "info", dict(event)) == event


def test_numbers_that_look_like_documents_and_unknown_objects_are_hidden() -> None:
    class Holder:
        def __repr__(self) -> str:
            return f"Holder({CPF})"

    assert redact(None, "info", {"a": int(CPF), "b": Holder(), "c": {CNPJ}}) == {
        "a": HIDDEN,
        "b": f"Holder({HIDDEN})",
        "c": [HIDDEN],
    }


def test_our_events_are_json_with_the_request_id(logged: Callable[[], list[dict[str, Any]]]) -> None:
    log = structlog.get_logger("fiador.test")
    with structlog.contextvars.bound_contextvars(request_id="019aa8f2-5f2c-7000-8000-a12345678901"):
        log.info("consulted", document=CPF, milliseconds=12)
    log.info("outside")
    inside, outside = logged()
    assert inside.pop("timestamp").endswith("Z")
    assert inside == {
        "message": "consulted",
        "level": "info",
        "logger": "fiador.test",
        "request_id": "019aa8f2-5f2c-7000-8000-a12345678901",
        "document": HIDDEN,
        "milliseconds": 12,
    }
    assert "request_id" not in outside


def test_events_of_libraries_pass_the_same_way(logged: Callable[[], list[dict[str, Any]]]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        logging.getLogger("some.library").warning("row %s of %s", CPF, {"senha": "abc"})
    (event,) = logged()
    assert event["message"] == f"row {HIDDEN} of {{'senha': {HIDDEN}}}"
    assert event["request_id"] == "r-1"
    assert "positional_args" not in event


def _refused(debtor: str) -> None:
    try:
        raise LookupError(debtor)
    except LookupError as error:
        raise ExceptionGroup(debtor, [ValueError(debtor)]) from error


def test_exceptions_are_shown_without_what_they_say(logged: Callable[[], list[dict[str, Any]]]) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        _refused(DEBTOR)
    error = caught.value
    assert error.__cause__ is not None
    error.__cause__.__context__ = error  # a chain that leads back to its beginning ends there
    structlog.get_logger().error("failed", exc_info=error)
    logging.getLogger("some.library").error("failed too", exc_info=error)
    ours, theirs = logged()
    for event in (ours, theirs):
        lines = event["exception"].splitlines()
        assert [line for line in lines if not line.startswith(" ")] == [
            "ValueError",
            "LookupError",
            "ExceptionGroup",
        ]
        assert "in _refused" in event["exception"]
        assert DEBTOR not in json.dumps(event)


async def test_the_event_loop_says_nothing_of_what_failed_in_it(
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    task = asyncio.ensure_future(asyncio.sleep(0))
    error = ValueError(DEBTOR)
    told = {"message": "Task exception was never retrieved", "exception": error, "task": repr(error)}
    asyncio.get_running_loop().default_exception_handler(told)
    await task
    (event,) = logged()
    assert (event["message"], event["exception"]) == ("Task exception was never retrieved", "ValueError")


def test_the_access_log_loses_query_strings(logged: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", "/graphql?query={viewer{name}}", "1.1", 200
    )
    assert logged()[0]["message"] == '127.0.0.1:5 - "GET /graphql HTTP/1.1" 200'


def test_http_clients_do_not_write_addresses(logged: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://bureau.example/?q=x")
    assert logged() == []


def test_the_level_holds_for_both_kinds_and_is_checked(restored: None) -> None:
    stream = io.StringIO()
    configure_logging(level="warning", log_format=LogFormat.JSON, stream=stream)
    structlog.get_logger("a").info("no")
    logging.getLogger("b").info("no")
    assert stream.getvalue() == ""
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging(level="loud")


def test_the_console_format_is_for_people(restored: None) -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    log = structlog.get_logger("fiador")
    log.info("started", port=8000)
    local_value = "-".join(["never", "shown"])
    try:
        raise RuntimeError(f"no row for {CPF}")
    except RuntimeError:
        log.exception("failed")
    shown = stream.getvalue()
    assert "started" in shown
    assert "port=8000" in shown
    assert "RuntimeError" in shown
    assert CPF not in shown
    assert local_value not in shown
    assert "\x1b[" not in shown
