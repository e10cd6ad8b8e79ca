"""The circuit: a provider that is down is left alone, and found again by one call at a time."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import httpx
import pytest

from adapters.connect_sa.circuit import (
    FAILURES_TO_OPEN,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    PROBE_SECONDS,
    Circuit,
    Exchanged,
)
from adapters.connect_sa.client import ConnectSaBureau
from core.domain.bureau import BureauAccount, BureauFailure, Environment, FailureClass
from support.connect_sa import PEFIN, make_inclusion

ERROR = {"codigo": "X1", "mensagem": "Não foi possível.", "faturada": False}
RECEIPT = {"chave": "negativation:1", "protocolo": "P1", "operacao": "INCLUSAO"}
TAKEN_IN = httpx.Response(201, json=RECEIPT)

Behaviour = Callable[[httpx.Request], httpx.Response | Exception]


class Line:
    """A bureau on a line whose behaviour can be changed, and on a time that tests move."""

    def __init__(self, addresses: dict[Environment, str] | None = None) -> None:
        self.behaviour: Behaviour = lambda _: httpx.ConnectError("refused")
        self.now = 1000.0
        self.received = 0
        self.delay: asyncio.Event | None = None
        self.bureau = ConnectSaBureau(
            addresses or {Environment.HOMOLOGATION: "http://provider.test"},
            httpx.AsyncClient(transport=httpx.MockTransport(self._handle)),
            new_circuit=lambda: Circuit(monotonic=lambda: self.now),
        )

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.received += 1
        if self.delay is not None:
            await self.delay.wait()
        outcome = self.behaviour(request)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def answer(self, response: httpx.Response | Exception) -> None:
        """Behave like this from now on."""
        self.behaviour = lambda _: response

    async def register(self, account: BureauAccount = PEFIN) -> BureauFailure | None:
        """What a registration fails with, None when it is taken in."""
        try:
            await self.bureau.register(account, make_inclusion())
        except BureauFailure as failure:
            return failure
        return None

    async def go_down(self, response: httpx.Response | Exception | None = None) -> None:
        """Fail until the circuit is open."""
        self.answer(response or httpx.ConnectError("refused"))
        for _ in range(FAILURES_TO_OPEN):
            assert not self.is_open
            await self.register()
        assert self.is_open

    @property
    def is_open(self) -> bool:
        return self.bureau.open_circuits()[Environment.HOMOLOGATION]


@pytest.fixture
def line() -> Line:
    return Line()


async def test_a_provider_that_is_down_is_left_alone(line: Line) -> None:
    await line.go_down()
    line.now += 1.5
    failure = await line.register()
    assert failure is not None
    assert (failure.failure, failure.retry_after_seconds) == (FailureClass.TRANSIENT, 4)
    assert line.received == FAILURES_TO_OPEN


@pytest.mark.parametrize(
    "outcome",
    [
        httpx.ConnectTimeout("late"),
        httpx.ReadTimeout("late"),
        TimeoutError(),
        ConnectionResetError(),
        httpx.Response(500, json=ERROR),
        httpx.Response(502, text="<html>Bad gateway</html>"),
        httpx.Response(503, json=ERROR),
        httpx.Response(404, text="<html>Not found</html>"),
        httpx.Response(200, text="<html>Welcome</html>"),
        httpx.Response(201, json=RECEIPT | {"chave": "another"}),
    ],
    ids=repr,
)
async def test_what_is_no_answer_opens_it(line: Line, outcome: httpx.Response | Exception) -> None:
    await line.go_down(outcome)


@pytest.mark.parametrize("status", [400, 401, 402, 404, 409, 422, 429])
async def test_a_refusal_is_an_answer(line: Line, status: int) -> None:
    for _ in range(FAILURES_TO_OPEN - 1):
        await line.register()
    line.answer(httpx.Response(status, json=ERROR))
    for _ in range(FAILURES_TO_OPEN):
        await line.register()
    assert not line.is_open
    line.answer(httpx.ConnectError("refused"))
    for _ in range(FAILURES_TO_OPEN - 1):
        await line.register()
    assert not line.is_open, "the failures before the refusal count no more"


async def test_after_the_pause_one_call_finds_out_and_an_answer_closes_it(line: Line) -> None:
    await line.go_down()
    line.now += FIRST_PAUSE_SECONDS
    line.answer(TAKEN_IN)
    assert await line.register() is None
    assert not line.is_open
    assert await line.register() is None


async def test_a_refusal_closes_it_too(line: Line) -> None:
    await line.go_down()
    line.now += FIRST_PAUSE_SECONDS
    line.answer(httpx.Response(422, json=ERROR))
    await line.register()
    assert not line.is_open


async def test_the_pause_doubles_up_to_a_minute_and_starts_anew_after_an_answer(line: Line) -> None:
    await line.go_down()
    pauses = []
    for _ in range(6):
        before = line.received
        failure = await line.register()
        assert failure is not None
        pauses.append(failure.retry_after_seconds)
        line.now += failure.retry_after_seconds or 0
        await line.register()
        assert line.received == before + 1
    assert pauses == [5, 10, 20, 40, 60, 60]
    line.now += LONGEST_PAUSE_SECONDS
    line.answer(TAKEN_IN)
    await line.register()
    await line.go_down()
    failure = await line.register()
    assert failure is not None
    assert failure.retry_after_seconds == FIRST_PAUSE_SECONDS


async def test_while_one_call_finds_out_no_other_is_sent(line: Line) -> None:
    await line.go_down()
    line.now += FIRST_PAUSE_SECONDS
    line.delay = asyncio.Event()
    line.answer(TAKEN_IN)
    probe = asyncio.create_task(line.register())
    async with asyncio.timeout(10):
        while line.received == FAILURES_TO_OPEN:  # noqa: ASYNC110 - the line has no event for it
            await asyncio.sleep(0)
        failure = await line.register()
        assert failure is not None
        assert (failure.failure, failure.retry_after_seconds) == (FailureClass.TRANSIENT, PROBE_SECONDS)
        assert line.received == FAILURES_TO_OPEN + 1
        line.delay.set()
        assert await probe is None
    assert await line.register() is None


async def test_a_probe_that_is_given_up_leaves_room_for_the_next(line: Line) -> None:
    await line.go_down()
    line.now += FIRST_PAUSE_SECONDS
    line.delay = asyncio.Event()
    probe = asyncio.create_task(line.register())
    async with asyncio.timeout(10):
        while line.received == FAILURES_TO_OPEN:  # noqa: ASYNC110 - the line has no event for it
            await asyncio.sleep(0)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        line.delay.set()
        line.answer(TAKEN_IN)
        assert await line.register() is None


async def test_calls_begun_before_it_opened_prolong_nothing_when_they_fail(line: Line) -> None:
    line.delay = asyncio.Event()
    calls = [asyncio.create_task(line.register()) for _ in range(3 * FAILURES_TO_OPEN)]
    async with asyncio.timeout(10):
        while line.received < len(calls):  # noqa: ASYNC110 - the line has no event for it
            await asyncio.sleep(0)
        line.delay.set()
        await asyncio.gather(*calls)
    failure = await line.register()
    assert failure is not None
    assert failure.retry_after_seconds == FIRST_PAUSE_SECONDS


async def test_a_read_is_not_repeated_against_an_open_circuit(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, calling = [0], Circuit.calling

    def counted(circuit: Circuit) -> AbstractContextManager[Exchanged]:
        tries[0] += 1
        return calling(circuit)

    monkeypatch.setattr(Circuit, "calling", counted)
    for expected in (3, 5, 6):
        with pytest.raises(BureauFailure):
            await line.bureau.find(PEFIN, "k")
        assert tries == [expected]
    assert line.received == FAILURES_TO_OPEN


async def test_each_address_is_known_by_itself_and_known_once() -> None:
    apart = Line({Environment.HOMOLOGATION: "http://one.test", Environment.PRODUCTION: "http://another.test"})
    await apart.go_down()
    assert apart.bureau.open_circuits() == {Environment.HOMOLOGATION: True, Environment.PRODUCTION: False}
    before = apart.received
    await apart.register(replace(PEFIN, environment=Environment.PRODUCTION))
    assert apart.received == before + 1

    same = Line({Environment.HOMOLOGATION: "http://one.test/", Environment.PRODUCTION: "http://one.test"})
    await same.go_down()
    assert set(same.bureau.open_circuits().values()) == {True}


async def test_it_says_once_that_it_opened_and_once_that_it_closed(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="adapters.connect_sa.circuit")
    await line.go_down()
    for _ in range(3):
        await line.register()
    line.now += FIRST_PAUSE_SECONDS
    line.answer(TAKEN_IN)
    await line.register()
    said = [record.message for record in caplog.records if record.name == "adapters.connect_sa.circuit"]
    assert said == [
        "the bureau does not answer: it is left alone for 5 s",
        "the bureau answers again",
    ]
