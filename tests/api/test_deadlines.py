"""A query that takes too long, or for which nobody waits, is cancelled; a mutation goes on to its end."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message

from api.context import Context
from api.execution.plans import Plans
from api.http.endpoint import NOBODY_WAITS, GraphQLEndpoint
from core.domain.consultation import ConsultationOutcome
from core.domain.listing import ConsultationFilter
from ports.rows import Rows
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.desk import ALL_METHODS, GRAPHQL_RESPONSE, Desk, client_of, global_id, shared_schema

SOON = 0.3
PATIENCE = 20

LIST = "{ customers { totalCount } }"
NESTED = "{ customers { nodes { branch { name } } } }"
CONSULT = "mutation ($input: ConsultCreditInput!) { consultCredit(input: $input) { __typename } }"


class SlowReading:
    """Units of work of which the reading ones, from the `slow_from`-th on, stay open without an answer until cancelled."""

    def __init__(self, units_of_work: UnitsOfWork, slow_from: int) -> None:
        self._units_of_work = units_of_work
        self._left = slow_from
        self.reached = asyncio.Event()
        self.given_back = asyncio.Event()

    def begin(self) -> Any:
        """A unit of work that commits."""
        return self._units_of_work.begin()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work for reading."""
        self._left -= 1
        async with self._units_of_work.read() as work:
            if self._left <= 0:
                self.reached.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self.given_back.set()
            yield work


def _endpoint(
    desk: Desk,
    slow: SlowReading | None = None,
    *,
    plans: Plans | None = None,
    query_seconds: float = PATIENCE,
    mutation_seconds: float = PATIENCE,
) -> GraphQLEndpoint:
    async def make_context(request: Request) -> Context:
        context = desk.context(desk.world.caller, request)
        if slow is None:
            return context
        units = cast("UnitsOfWork", slow)
        return replace(context, units_of_work=units)

    return GraphQLEndpoint(
        shared_schema(),
        make_context,
        plans=plans,
        query_seconds=query_seconds,
        mutation_seconds=mutation_seconds,
    )


async def _post(client: httpx.AsyncClient, body: object, accept: str = GRAPHQL_RESPONSE) -> httpx.Response:
    async with asyncio.timeout(PATIENCE):
        return await client.post("/graphql", json=body, headers={"Accept": accept})


async def _and_leave(
    endpoint: GraphQLEndpoint, body: bytes, leaving: Callable[[], Awaitable[object]]
) -> list[Message]:
    """Send a request, go away as soon as `leaving` says so, and see what is answered to nobody."""
    app = Starlette(routes=[Route("/graphql", endpoint.handle, methods=ALL_METHODS)])
    sent: list[Message] = []
    arrived = False

    async def receive() -> Message:
        nonlocal arrived
        if not arrived:
            arrived = True
            return {"type": "http.request", "body": body, "more_body": False}
        await leaving()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"accept", GRAPHQL_RESPONSE.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    async with asyncio.timeout(PATIENCE):
        await app(scope, receive, send)
    return sent


@pytest.mark.parametrize(("query", "slow_from"), [(LIST, 1), (NESTED, 2)], ids=["list", "loader"])
@pytest.mark.parametrize(
    ("accept", "status"), [(GRAPHQL_RESPONSE, 503), ("application/json", 200)], ids=["new", "old"]
)
async def test_a_query_that_takes_too_long_is_cancelled(
    desk: Desk, query: str, slow_from: int, accept: str, status: int
) -> None:
    slow = SlowReading(desk.world.units_of_work, slow_from)
    async with client_of(_endpoint(desk, slow, query_seconds=SOON)) as client:
        answer = await _post(client, {"query": query}, accept)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, "TIMEOUT")
    assert "data" not in answer.json()
    async with asyncio.timeout(PATIENCE):
        await slow.given_back.wait()


@pytest.mark.parametrize(("query", "slow_from"), [(LIST, 1), (NESTED, 2)], ids=["list", "loader"])
async def test_a_query_for_which_nobody_waits_is_cancelled(desk: Desk, query: str, slow_from: int) -> None:
    slow = SlowReading(desk.world.units_of_work, slow_from)
    body = b'{"query": "%s"}' % query.encode()
    sent = await _and_leave(_endpoint(desk, slow, query_seconds=PATIENCE), body, slow.reached.wait)
    assert sent[0]["status"] == NOBODY_WAITS
    async with asyncio.timeout(PATIENCE):
        await slow.given_back.wait()


class SlowPlans(Plans):
    """Plans that stay without an answer until they are cancelled or `resumed`."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        super().__init__(shared_schema(), cast("Rows", SimpleNamespace(forms={})))
        self._data = data
        self.reached = asyncio.Event()
        self.resumed = asyncio.Event()
        self.given_back = asyncio.Event()

    async def answer(self, wanted: Any, context: Context) -> dict[str, Any] | None:
        self.reached.set()
        try:
            await self.resumed.wait()
            return self._data
        finally:
            self.given_back.set()


async def test_a_plan_is_cancelled_too(desk: Desk) -> None:
    in_time, left = SlowPlans(), SlowPlans()
    async with client_of(_endpoint(desk, plans=in_time, query_seconds=SOON)) as client:
        answer = await _post(client, {"query": LIST})
    assert answer.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"
    body = b'{"query": "%s"}' % LIST.encode()
    sent = await _and_leave(_endpoint(desk, plans=left), body, left.reached.wait)
    assert sent[0]["status"] == NOBODY_WAITS
    async with asyncio.timeout(PATIENCE):
        await in_time.given_back.wait()
        await left.given_back.wait()


async def test_a_plan_that_is_watched_answers(desk: Desk) -> None:
    """After a while the client is watched; that must not end what its answer needs."""
    plans = SlowPlans({"__typename": "Query"})
    sent = asyncio.create_task(
        _and_leave(
            _endpoint(desk, plans=plans), b'{"query": "{ customers { totalCount } }"}', asyncio.Event().wait
        )
    )
    await asyncio.sleep(0.2)
    plans.resumed.set()
    start, body = await sent
    assert (start["status"], body["body"]) == (200, b'{"data":{"__typename":"Query"}}')


async def test_when_the_service_stops_a_plan_is_cut_off(desk: Desk) -> None:
    plans = SlowPlans()
    body = b'{"query": "%s"}' % LIST.encode()
    asking = asyncio.create_task(_and_leave(_endpoint(desk, plans=plans), body, asyncio.Event().wait))
    async with asyncio.timeout(PATIENCE):
        await plans.reached.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert plans.given_back.is_set()


async def _outcomes(desk: Desk) -> list[ConsultationOutcome]:
    async with desk.world.units_of_work.read() as work:
        counts = {
            outcome: await work.consultations.count(ConsultationFilter(outcome=outcome))
            for outcome in ConsultationOutcome
        }
    return [outcome for outcome, count in counts.items() for _ in range(count)]


async def _until_consulted(desk: Desk) -> None:
    """Wait until the consultation is on record. The desk's clock runs ahead, so nobody else may wait for it meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while await _outcomes(desk) != [ConsultationOutcome.SUCCEEDED]:  # noqa: ASYNC110 - nobody tells when
            await asyncio.sleep(0.005)


def _consultation(desk: Desk) -> dict[str, Any]:
    subject = {"customerId": global_id(desk.world.customer)}
    given = {"subject": subject, "plan": "CREDNET_TOP", "idempotencyKey": "once"}
    return {"query": CONSULT, "variables": {"input": given}}


async def test_a_mutation_that_takes_too_long_goes_on(desk: Desk) -> None:
    pause = desk.world.bureau.pause("consult")
    body = _consultation(desk)
    async with client_of(_endpoint(desk, plans=desk.plans, mutation_seconds=SOON)) as client:
        late = await _post(client, body)
    assert late.status_code == 503
    assert late.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"
    pause.resumed.set()
    await _until_consulted(desk)
    async with client_of(_endpoint(desk, plans=desk.plans)) as client:
        again = await _post(client, body)
    assert again.json() == {"data": {"consultCredit": {"__typename": "ConsultCreditSuccess"}}}
    assert len(desk.world.bureau.called("consult")) == 1


async def test_a_mutation_for_which_nobody_waits_goes_on(desk: Desk) -> None:
    bureau = desk.world.bureau
    pause = bureau.pause("consult")
    body = json.dumps(_consultation(desk))
    asking = asyncio.create_task(
        _and_leave(_endpoint(desk, plans=desk.plans), body.encode(), pause.reached.wait)
    )
    async with asyncio.timeout(PATIENCE):
        await pause.reached.wait()
    pause.resumed.set()
    await asking
    assert await _outcomes(desk) == [ConsultationOutcome.SUCCEEDED]
    assert len(bureau.called("consult")) == 1


async def test_when_the_service_stops_a_mutation_is_cut_off_like_anything_else(desk: Desk) -> None:
    pause = desk.world.bureau.pause("consult")
    body = _consultation(desk)
    async with client_of(_endpoint(desk, plans=desk.plans)) as client:
        asking = asyncio.create_task(_post(client, body))
        async with asyncio.timeout(PATIENCE):
            await pause.reached.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    pause.resumed.set()
    await asyncio.sleep(0)
    assert await _outcomes(desk) == [ConsultationOutcome.PENDING]


async def test_a_request_that_drips_in_is_refused(desk: Desk) -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b'{"query":'
        await asyncio.Event().wait()

    async with (
        client_of(_endpoint(desk, query_seconds=SOON)) as client,
        asyncio.timeout(PATIENCE),
    ):
        answer = await client.post(
            "/graphql",
            content=drip(),
            headers={"Content-Type": "application/json", "Accept": GRAPHQL_RESPONSE},
        )
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_client_that_goes_away_while_it_sends_troubles_nobody(desk: Desk) -> None:
    async def at_once() -> None: ...

    endpoint = _endpoint(desk)
    app = Starlette(routes=[Route("/graphql", endpoint.handle, methods=ALL_METHODS)])
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    await app(
        {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers},
        receive,
        send,
    )
    assert sent[0]["status"] == NOBODY_WAITS
