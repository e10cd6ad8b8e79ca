"""A desk at which tests ask the API: the schema over a world in memory, through the HTTP endpoint."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, cast, get_type_hints

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from api.context import Context
from api.execution.plans import Plans
from api.http.context import ContextFactory, language_of
from api.http.endpoint import GraphQLEndpoint
from api.ids import encode_id
from api.schema import ApiSchema, build_schema
from api.use_cases import UseCases
from core.domain.access import Caller
from core.use_cases.identify_caller import IdentifyCaller
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.stored_tokens import StoredTokens
from support.world import World

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
GRAPHQL_RESPONSE = "application/graphql-response+json"


@cache
def shared_schema() -> ApiSchema:
    """The schema, made once for all tests."""
    return build_schema()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API answered. `data` holds the fields of the operation, by name."""

    status: int
    data: dict[str, Any] | None
    errors: list[dict[str, Any]]

    def one(self) -> Any:
        """The only field of the data; there must be no errors."""
        assert self.errors == [], self.errors
        assert self.data is not None
        (value,) = self.data.values()
        return value

    def error(self) -> dict[str, Any]:
        """The only error."""
        (error,) = self.errors
        return error

    def code(self) -> str:
        """The code of the only error."""
        return cast("str", self.error()["extensions"]["code"])


class CountingUnits:
    """Units of work that count how often one was opened for reading."""

    def __init__(self, units_of_work: UnitsOfWork) -> None:
        self._units_of_work = units_of_work
        self.reads = 0

    def begin(self) -> Any:
        """A unit of work that commits."""
        return self._units_of_work.begin()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """A unit of work for reading, counted."""
        self.reads += 1
        async with self._units_of_work.read() as work:
            yield work


class Desk:
    """Asks the API in the name of a caller, who may do everything unless another one is given."""

    def __init__(self, world: World, plans: Plans | None = None) -> None:
        self.world = world
        self.plans = plans
        self.units_of_work = CountingUnits(world.units_of_work)
        self.use_cases = _use_cases(world)
        self.contexts = ContextFactory(
            units_of_work=cast("UnitsOfWork", self.units_of_work),
            use_cases=self.use_cases,
            clock=world.clock,
            vault=world.vault,
        )

    async def ask(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        *,
        caller: Caller | None = None,
        language: str = "pt-BR",
        schema: ApiSchema | None = None,
    ) -> Answer:
        """Execute an operation."""
        asking = caller or self.world.caller

        async def make_context(request: Request) -> Context:
            return self.context(asking, request)

        endpoint = GraphQLEndpoint(
            schema or shared_schema(), make_context, plans=None if schema else self.plans
        )
        async with client_of(endpoint) as client:
            response = await client.post(
                "/graphql",
                json={"query": query, "variables": variables or {}},
                headers={"Accept": GRAPHQL_RESPONSE, "Accept-Language": language},
            )
        body = response.json()
        return Answer(status=response.status_code, data=body.get("data"), errors=body.get("errors", []))

    def context(self, caller: Caller, request: Request) -> Context:
        """The context of a request that this caller makes."""
        units_of_work = cast("UnitsOfWork", self.units_of_work)
        return Context(
            caller=caller,
            language=language_of(request),
            request_id="the-request",
            units_of_work=units_of_work,
            use_cases=self.use_cases,
            clock=self.world.clock,
            vault=self.world.vault,
        )


def client_of(endpoint: GraphQLEndpoint) -> httpx.AsyncClient:
    """An HTTP client of an application that serves this endpoint."""
    app = Starlette(routes=[Route("/graphql", endpoint.handle, methods=ALL_METHODS)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://fiador.test")


def global_id(record: Any) -> str:
    """The id by which the API knows a record."""
    return encode_id(type(record).__name__, record.id)


def _use_cases(world: World) -> UseCases:
    hints = get_type_hints(UseCases)
    parts: dict[str, Any] = {
        part.name: world.use_case(hints[part.name])
        for part in fields(UseCases)
        if hints[part.name] is not IdentifyCaller
    }
    identify = IdentifyCaller(
        tokens=StoredTokens(world.units_of_work), units_of_work=world.units_of_work, clock=world.clock
    )
    return UseCases(identify_caller=identify, **parts)
