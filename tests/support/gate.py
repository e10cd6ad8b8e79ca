"""A gate to which people come with tokens of an identity provider."""

from dataclasses import replace
from typing import Any

import httpx

from adapters.oidc.keys import ProviderKeys
from adapters.oidc.verifier import Claims, OidcTokens
from api.http.context import ContextFactory
from api.http.endpoint import GraphQLEndpoint
from core.domain.access import Caller, hash_token
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from server.identity_provider import read_branch_id
from support.desk import Desk, client_of, shared_schema
from support.identity_provider import AUDIENCE, ISSUER, Provider
from support.stored_tokens import StoredTokens

VIEWER = "{ viewer { name scopes reachesEveryBranch branches { nodes { name } } } }"


class Gate:
    """The API, to which the provider's people come. `seconds`: what the clock of the keys shows."""

    def __init__(self, desk: Desk, provider: Provider, client: httpx.AsyncClient) -> None:
        self.world = desk.world
        self.provider = provider
        self.seconds = 1000.0
        keys = ProviderKeys(ISSUER, {"RS256", "ES256"}, client, lambda: self.seconds)
        self.tokens = OidcTokens(ISSUER, AUDIENCE, keys, Claims(read_branch_id=read_branch_id))
        self.identify = IdentifyCaller(
            tokens=StoredTokens(desk.world.units_of_work),
            units_of_work=desk.world.units_of_work,
            clock=desk.world.clock,
            verifier=self.tokens,
            admin_token_hash=hash_token("admin.of.old-times"),
        )
        contexts = ContextFactory(
            units_of_work=desk.world.units_of_work,
            use_cases=replace(desk.use_cases, identify_caller=self.identify),
            clock=desk.world.clock,
            vault=desk.world.vault,
        )
        self._endpoint = GraphQLEndpoint(shared_schema(), contexts)

    async def ask(self, token: str) -> httpx.Response:
        """What the API answers to whoever shows this token."""
        async with client_of(self._endpoint) as client:
            headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
            return await client.post("/graphql", json={"query": VIEWER}, headers=headers)

    async def viewer(self, token: str) -> Any:
        """Who the API says is calling."""
        answer = await self.ask(token)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["viewer"]

    async def refused(self, token: str, why: str = "The token is not valid here.") -> None:
        """See that the token opens nothing, and that the answer tells no more than that."""
        answer = await self.ask(token)
        assert answer.status_code == 401, answer.text
        (error,) = answer.json()["errors"]
        assert (error["extensions"]["code"], error["message"]) == ("UNAUTHENTICATED", why)
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'

    async def unavailable(self, token: str) -> int:
        """See that the token can neither be confirmed nor refuted; how many seconds to wait."""
        answer = await self.ask(token)
        assert answer.status_code == 503, answer.text
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        assert error["extensions"]["retryable"] is True
        return int(answer.headers["retry-after"])

    async def caller(self, token: str) -> Caller:
        """The caller behind a token."""
        return await self.identify(IdentifyCallerCommand(token=token))
