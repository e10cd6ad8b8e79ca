"""What the network and the provider may do, and the failure class of each: one row per way to fail."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from adapters.connect_sa import client as clients
from adapters.connect_sa import exchange as exchanging
from adapters.connect_sa.client import ConnectSaBureau
from core.domain.bureau import BureauFailure, CredentialKind, Environment, FailureClass
from core.domain.secret import Secret
from core.use_cases.delivery import MARGIN
from support.connect_sa import (
    CONSULTING,
    PEFIN,
    make_exclusion,
    make_inclusion,
    make_order,
)
from support.documents import synthetic_cnpj

ADDRESSES = {Environment.HOMOLOGATION: "http://provider.test"}
TRANSIENT, UNDETERMINED = FailureClass.TRANSIENT, FailureClass.UNDETERMINED

Invoke = Callable[[ConnectSaBureau], Awaitable[object]]

WRITES: dict[str, Invoke] = {
    "consult": lambda bureau: bureau.consult(CONSULTING, make_order()),
    "register": lambda bureau: bureau.register(PEFIN, make_inclusion()),
    "clear": lambda bureau: bureau.clear(PEFIN, make_exclusion(make_inclusion())),
    "change_password": lambda bureau: bureau.change_password(PEFIN, CredentialKind.PEFIN, Secret("581642")),
    "watch": lambda bureau: bureau.watch(CONSULTING, synthetic_cnpj(1)),
    "unwatch": lambda bureau: bureau.unwatch(CONSULTING, synthetic_cnpj(1)),
}
COUNTED: dict[str, Invoke] = {
    "test_credentials": lambda bureau: bureau.test_credentials(PEFIN, CredentialKind.PEFIN),
}
"""Reads that the provider keeps a count of."""
READS: dict[str, Invoke] = {
    "plans": lambda bureau: bureau.plans(CONSULTING),
    "restriction_codes": lambda bureau: bureau.restriction_codes(PEFIN),
    "clearing_codes": lambda bureau: bureau.clearing_codes(PEFIN),
    "find_consultation": lambda bureau: bureau.find_consultation(CONSULTING, "k"),
    "find": lambda bureau: bureau.find(PEFIN, "k"),
    "events": lambda bureau: bureau.events(PEFIN, None),
    "changes": lambda bureau: bureau.changes(CONSULTING, None),
}
TRACED = WRITES | COUNTED
EVERY_CALL = TRACED | READS


class Wire:
    """A bureau whose provider does as told; counts what it received."""

    def __init__(self, behave: Callable[[httpx.Request], httpx.Response]) -> None:
        self.received: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            self.received.append(request)
            return behave(request)

        self.bureau = ConnectSaBureau(ADDRESSES, httpx.AsyncClient(transport=httpx.MockTransport(handle)))

    async def failure_of(self, invoke: Invoke) -> BureauFailure:
        """What the call fails with."""
        with pytest.raises(BureauFailure) as caught:
            await invoke(self.bureau)
        return caught.value


def raising(error: Exception) -> Wire:
    """The network does this."""

    def behave(_: httpx.Request) -> httpx.Response:
        raise error

    return Wire(behave)


def answering(status: int, body: object = None, *, headers: dict[bytes, bytes] | None = None) -> Wire:
    """The provider answers this: bytes as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Wire(lambda _: httpx.Response(status, content=content, headers=headers))


def error_body(**changes: object) -> dict[str, object]:
    """Erro."""
    return {"codigo": "X1", "mensagem": "Não foi possível.", "faturada": False, **changes}


@pytest.mark.parametrize("call", EVERY_CALL)
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_was_never_sent_is_transient(error: type[httpx.TransportError], call: str) -> None:
    assert (await raising(error("no")).failure_of(EVERY_CALL[call])).failure is TRANSIENT


NETWORK_FAILURES = [
    httpx.ReadTimeout("late"),
    httpx.WriteTimeout("late"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.CloseError("reset"),
    httpx.RemoteProtocolError("closed"),
    httpx.LocalProtocolError("illegal"),
    httpx.ProxyError("refused"),
    httpx.UnsupportedProtocol("what"),
    httpx.DecodingError("garbled"),
    httpx.TooManyRedirects("round"),
    httpx.InvalidURL("what"),
    httpx.StreamClosed(),
    TimeoutError(),
    ConnectionResetError(),
]


@pytest.mark.parametrize("error", NETWORK_FAILURES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", TRACED)
async def test_what_was_perhaps_received_and_leaves_a_trace_is_undetermined(
    error: Exception, call: str
) -> None:
    assert (await raising(error).failure_of(TRACED[call])).failure is UNDETERMINED


@pytest.mark.parametrize("error", NETWORK_FAILURES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("call", READS)
async def test_a_read_that_failed_is_transient(error: Exception, call: str) -> None:
    assert (await raising(error).failure_of(READS[call])).failure is TRANSIENT


REFUSALS = [
    (400, {}, FailureClass.VALIDATION),
    (401, {}, FailureClass.CREDENTIAL),
    (401, {"codigo": "CREDENCIAL_BLOQUEADA"}, FailureClass.QUOTA),
    (402, {}, FailureClass.BALANCE),
    (403, {}, FailureClass.VALIDATION),
    (404, {}, FailureClass.VALIDATION),
    (405, {}, FailureClass.VALIDATION),
    (409, {}, FailureClass.DUPLICATE),
    (413, {}, FailureClass.VALIDATION),
    (422, {}, FailureClass.VALIDATION),
    (422, {"classe": "VALIDACAO"}, FailureClass.VALIDATION),
    (422, {"classe": "BLOQUEIO_LEGAL"}, FailureClass.LEGAL_BLOCK),
    (429, {}, FailureClass.QUOTA),
    (503, {}, TRANSIENT),
]


@pytest.mark.parametrize(("status", "more", "expected"), REFUSALS)
@pytest.mark.parametrize("call", EVERY_CALL)
async def test_a_refusal_of_the_contract_has_the_class_of_its_status(
    status: int, more: dict[str, object], expected: FailureClass, call: str
) -> None:
    body = error_body(**more)
    failure = await answering(status, body).failure_of(EVERY_CALL[call])
    assert (failure.failure, failure.code, failure.message) == (expected, body["codigo"], "Não foi possível.")
    assert failure.billable is False


@pytest.mark.parametrize("status", [500, 501, 502, 504, 599])
@pytest.mark.parametrize("body", [error_body(), b"<html>Bad gateway</html>"], ids=["contract", "html"])
async def test_only_503_assures_that_nothing_was_done(status: int, body: object) -> None:
    for invoke in TRACED.values():
        assert (await answering(status, body).failure_of(invoke)).failure is UNDETERMINED
    for invoke in READS.values():
        assert (await answering(status, body).failure_of(invoke)).failure is TRANSIENT


NOT_THE_CONTRACT: list[object] = [
    b"",
    b"<html>503 Service Unavailable</html>",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    {},
    {"codigo": "X1", "mensagem": "m"},
    error_body(faturada="não"),
    error_body(codigo=7),
    error_body(codigo=""),
    error_body(classe="OUTRA"),
    {"error": error_body()},
]


@pytest.mark.parametrize("status", [301, 401, 404, 422, 503])
@pytest.mark.parametrize("body", NOT_THE_CONTRACT)
async def test_a_refusal_in_another_shape_says_nothing(status: int, body: object) -> None:
    for invoke in TRACED.values():
        failure = await answering(status, body).failure_of(invoke)
        assert (failure.failure, failure.code, failure.message) == (UNDETERMINED, None, None)
    for invoke in READS.values():
        assert (await answering(status, body).failure_of(invoke)).failure is TRANSIENT


@pytest.mark.parametrize("call", ["find", "find_consultation"])
@pytest.mark.parametrize("code", ["ROTA_NAO_ENCONTRADA", "INCLUSAO_NAO_ENCONTRADA"])
async def test_a_404_about_something_else_does_not_mean_that_nothing_is_held(call: str, code: str) -> None:
    failure = await answering(404, error_body(codigo=code)).failure_of(READS[call])
    assert (failure.failure, failure.code) == (FailureClass.VALIDATION, code)


async def test_nothing_is_held_only_when_the_provider_says_so() -> None:
    nothing = answering(404, error_body(codigo="OPERACAO_NAO_ENCONTRADA")).bureau
    assert await nothing.find(PEFIN, "k") is None
    nothing = answering(404, error_body(codigo="CONSULTA_NAO_ENCONTRADA")).bureau
    assert await nothing.find_consultation(CONSULTING, "k") is None
    failing = answering(503, error_body(codigo="OPERACAO_NAO_ENCONTRADA"))
    assert (await failing.failure_of(READS["find"])).failure is TRANSIENT


async def test_a_billed_refusal_is_said_to_be_billed() -> None:
    assert (await answering(422, error_body(faturada=True)).failure_of(WRITES["consult"])).billable is True


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("999999", 86_400),
        ("-1", None),
        ("²", None),
        ("9" * 5000, None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
async def test_retry_after_is_seconds_within_a_day(header: str, seconds: int | None) -> None:
    wire = answering(429, error_body(), headers={b"Retry-After": header.encode("latin-1")})
    failure = await wire.failure_of(READS["events"])
    assert (failure.failure, failure.retry_after_seconds) == (FailureClass.QUOTA, seconds)


def never_answering() -> ConnectSaBureau:
    async def never(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    return ConnectSaBureau(ADDRESSES, httpx.AsyncClient(transport=httpx.MockTransport(never)))


@pytest.mark.parametrize("call", EVERY_CALL)
async def test_a_trickling_answer_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    monkeypatch.setattr(exchanging, "TOTAL_SECONDS", 0.01)
    with pytest.raises(BureauFailure) as caught:
        await EVERY_CALL[call](never_answering())
    assert caught.value.failure is (UNDETERMINED if call in TRACED else TRANSIENT)


@pytest.mark.parametrize("call", ["register", "clear"])
async def test_what_is_sent_under_a_claim_ends_before_the_claim_does(
    monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    assert timedelta(seconds=exchanging.ORDER_SECONDS) < MARGIN
    monkeypatch.setattr(clients, "ORDER_SECONDS", 0.01)
    async with asyncio.timeout(10):
        with pytest.raises(BureauFailure) as caught:
            await WRITES[call](never_answering())
    assert caught.value.failure is UNDETERMINED


async def test_giving_up_a_call_cancels_it_as_usual() -> None:
    bureau = never_answering()
    task = asyncio.create_task(bureau.register(PEFIN, make_inclusion()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("call", READS)
async def test_a_read_is_repeated_a_few_times_but_never_a_password_test(call: str) -> None:
    wire = raising(httpx.ReadTimeout("late"))
    await wire.failure_of(READS[call])
    assert len(wire.received) == (1 if call == "test_credentials" else 3)


@pytest.mark.parametrize("call", WRITES)
async def test_a_write_is_never_repeated(call: str) -> None:
    for wire in (raising(httpx.ConnectError("no")), answering(503, error_body()), answering(502, b"")):
        await wire.failure_of(WRITES[call])
        assert len(wire.received) == 1


@pytest.mark.parametrize("status", [401, 404, 422, 429])
async def test_a_refused_read_is_not_repeated(status: int) -> None:
    wire = answering(status, error_body())
    await wire.failure_of(READS["plans"])
    assert len(wire.received) == 1


async def test_a_read_that_recovers_is_answered() -> None:
    answers = iter([httpx.Response(502), httpx.Response(200, json={"planos": []})])
    wire = Wire(lambda _: next(answers))
    assert await wire.bureau.plans(CONSULTING) == []


@pytest.mark.parametrize(
    ("call", "read_seconds"), [("consult", 30.0), ("register", 15.0), ("find", 15.0), ("events", 15.0)]
)
async def test_how_long_the_client_waits(call: str, read_seconds: float) -> None:
    wire = answering(503, error_body())
    await wire.failure_of(EVERY_CALL[call])
    timeout = wire.received[0].extensions["timeout"]
    assert timeout == {"connect": 5.0, "read": read_seconds, "write": 15.0, "pool": 5.0}
