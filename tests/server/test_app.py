"""The web application as a whole, over a real database: addresses, rights, headers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import structlog
from starlette.types import ASGIApp

from core.domain.access import Scope
from core.domain.idempotency import IdempotencyRecord
from core.use_cases.continue_collection import ContinueCollection
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from core.use_cases.identify_caller import IdentifyCaller
from core.use_cases.open_report import OpenReport
from core.use_cases.purge_records import PurgeRecords
from core.use_cases.revoke_token import RevokeToken, RevokeTokenCommand
from ports.unit_of_work import UnitsOfWork
from server import callers
from server.app import build_app
from server.services import Services, open_services
from server.settings import load_settings
from server.token_commands import OPERATOR
from server.vitals import Vitals
from server.working import forget_old, make_worker, purge
from support.builders import make_branch, make_bureau_report, make_consultation, make_integration

ADMIN_TOKEN = "token-of-the-administrator"
DESK = "https://desk.example"
ORIGINAL = b"<script>alert(1)</script><p>as it came</p>"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The application, what it stands on, and the number of a consultation with a report."""

    app: ASGIApp
    client: httpx.AsyncClient
    services: Services
    number: int

    async def token(self, *scopes: Scope) -> dict[str, str]:
        """The header of a caller with just these scopes."""
        command = CreateTokenCommand(caller=OPERATOR, name="desk", scopes=frozenset(scopes))
        created = await self.services.container.resolve(CreateToken)(command)
        return {"Authorization": f"Bearer {created.token}"}

    def move_database(self, folder: Path) -> None:
        """Move the database's files to another folder."""
        folder.mkdir(exist_ok=True)
        for file in self.files():
            file.rename(folder / file.name)

    def bring_database(self, folder: Path) -> None:
        """Move the database's files back."""
        for file in folder.iterdir():
            file.rename(Path(".fiador") / file.name)

    def files(self) -> list[Path]:
        """The database's files."""
        return list(Path(".fiador").glob("fiador.db*"))

    async def links(self, headers: dict[str, str]) -> dict[str, str | None]:
        """The links of the consultation as the API gives them to that caller."""
        query = "{ consultations(first: 1) { nodes { printUrl pdfUrl originalUrl } } }"
        answer = (await self.client.post("/graphql", json={"query": query}, headers=headers)).json()
        links: dict[str, str | None] = answer["data"]["consultations"]["nodes"][0]
        return links


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIADOR_DATABASE_URL", raising=False)
    monkeypatch.setenv("FIADOR_ADMIN_TOKEN", ADMIN_TOKEN)
    monkeypatch.setenv("FIADOR_CORS_ORIGINS", DESK)
    async with open_services(load_settings(), with_sandbox=False) as services:
        app = build_app(services, make_worker(services), None)
        async with _client(app) as client:
            number = await _consulted(services.container.resolve(UnitsOfWork))
            yield House(app=app, client=client, services=services, number=number)


def _client(app: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://fiador.test")


async def _consulted(units_of_work: UnitsOfWork) -> int:
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        integration = await work.integrations.add(make_integration(branch_id=branch.id))
        wanted = make_consultation(branch_id=branch.id, integration_id=integration.id, subject_id=None)
        consultation = await work.consultations.add(wanted)
        report = make_bureau_report(original=ORIGINAL, original_media_type="text/html; charset=utf-8")
        await work.consultations.add_report(consultation.id, report)
    return consultation.number


ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


async def test_the_front_door_leads_to_the_explorer(house: House) -> None:
    answer = await house.client.get("/")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/graphql"


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml,*/*;q=0.8"])
async def test_a_browser_gets_the_explorer_without_a_token(house: House, accept: str) -> None:
    answer = await house.client.get("/graphql", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/html")
    assert "fia_" not in answer.text


async def test_whoever_is_no_browser_gets_the_api(house: House) -> None:
    asked = {"params": {"query": "{ viewer { name } }"}}
    answer = await house.client.get("/graphql", headers=ADMIN, **asked)  # type: ignore[arg-type]
    assert answer.json() == {"data": {"viewer": {"name": "admin"}}}
    refused = await house.client.put("/graphql", headers=ADMIN)
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, POST"


async def test_the_routines_are_told_who_calls(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "MOMENT", 3_600.0)
    asked = house.services.container.resolve(ContinueCollection).callers
    assert not asked.any()
    await house.client.get("/graphql")
    assert asked.any()


async def test_the_request_id_is_the_one_in_the_error(house: House) -> None:
    answer = await house.client.post("/graphql", json={"query": "{"}, headers=ADMIN)
    (error,) = answer.json()["errors"]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("page", ["report.html", "report.pdf", "original"])
async def test_no_page_opens_without_a_token(house: House, page: str) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = await house.client.get(f"/consultations/{house.number}/{page}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("page", ["report.html", "report.pdf", "original"])
async def test_no_page_opens_without_the_right_to_read_reports(house: House, page: str) -> None:
    others = await house.token(*(set(Scope) - {Scope.READ_CONSULTATIONS}))
    answer = await house.client.get(f"/consultations/{house.number}/{page}", headers=others)
    assert answer.status_code == 403
    assert "READ_CONSULTATIONS" in answer.text


async def test_who_sees_documents_masked_sees_no_original(house: House) -> None:
    clerk = await house.token(Scope.READ, Scope.READ_CONSULTATIONS)
    original = await house.client.get(f"/consultations/{house.number}/original", headers=clerk)
    assert original.status_code == 403
    page = await house.client.get(f"/consultations/{house.number}/report.html", headers=clerk)
    assert page.status_code == 200
    assert "***." in page.text
    links = await house.links(clerk)
    assert links["originalUrl"] is None
    by_ticket = await house.client.get(str(links["printUrl"]))
    assert by_ticket.status_code == 200
    assert "***." in by_ticket.text


async def test_a_revoked_token_opens_nothing_from_the_next_request_on(house: House) -> None:
    clerk = await house.token(Scope.READ, Scope.READ_CONSULTATIONS)
    page = f"/consultations/{house.number}/report.html"
    ticket = str((await house.links(clerk))["printUrl"])
    assert (await house.client.get(page, headers=clerk)).status_code == 200
    assert (await house.client.get(ticket)).status_code == 200
    async with house.services.container.resolve(UnitsOfWork).read() as work:
        (token,) = await work.tokens.all()
    revoke = RevokeTokenCommand(caller=OPERATOR, token_id=token.id)
    await house.services.container.resolve(RevokeToken)(revoke)
    assert (await house.client.get(page, headers=clerk)).status_code == 401
    asked = {"json": {"query": "{ viewer { name } }"}}
    assert (await house.client.post("/graphql", headers=clerk, **asked)).status_code == 401  # type: ignore[arg-type]
    assert (await house.client.get(ticket)).status_code == 401


async def test_a_ticket_opens_no_other_page(house: House) -> None:
    links = await house.links(ADMIN)
    path, _, ticket = str(links["printUrl"]).partition("?ticket=")
    assert (await house.client.get(path, params={"ticket": ticket})).status_code == 200
    other = path.replace("report.html", "original")
    assert (await house.client.get(other, params={"ticket": ticket})).status_code == 401


@pytest.mark.parametrize("number", ["0", "999", "9" * 15, "9" * 5000, "-1", "1.0", "٣", "abc", "1%00"])
async def test_a_number_that_is_none_is_not_found(house: House, number: str) -> None:
    answer = await house.client.get(f"/consultations/{number}/report.html", headers=ADMIN)
    assert answer.status_code == 404


async def test_a_program_gets_the_original_untouched_and_no_browser_shows_that(house: House) -> None:
    answer = await house.client.get(f"/consultations/{house.number}/original", headers=ADMIN)
    assert answer.content == ORIGINAL
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == f'attachment; filename="consulta-{house.number}.html"'
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


async def test_a_browser_shows_the_original_made_harmless(house: House) -> None:
    headers = {**ADMIN, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    answer = await house.client.get(f"/consultations/{house.number}/original", headers=headers)
    assert "<p>as it came</p>" in answer.text
    assert "script" not in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"].split(", ")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert "allow-" not in policy


async def test_an_original_that_cannot_be_made_harmless_is_not_shown(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    headers = {**ADMIN, "Accept": "text/html"}
    answer = await house.client.get(f"/consultations/{house.number}/original", headers=headers)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_other_sites_may_call_only_when_configured(house: House) -> None:
    body = {"query": "{ viewer { name } }"}
    asked = await house.client.post("/graphql", json=body, headers={**ADMIN, "Origin": DESK})
    assert asked.headers["access-control-allow-origin"] == DESK
    refused = await house.client.post("/graphql", json=body, headers={"Origin": DESK})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == DESK
    stranger = await house.client.post(
        "/graphql", json=body, headers={**ADMIN, "Origin": "https://evil.example"}
    )
    assert "access-control-allow-origin" not in stranger.headers


async def test_a_preflight_is_answered(house: House) -> None:
    wanted = {
        "Origin": DESK,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = await house.client.options("/graphql", headers=wanted)
    assert answer.status_code == 200
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


async def test_it_is_ready_until_the_database_is_gone(house: House, tmp_path: Path) -> None:
    assert (await house.client.get("/health/live")).status_code == 200
    unknown = await house.client.get("/health/ready")
    assert (unknown.status_code, unknown.json()["database"]) == (503, "not looked at yet")
    await house.services.vitals.look()
    ready = await house.client.get("/health/ready")
    well = {"status": "ready", "database": "ok", "worker": "ok", "clock": "ok"}
    assert (ready.status_code, ready.json()) == (200, well)
    house.move_database(tmp_path / "elsewhere")
    await house.services.vitals.look()
    gone = await house.client.get("/health/ready")
    assert (gone.status_code, gone.json()) == (503, {**well, "status": "not ready", "database": "away"})
    assert (await house.client.get("/health/live")).status_code == 200
    assert house.files() == []
    house.bring_database(tmp_path / "elsewhere")
    await house.services.vitals.look()
    assert (await house.client.get("/health/ready")).json() == well


@pytest.mark.parametrize(
    "path",
    [
        "/consultations/1/report.html",
        "/consultations/1/report.pdf",
        "/consultations/1/original",
        "/reports/consultations.csv",
        "/reports/negativations.xlsx",
    ],
)
async def test_a_page_is_unavailable_while_the_database_is_away(
    house: House, tmp_path: Path, path: str
) -> None:
    clerk = await house.token(*Scope)
    house.move_database(tmp_path / "elsewhere")
    for headers in (ADMIN, clerk):
        answer = await house.client.get(path, headers={**headers, "Accept-Language": "en"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert "without its database" in answer.json()["error"]["detail"]
        assert int(answer.headers["retry-after"]) > 0
    house.bring_database(tmp_path / "elsewhere")
    for headers in (ADMIN, clerk):
        assert (await house.client.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "failing"),
    [("GET", "/consultations/1/report.html", OpenReport), ("POST", "/graphql", IdentifyCaller)],
)
async def test_what_nobody_expected_is_said_without_details(
    house: House, monkeypatch: pytest.MonkeyPatch, method: str, path: str, failing: type
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("CPF 111.444.777-35")

    monkeypatch.setattr(failing, "__call__", fail)
    answer = await house.client.request(method, path, headers={**ADMIN, "Origin": DESK})
    assert answer.status_code == 500
    assert answer.json() == {"error": {"code": "INTERNAL", "requestId": answer.headers["x-request-id"]}}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == DESK
    # The server writes down what goes on up to it.
    loud = httpx.AsyncClient(transport=httpx.ASGITransport(house.app), base_url="http://fiador.test")
    async with loud:
        with pytest.raises(RuntimeError):
            await loud.request(method, path, headers=ADMIN)


async def test_the_line_of_a_request_says_where_it_went(house: House) -> None:
    with structlog.testing.capture_logs() as lines:
        await house.client.post("/graphql", json={"query": "{ __typename }"}, headers=ADMIN)
        await house.client.get("/graphql", headers=ADMIN)
        await house.client.post("/graphql/", headers=ADMIN)
    assert [(line["event"], line["status"]) for line in lines] == [
        ("POST /graphql", 200),
        ("GET /graphql", 400),
        ("POST elsewhere", 404),
    ]


async def test_nothing_is_forgotten_by_a_clock_that_jumped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def keep() -> None:
        record = IdempotencyRecord(
            caller_id="ana",
            key="k",
            operation="consultCredit",
            fingerprint="f",
            result_id=uuid4(),
            created_at=datetime.now(UTC) - timedelta(days=31),
        )
        async with house.services.container.resolve(UnitsOfWork).begin() as work:
            await work.idempotency.add(record)

    await keep()
    assert await forget_old(house.services) == 1
    await keep()
    monkeypatch.setattr(Vitals, "clock", lambda self: "jumped 3600 s ahead")
    assert await forget_old(house.services) == 0


async def test_nothing_is_purged_by_a_clock_that_jumped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go_on(_: PurgeRecords) -> int:
        return 7

    monkeypatch.setattr(PurgeRecords, "__call__", go_on)
    assert await purge(house.services) == 7
    monkeypatch.setattr(Vitals, "clock", lambda self: "jumped 3600 s ahead")
    assert await purge(house.services) == 0
