"""Mutations asked for in both ways, by graphql-core and by plans, while a resolver that does nothing gives what the real one once gave."""

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import strawberry
from starlette.requests import Request
from strawberry.types.fields.resolver import StrawberryResolver

from api.context import Context
from api.execution.plans import Plans
from api.http.endpoint import GraphQLEndpoint
from api.http.requests import GraphQLRequest
from core.domain.access import Caller
from support.desk import Desk, client_of, shared_schema

HEADERS = {"Accept": "application/graphql-response+json", "Accept-Language": "pt-BR"}


@dataclass
class Replaced:
    """Stands for a mutation's resolver. given: the inputs that it was called with."""

    resolver: StrawberryResolver[Any]
    result: Any = None
    error: Exception | None = None
    given: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.real: Any = self.resolver.wrapped_func

    async def remember(self, info: Any, data: Any) -> Any:
        """Do it, and keep the result."""
        self.given.append(data)
        self.result = await self.real(info=info, data=data)
        return self.result

    async def again(self, info: Any, data: Any) -> Any:
        """Give the same once more."""
        self.given.append(data)
        if self.error is not None:
            raise self.error
        return self.result


@dataclass
class Compared:
    """A mutation asked for in both ways."""

    desk: Desk
    replaced: Replaced
    planned: int = 0

    async def asked(self, query: str, variables: dict[str, Any], caller: Caller) -> tuple[int, bytes]:
        """The answer, which is the same in both ways, from the same input, with one call of the resolver at most."""
        answers, inputs = [], []
        plans = Plans(shared_schema(), self.desk.plans.rows) if self.desk.plans else None
        assert plans is not None
        wanted = GraphQLRequest(query=query, operation_name=None, variables=variables)
        self.planned += plans.mutation(wanted) is not None
        for used in (None, plans):
            self.replaced.given.clear()
            answers.append(await asked(self.desk, used, query, variables, caller))
            assert len(self.replaced.given) <= 1
            inputs.append([parts_of(each) for each in self.replaced.given])
        assert answers[0] == answers[1], (query, variables)
        assert inputs[0] == inputs[1], (query, variables)
        return answers[0]


async def asked(
    desk: Desk, plans: Plans | None, query: str, variables: dict[str, Any], caller: Caller
) -> tuple[int, bytes]:
    """What the API answers."""

    async def make_context(request: Request) -> Context:
        return desk.context(caller, request)

    async with client_of(GraphQLEndpoint(shared_schema(), make_context, plans=plans)) as client:
        body = {"query": query, "variables": variables}
        response = await client.post("/graphql", json=body, headers=HEADERS)
    return response.status_code, response.content


def parts_of(value: Any) -> Any:
    """An input with all that is inside, to be compared: some hide their values from `repr`."""
    if isinstance(value, strawberry.Some):
        return "given", parts_of(value.value)
    if isinstance(value, list):
        return [parts_of(each) for each in value]
    if is_dataclass(value):
        return type(value), {each.name: parts_of(getattr(value, each.name)) for each in fields(value)}
    return type(value), value
