"""A token opens the API, and nothing else does."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from api.admission import RateLimited
from api.context import Context
from api.http.endpoint import GraphQLEndpoint
from core.domain.access import Scope
from support.builders import (
    NOW,
    make_token,
)
from support.desk import GRAPHQL_RESPONSE, Desk, client_of, shared_schema

VIEWER = "{ viewer { name scopes reachesEveryBranch branches { totalCount } } }"


async def _call(desk: Desk, headers: list[tuple[str, str]], query: str = VIEWER) -> httpx.Response:
    async with client_of(GraphQLEndpoint(shared_schema(), desk.contexts)) as client:
        return await client.post(
            "/graphql",
            json={"query": query},
            headers=[
                (b"Accept", GRAPHQL_RESPONSE.encode()),
                *((name.encode(), value.encode("latin-1")) for name, value in headers),
            ],
        )


async def _store_token(desk: Desk, secret: str, **changes: Any) -> None:
    token = make_token(token_hash=hashlib.sha256(secret.encode()).hexdigest(), **changes)
    async with desk.world.units_of_work.begin() as work:
        await work.tokens.add(token)


async def test_a_token_opens_what_it_was_made_for(desk: Desk) -> None:
    branches = frozenset({desk.world.branch.id})
    await _store_token(desk, "s3cret", name="Caixa", scopes=frozenset({Scope.READ}), branch_ids=branches)
    for scheme in ("Bearer", "bearer", "BEARER "):
        response = await _call(desk, [("Authorization", f"{scheme} s3cret")])
        assert response.status_code == 200
        assert response.json()["data"]["viewer"] == {
            "name": "Caixa",
            "scopes": ["READ"],
            "reachesEveryBranch": False,
            "branches": {"totalCount": 1},
        }


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "Falta o token"),
        ("", "Falta o token"),
        ("Bearer", "Falta o token"),
        ("Bearer ", "Falta o token"),
        ("Basic czNjcmV0", "Falta o token"),
        ("Token ended", "Falta o token"),
        ("Bearer nonsense", "não é conhecido"),
        ("Bearer \xe9", "não é conhecido"),
        ("Bearer ended", "venceu"),
        ("Bearer revoked", "revogado"),
    ],
)
@pytest.mark.parametrize("query", [VIEWER, "{ __schema { types { name } } }", "{ nonsense", "{ __typename }"])
async def test_without_a_good_token_nothing_is_answered(
    desk: Desk, authorization: str | None, reason: str, query: str
) -> None:
    await _store_token(desk, "ended", expires_at=NOW - timedelta(seconds=1))
    await _store_token(desk, "revoked", revoked_at=NOW)
    headers = [] if authorization is None else [("Authorization", authorization)]
    response = await _call(desk, headers, query)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    assert reason in error["message"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert len(error["extensions"]["requestId"]) == 32


async def test_why_a_token_is_refused_is_told_in_english_too(desk: Desk) -> None:
    response = await _call(desk, [("Accept-Language", "en")])
    assert response.json()["errors"][0]["message"].startswith("The token is missing.")


async def test_two_tokens_are_refused(desk: Desk) -> None:
    response = await _call(desk, [("Authorization", "Bearer a"), ("Authorization", "Bearer b")])
    assert response.status_code == 400


async def test_a_body_is_not_read_before_the_token_is_known(desk: Desk) -> None:
    response = await _call(desk, [("Content-Type", "nonsense")])
    assert response.status_code == 401


async def test_a_caller_who_asks_too_often_has_to_wait(desk: Desk) -> None:
    async def make_context(request: Request) -> Context:
        context = await desk.contexts(request)
        if context.caller.name == "Caixa":
            raise RateLimited(seconds=30)
        return context

    await _store_token(desk, "s3cret", name="Caixa")
    await _store_token(desk, "other", name="Outro")
    async with client_of(GraphQLEndpoint(shared_schema(), make_context)) as client:
        answers = [
            await client.post(
                "/graphql", json={"query": VIEWER}, headers={"Authorization": f"Bearer {token}"}
            )
            for token in ("s3cret", "other")
        ]
    assert [answer.status_code for answer in answers] == [429, 200]
    assert answers[0].headers["retry-after"] == "30"
    extensions = answers[0].json()["errors"][0]["extensions"]
    assert (extensions["code"], extensions["retryAfterSeconds"]) == ("RATE_LIMITED", 30)
