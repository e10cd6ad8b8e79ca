"""What browsers could be tricked into: requests from other sites, frames, sniffing, links that give away where one was."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from server.middleware import HTTPS_ONLY, SECURITY_HEADERS
from support.served import ADMIN, client_from, served

DESK = "https://desk.example"
VIEWER = '{"query": "{ viewer { name } }"}'
UPDATE = "mutation { updateCreditParameters(input: {enabled: true}) { __typename } }"


@pytest.fixture
async def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[ASGIApp]:
    """The application, which the pages of one desk may call, behind a proxy."""
    settings = {"cors_origins": DESK, "trusted_proxies": "10.0.0.0/8"}
    async with served(monkeypatch, tmp_path, **settings) as (found, _):
        yield found


@pytest.fixture
async def client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A browser somewhere."""
    async with client_from(app) as found:
        yield found


# other sites' forms


FORMS = (
    ("application/x-www-form-urlencoded", "query=mutation+%7B+x+%7D"),
    (
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="query"\r\n\r\n{a}\r\n--x--',
    ),
    ("text/plain", VIEWER),
    ("text/plain; application/json", VIEWER),
    ("application/json, text/plain", VIEWER),
    ("application/graphql", "{ viewer { name } }"),
)


async def test_what_a_form_can_send_is_refused(client: httpx.AsyncClient) -> None:
    for content_type, body in FORMS:
        headers = {**ADMIN, "Content-Type": content_type}
        answer = await client.post("/graphql", content=body, headers=headers)
        assert answer.status_code == 415, content_type


async def test_no_link_changes_anything(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", params={"query": UPDATE}, headers=ADMIN)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_cookies_are_neither_made_nor_heeded(client: httpx.AsyncClient) -> None:
    token = ADMIN["Authorization"].removeprefix("Bearer ")
    cookies = {"Cookie": f"authorization={token}; token={token}; session={token}"}
    for path, status in (("/graphql", 401), ("/health/live", 200), ("/consultations/1/report.html", 401)):
        answer = await client.get(path, params={"query": "{ viewer { name } }"}, headers=cookies)
        assert answer.status_code == status
        assert "set-cookie" not in answer.headers


# other sites' scripts

PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


async def test_the_configured_pages_may_call(client: httpx.AsyncClient) -> None:
    asked = await client.options("/graphql", headers={**PREFLIGHT, "Origin": DESK})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == DESK
    headers = {**ADMIN, "Origin": DESK, "Content-Type": "application/json"}
    answer = await client.post("/graphql", content=VIEWER, headers=headers)
    assert answer.json()["data"] == {"viewer": {"name": "admin"}}
    assert answer.headers["access-control-allow-origin"] == DESK
    assert "Origin" in answer.headers["vary"]
    for each in (asked, answer):
        assert "access-control-allow-credentials" not in each.headers


STRANGERS = (
    "https://evil.example",
    "null",
    "http://desk.example",
    "https://desk.example.evil.example",
    "https://desk.example:444",
    "https://xdesk.example",
    "https://DESK.example",
)


async def test_no_other_page_may(client: httpx.AsyncClient) -> None:
    for origin in STRANGERS:
        asked = await client.options("/graphql", headers={**PREFLIGHT, "Origin": origin})
        assert asked.status_code == 400, origin
        headers = {**ADMIN, "Origin": origin, "Content-Type": "application/json"}
        answer = await client.post("/graphql", content=VIEWER, headers=headers)
        for each in (asked, answer):
            assert "access-control-allow-origin" not in each.headers, origin


async def test_no_page_may_do_more_than_the_api_takes(client: httpx.AsyncClient) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        asked = {**PREFLIGHT, "Origin": DESK, "Access-Control-Request-Method": method}
        assert (await client.options("/graphql", headers=asked)).status_code == 400


# what browsers are told

PATHS = (
    "/graphql",
    "/graphql?query={viewer{name}}",
    "/graphql/assets/explorer.js",
    "/graphql/assets/nothing",
    "/consultations/1/report.html",
    "/reports/consultations.csv",
    "/health/live",
    "/health/ready",
    "/nowhere",
    "/",
)


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/html"}, ADMIN], ids=["bare", "browser", "token"])
async def test_every_answer_protects_itself(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for path in PATHS:
        answer = await client.get(path, headers=headers)
        assert [name for name in SECURITY_HEADERS if name not in answer.headers] == [], path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "server" not in answer.headers


async def test_refused_preflights_protect_themselves_as_well(client: httpx.AsyncClient) -> None:
    asked = await client.options("/graphql", headers={**PREFLIGHT, "Origin": "https://evil.example"})
    assert asked.headers["x-content-type-options"] == "nosniff"
    assert asked.headers["x-request-id"]


async def test_scripts_of_graphiql_are_files_of_this_server(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers={"Accept": "text/html"})
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"


# proxies


async def _secured(app: ASGIApp, address: str, **headers: str) -> bool:
    async with client_from(app, address) as client:
        answer = await client.get("/health/live", headers=headers)
    return bool(answer.headers.get("strict-transport-security") == HTTPS_ONLY)


async def test_https_once_is_https_for_good(app: ASGIApp) -> None:
    assert await _secured(app, "10.1.2.3", **{"X-Forwarded-Proto": "https"})
    assert not await _secured(app, "10.1.2.3", **{"X-Forwarded-Proto": "http"})
    assert not await _secured(app, "10.1.2.3")


async def test_only_the_proxy_is_believed(app: ASGIApp) -> None:
    assert not await _secured(app, "192.0.2.1", **{"X-Forwarded-Proto": "https"})


async def test_behind_the_proxy_each_address_counts_for_itself(app: ASGIApp) -> None:
    async def guess(address: str, claimed: str) -> int:
        headers = {"Authorization": "Bearer guess", "X-Forwarded-For": claimed}
        async with client_from(app, address) as client:
            return (await client.post("/graphql", content="{}", headers=headers)).status_code

    for number in range(60):
        assert await guess("10.1.2.3", f"203.0.113.{number}, 198.51.100.1") == 401
    assert await guess("10.1.2.3", "198.51.100.1") == 429
    assert await guess("10.1.2.3", "198.51.100.2") == 401
    # Nobody else gets out of it by claiming to be somebody else.
    for number in range(60):
        assert await guess("192.0.2.1", f"203.0.113.{number}") == 401
    assert await guess("192.0.2.1", "203.0.113.99") == 429
