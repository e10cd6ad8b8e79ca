"""While the storage is out of order callers are told so, and to repeat; nothing of it is an internal error."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request

from api.context import Context
from api.http.endpoint import GraphQLEndpoint
from ports.storage import StorageState, StorageUnavailable
from ports.unit_of_work import UnitOfWork
from support.desk import Desk, client_of, global_id, shared_schema

ENGLISH = "The service is without its database for the moment. Repeat later; with the same `idempotencyKey` nothing is done twice."


@pytest.fixture
def away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose storage is away."""

    @asynccontextmanager
    async def read() -> AsyncIterator[UnitOfWork]:
        raise StorageUnavailable(StorageState.AWAY)
        yield

    async def refused(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(desk.units_of_work, "read", read)
    if desk.world.kept_in.database is not None:
        for way in ("fetch", "glance"):
            monkeypatch.setattr(desk.world.kept_in.database.driver, way, refused)
    return desk


async def test_a_query_says_that_it_may_be_repeated(away: Desk) -> None:
    answer = await away.ask("{ creditParameters { enabled } }", language="en")
    assert (answer.status, answer.data) == (200, None)
    error = answer.error()
    assert error["message"] == ENGLISH
    assert error["extensions"] == {
        "code": "SERVICE_UNAVAILABLE",
        "retryable": True,
        "requestId": "the-request",
    }
    in_portuguese = await away.ask("{ creditParameters { enabled } }")
    assert in_portuguese.error()["message"].startswith("O serviço está temporariamente sem")


async def test_a_mutation_says_it_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StorageUnavailable(StorageState.FULL)

    monkeypatch.setattr(type(desk.use_cases.settle_invoice), "__call__", fail)
    answer = await desk.ask(
        "mutation ($id: ID!) { settleInvoice(input: {invoiceId: $id, method: PIX}) { __typename } }",
        {"id": global_id(desk.world.invoice)},
    )
    assert answer.code() == "SERVICE_UNAVAILABLE"


async def test_a_request_is_logged_once_without_a_stack(away: Desk, caplog: pytest.LogCaptureFixture) -> None:
    world = away.world
    variables = {"customer": global_id(world.customer), "invoice": global_id(world.invoice)}
    query = "query ($customer: ID!, $invoice: ID!) { customer: node(id: $customer) { id } invoice: node(id: $invoice) { id } }"
    with caplog.at_level(logging.DEBUG):
        answer = await away.ask(query, variables)
    assert [error["extensions"]["code"] for error in answer.errors] == ["SERVICE_UNAVAILABLE"] * 2
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert lines == ["request the-request: the storage is away"]


async def test_a_token_that_cannot_be_looked_up_is_neither_right_nor_wrong(desk: Desk) -> None:
    async def make_context(request: Request) -> Context:
        raise StorageUnavailable(StorageState.BUSY)

    async with client_of(GraphQLEndpoint(shared_schema(), make_context)) as client:
        answer = await client.post("/graphql", json={"query": "{ viewer { name } }"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    (error,) = answer.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["retryable"]) == ("SERVICE_UNAVAILABLE", True)
    assert "data" not in answer.json()
