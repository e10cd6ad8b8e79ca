"""Nobody may ask as often as they like, and whoever tries tokens out is turned away before the database is asked."""

import time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.requests import Request
from starlette.types import ASGIApp

from api.admission import RateLimited
from api.ids import encode_id
from core.domain.access import Caller, Scope, Unauthenticated, UnauthenticatedReason
from core.use_cases.confirm_caller import ConfirmCaller
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from core.use_cases.revoke_token import RevokeToken, RevokeTokenCommand
from server.door import Door
from server.rate_limits import REFUSALS_PER_MINUTE, STRANGERS_PER_MINUTE, RateLimits
from server.services import Services
from server.tickets import Tickets
from server.token_commands import OPERATOR
from support.builders import make_caller
from support.served import ADMIN, client_from, served
from support.world import World

VIEWER = {"query": "{ viewer { name } }"}
NOBODYS_BRANCH = encode_id("Branch", UUID(int=7))
CONSULT = {
    "query": "mutation { consultCredit(input: {subject: {document: "
    f'{{branchId: "{NOBODYS_BRANCH}", number: "11144477735", stateCode: "SP"}}'
    "}}) { __typename } }"
}


class Clockwork:
    """The system's clock, which tests put forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = time.time
        self._ahead = 0.0
        monkeypatch.setattr("time.time", lambda: self._real() + self._ahead)

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead += seconds


class Doorway:
    """A door before which people stand with tokens; `looked_up` counts those that were looked up."""

    def __init__(self, world: World, **limits: int) -> None:
        self.good: dict[str, Caller] = {}
        self.looked_up = 0
        self.tickets = Tickets(vault=world.vault, clock=world.clock)
        confirm = world.use_case(ConfirmCaller)
        rates = RateLimits(**{"requests": 0, "paid": 0, **limits})
        self._door = Door(self._identify, self.tickets, confirm, rates)

    async def _identify(self, request: Request) -> Caller:
        self.looked_up += 1
        token = request.headers.get("authorization", "")
        if token not in self.good:
            missing = UnauthenticatedReason.MISSING
            raise Unauthenticated(reason=UnauthenticatedReason.UNKNOWN if token else missing)
        return self.good[token]

    async def knock(self, token: str | None, address: str = "192.0.2.1", query: str = "") -> str:
        """What comes of showing a token, or a ticket in the query: the caller's name, or why there is none."""
        headers = [] if token is None else [(b"authorization", token.encode())]
        scope: dict[str, Any] = {
            "type": "http",
            "headers": headers,
            "client": (address, 1),
            "query_string": query.encode(),
            "path": "/page",
        }
        try:
            return (await self._door.reader(Request(scope))).name
        except Unauthenticated as error:
            return error.reason.value
        except RateLimited as error:
            return "TURNED_AWAY" if error.seconds >= 1 else "told to come back at once"


@pytest.fixture
def world() -> World:
    return World()


async def _refused(doorway: Doorway, address: str = "192.0.2.1") -> None:
    for number in range(REFUSALS_PER_MINUTE):
        assert await doorway.knock(f"guess {number}", address) == "UNKNOWN"


async def test_whoever_tries_tokens_out_is_turned_away_before_they_are_looked_up(world: World) -> None:
    doorway = Doorway(world)
    await _refused(doorway)
    before = doorway.looked_up
    assert await doorway.knock("the next guess") == "TURNED_AWAY"
    assert await doorway.knock(None) == "TURNED_AWAY"
    assert doorway.looked_up == before
    assert await doorway.knock("the next guess", "192.0.2.2") == "UNKNOWN"


async def test_the_address_is_let_in_again_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clockwork(monkeypatch)
    doorway = Doorway(world)
    await _refused(doorway)
    assert await doorway.knock("one more") == "TURNED_AWAY"
    clock.forward(120)
    assert await doorway.knock("one more") == "UNKNOWN"


async def test_a_token_that_was_good_a_moment_ago_still_opens(world: World) -> None:
    doorway = Doorway(world)
    doorway.good["good"] = make_caller(name="Caixa")
    assert await doorway.knock("good") == "Caixa"
    await _refused(doorway)
    assert await doorway.knock("good") == "Caixa"
    doorway.good.clear()  # it was revoked
    assert await doorway.knock("good") == "UNKNOWN"
    assert await doorway.knock("good") == "TURNED_AWAY"


async def test_ipv6_addresses_of_one_network_count_as_one(world: World) -> None:
    doorway = Doorway(world)
    for number in range(REFUSALS_PER_MINUTE):
        assert await doorway.knock("guess", f"2001:db8:0:1::{number:x}") == "UNKNOWN"
    assert await doorway.knock("guess", "2001:db8:0:1:ffff::1") == "TURNED_AWAY"
    assert await doorway.knock("guess", "2001:db8:0:2::1") == "UNKNOWN"


async def test_an_ipv4_address_counts_as_one_however_it_is_written(world: World) -> None:
    doorway = Doorway(world)
    await _refused(doorway, "192.0.2.1")
    assert await doorway.knock("guess", "::ffff:192.0.2.1") == "TURNED_AWAY"


async def test_nobody_may_knock_without_end_even_with_nothing_to_show(world: World) -> None:
    doorway = Doorway(world)
    for _ in range(STRANGERS_PER_MINUTE):
        assert await doorway.knock(None) == "MISSING"
    assert await doorway.knock(None) == "TURNED_AWAY"


async def test_each_caller_has_a_limit_of_its_own(world: World) -> None:
    doorway = Doorway(world, requests=2)
    doorway.good = {"one": make_caller(id="1", name="One"), "two": make_caller(id="2", name="Two")}
    assert [await doorway.knock("one") for _ in range(3)] == ["One", "One", "TURNED_AWAY"]
    assert await doorway.knock("two", "192.0.2.1") == "Two"


async def test_tickets_count_like_the_token_behind_them(world: World) -> None:
    doorway = Doorway(world, requests=2)
    doorway.good = {"one": make_caller(id="1", name="One")}
    ticket = doorway.tickets.issue("/page", doorway.good["one"])
    assert await doorway.knock("one") == "One"
    assert await doorway.knock(None, query=f"ticket={ticket}") == "One"
    assert await doorway.knock(None, query=f"ticket={ticket}") == "TURNED_AWAY"
    assert await doorway.knock("one") == "TURNED_AWAY"


async def _post(client: httpx.AsyncClient, body: object, headers: dict[str, str]) -> httpx.Response:
    return await client.post("/graphql", json=body, headers=headers)


@pytest.fixture
async def office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The application, where a token may ask six times a minute, and order twice."""
    async with served(monkeypatch, tmp_path, rate_limit="6", consultation_rate_limit="2") as found:
        yield found


async def test_the_api_pages_and_files_count_together(office: tuple[ASGIApp, Services]) -> None:
    async with client_from(office[0]) as client:
        for path in (
            "/reports/consultations.csv",
            "/consultations/1/report.html",
            "/consultations/1/original",
        ):
            assert (await client.get(path, headers=ADMIN)).status_code in (200, 404)
        for _ in range(3):
            assert (await _post(client, VIEWER, ADMIN)).status_code == 200
        limited = await _post(client, VIEWER, ADMIN)
        assert limited.status_code == 429
        (error,) = limited.json()["errors"]
        seconds = error["extensions"]["retryAfterSeconds"]
        assert limited.headers["retry-after"] == str(seconds)
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert 1 <= seconds <= 120
        for path in (
            "/reports/consultations.csv",
            "/consultations/1/report.html",
            "/consultations/1/original",
        ):
            page = await client.get(path, headers=ADMIN)
            assert (page.status_code, page.json()["error"]["code"]) == (429, "RATE_LIMITED")
            assert int(page.headers["retry-after"]) >= 1


async def test_what_is_billed_has_a_limit_of_its_own(office: tuple[ASGIApp, Services]) -> None:
    async with client_from(office[0]) as client:
        answers = [(await _post(client, CONSULT, ADMIN)).json() for _ in range(4)]
        assert (await _post(client, VIEWER, ADMIN)).json()["data"] == {"viewer": {"name": "admin"}}
    assert [answer["data"] for answer in answers[:2]] == [
        {"consultCredit": {"__typename": "CreditAnalysisDisabledError"}}
    ] * 2
    assert [answer["errors"][0]["extensions"]["code"] for answer in answers[2:]] == ["RATE_LIMITED"] * 2


async def test_several_orders_in_one_request_count_each(office: tuple[ASGIApp, Services]) -> None:
    inside = CONSULT["query"].removeprefix("mutation {").removesuffix("}")
    body = {"query": "mutation {" + "".join(f"a{number}: {inside}" for number in range(3)) + "}"}
    async with client_from(office[0]) as client:
        answer = (await _post(client, body, ADMIN)).json()
    assert [error["path"] for error in answer["errors"]] == [["a2"]]


async def test_a_revoked_token_that_is_hammered_with_is_turned_away(
    office: tuple[ASGIApp, Services],
) -> None:
    app, services = office
    created = await services.container.resolve(CreateToken)(
        CreateTokenCommand(caller=OPERATOR, name="desk", scopes=frozenset({Scope.READ}))
    )
    mine = {"Authorization": f"Bearer {created.token}"}
    async with client_from(app) as client:
        assert (await _post(client, VIEWER, mine)).status_code == 200
        await services.container.resolve(RevokeToken)(
            RevokeTokenCommand(caller=OPERATOR, token_id=created.access.id)
        )
        statuses = [(await _post(client, VIEWER, mine)).status_code for _ in range(REFUSALS_PER_MINUTE + 1)]
        assert statuses == [401] * REFUSALS_PER_MINUTE + [429]
        assert (await _post(client, VIEWER, ADMIN)).status_code == 429
    async with client_from(app, "192.0.2.9") as elsewhere:
        assert (await _post(elsewhere, VIEWER, ADMIN)).status_code == 200
