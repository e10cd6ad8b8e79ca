"""Report pages and downloads: as closed as the API itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from openpyxl import load_workbook

from adapters.oidc import keys
from adapters.oidc.keys import new_http_client
from api.permissions import needs
from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction
from core.domain.branch import Branch
from core.domain.listing import AuditFilter
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server.app import build_app
from server.exports import DOWNLOADS, FORMATS
from server.report_pages import PAGES
from server.services import Services, open_services
from server.settings import load_settings
from server.tickets import Tickets
from server.token_commands import OPERATOR
from server.working import make_worker
from support.builders import (
    make_branch,
    make_bureau_report,
    make_caller,
    make_consultation,
    make_customer,
    make_debtor,
    make_integration,
    make_invoice,
    make_negativation,
)
from support.desk import global_id
from support.identity_provider import AUDIENCE, ISSUER, Provider, claims, signed

NAME = "Pessoa Secreta"

ADDRESSES = [
    *(f"/consultations/1/{name}" for name in PAGES),
    *(f"/reports/{name}.{writer.extension}" for name in DOWNLOADS for writer in FORMATS),
]
NEEDED = {
    address: permission.every
    for prefix, permission in [
        *((f"/consultations/1/{name}", stated) for name, stated in PAGES.items()),
        *((f"/reports/{name}.", stated) for name, stated in DOWNLOADS.items()),
    ]
    for address in ADDRESSES
    if address.startswith(prefix)
}
PAGES_OF_ONE = [address for address in ADDRESSES if address.startswith("/consultations")]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The application, with a consultation and a negativation in `here` and nothing in `there`."""

    client: httpx.AsyncClient
    services: Services
    here: Branch
    there: Branch

    async def token(self, *scopes: Scope, branch: Branch | None = None) -> dict[str, str]:
        """The header of a caller with these scopes, in a branch or in all."""
        command = CreateTokenCommand(
            caller=OPERATOR,
            name="desk",
            scopes=frozenset(scopes),
            branch_ids=None if branch is None else frozenset({branch.id}),
        )
        created = await self.services.container.resolve(CreateToken)(command)
        return {"Authorization": f"Bearer {created.token}"}

    async def opened(self) -> int:
        """How often a report was opened, according to the trail."""
        units_of_work: UnitsOfWork = self.services.container.resolve(UnitsOfWork)
        async with units_of_work.read() as work:
            return await work.audit.count(AuditFilter(action=AuditAction.REPORT_OPENED))

    def ticket(self, address: str, caller: Caller) -> str:
        """The address with a ticket in the name of that caller."""
        container = self.services.container
        return Tickets(vault=container.resolve(Vault), clock=container.resolve(Clock)).link(address, caller)


@pytest.fixture
def provider() -> Provider:
    """An identity provider that the application trusts."""
    return Provider()


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: Provider) -> AsyncIterator[House]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIADOR_DATABASE_URL", raising=False)
    monkeypatch.setenv("FIADOR_OIDC_ISSUER", ISSUER)
    monkeypatch.setenv("FIADOR_OIDC_AUDIENCE", AUDIENCE)
    monkeypatch.setattr(keys, "new_http_client", lambda _: new_http_client(provider.transport))
    async with open_services(load_settings(), with_sandbox=False) as services:
        app = build_app(services, make_worker(services), None)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://fiador.test") as client:
            here, there = await _furnished(services.container.resolve(UnitsOfWork))
            yield House(client=client, services=services, here=here, there=there)


async def _furnished(units_of_work: UnitsOfWork) -> tuple[Branch, Branch]:
    async with units_of_work.begin() as work:
        here = await work.branches.add(make_branch(name="Filial secreta", external_id="aqui"))
        there = await work.branches.add(make_branch(name="Outra filial", external_id="ali"))
        integration = await work.integrations.add(make_integration(branch_id=here.id))
        owned = {"branch_id": here.id, "integration_id": integration.id}
        customer = await work.customers.add(make_customer(branch_id=here.id, name=NAME))
        invoice = await work.invoices.add(make_invoice(branch_id=here.id, customer_id=customer.id))
        consultation = await work.consultations.add(
            make_consultation(**owned, subject_id=customer.id, document=customer.document)
        )
        report = make_bureau_report(original=NAME.encode(), original_media_type="text/html; charset=utf-8")
        await work.consultations.add_report(consultation.id, report)
        debtor = replace(make_debtor(), name=NAME)
        await work.negativations.add(
            make_negativation(**owned, customer_id=customer.id, invoice_id=invoice.id, debtor=debtor)
        )
    assert consultation.number == 1
    return here, there


def _rows(answer: httpx.Response) -> int:
    """How many records a downloaded report holds."""
    if answer.headers["content-type"].startswith("text/csv"):
        return len(answer.text.strip().splitlines()) - 1
    sheet = load_workbook(BytesIO(answer.content), read_only=True).active
    assert sheet is not None
    return len(list(sheet.iter_rows())) - 1


async def test_nothing_opens_without_a_token(house: House) -> None:
    nobody: tuple[dict[str, str], ...] = (
        {},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer a.b.c"},
    )
    for address, method, headers in product(ADDRESSES, ("GET", "HEAD"), nobody):
        answer = await house.client.request(method, address, headers=headers)
        assert answer.status_code == 401, (address, method)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert NAME not in answer.text
    assert await house.opened() == 0


async def test_nothing_opens_without_a_scope_that_it_needs(house: House) -> None:
    for address, missing in [(page, scope) for page in ADDRESSES for scope in NEEDED[page]]:
        others = await house.token(*(set(Scope) - {missing}))
        answer = await house.client.get(address, headers=others)
        assert (answer.status_code, missing.value in answer.text) == (403, True), address
        assert (await house.client.head(address, headers=others)).status_code == 403, address
        lacking = make_caller(scopes=frozenset(Scope) - {missing})
        assert (await house.client.get(house.ticket(address, lacking))).status_code == 403, address
    assert await house.opened() == 0


@pytest.mark.parametrize(
    ("language", "nobody", "lacking", "nothing"),
    [
        (
            "pt-BR",
            "O token não é conhecido.",
            "O token não tem a permissão {scope}.",
            "A consulta não existe, ou está fora do alcance deste token.",
        ),
        (
            "en",
            "The token is not known.",
            "The token lacks the scope {scope}.",
            "No such Consultation, or it is out of this token's reach.",
        ),
    ],
)
async def test_a_refusal_is_told_in_the_reader_s_language(
    house: House, language: str, nobody: str, lacking: str, nothing: str
) -> None:
    async def told(address: str, token: dict[str, str]) -> tuple[int, str]:
        answer = await house.client.get(address, headers={**token, "Accept-Language": language})
        return answer.status_code, answer.json()["error"]["detail"]

    without, every = await house.token(Scope.AUDIT), await house.token(*Scope)
    for address in ADDRESSES:
        assert await told(address, {"Authorization": "Bearer nonsense"}) == (401, nobody), address
        scope = NEEDED[address][0].value
        assert await told(address, without) == (403, lacking.format(scope=scope)), address
    for address in PAGES_OF_ONE:
        assert await told(address.replace("/1/", "/999/"), every) == (404, nothing), address


async def test_what_is_stated_for_a_page_is_what_is_checked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = await house.token(*(set(Scope) - {Scope.AUDIT}))
    for name in PAGES:
        monkeypatch.setitem(PAGES, name, needs(Scope.AUDIT))
        answer = await house.client.get(f"/consultations/1/{name}", headers=others)
        assert (answer.status_code, "AUDIT" in answer.text) == (403, True), name


async def test_the_scopes_that_it_states_are_enough(house: House) -> None:
    for opened, address in enumerate(ADDRESSES, start=1):
        answer = await house.client.get(address, headers=await house.token(*NEEDED[address]))
        assert answer.status_code == 200, address
        if address.startswith("/reports"):
            assert _rows(answer) == 1, address
        assert await house.opened() == opened, address


async def test_a_report_of_another_branch_is_not_there(house: House) -> None:
    stranger = make_caller(branch_ids=frozenset({house.there.id}))
    headers = await house.token(*Scope, branch=house.there)
    for address in PAGES_OF_ONE:
        nothing = await house.client.get(address.replace("/1/", "/999/"), headers=headers)
        for asked in (
            await house.client.get(address, headers=headers),
            await house.client.get(house.ticket(address, stranger)),
        ):
            assert (asked.status_code, asked.content) == (404, nothing.content), address
    assert await house.opened() == 0


async def test_a_download_holds_nothing_of_another_branch(house: House) -> None:
    stranger = make_caller(branch_ids=frozenset({house.there.id}))
    headers = await house.token(*Scope, branch=house.there)
    owner = await house.token(*Scope, branch=house.here)
    for address in [page for page in ADDRESSES if page not in PAGES_OF_ONE]:
        narrowed = f"{address}?branchId={global_id(house.here)}"
        for asked in (
            await house.client.get(address, headers=headers),
            await house.client.get(narrowed, headers=headers),
            await house.client.get(house.ticket(narrowed, stranger)),
        ):
            assert (asked.status_code, _rows(asked)) == (200, 0), address
            assert NAME not in asked.text
        assert _rows(await house.client.get(narrowed, headers=owner)) == 1, address


async def test_a_ticket_opens_nothing_else(house: House) -> None:
    narrowed = [f"{address}?branchId={global_id(house.here)}" for address in ADDRESSES]
    others = [*ADDRESSES, *narrowed, *(address.replace("/1/", "/2/") for address in PAGES_OF_ONE), "/graphql"]
    for address in ADDRESSES:
        ticket = parse_qs(urlsplit(house.ticket(address, make_caller())).query)["ticket"][0]
        assert (await house.client.get(address, params={"ticket": ticket})).status_code == 200
        for other in set(others) - {address}:
            joined = f"{other}{'&' if '?' in other else '?'}ticket={ticket}"
            assert (await house.client.get(joined)).status_code == 401, (address, other)


async def test_people_of_the_identity_provider_open_what_their_claims_say(house: House) -> None:
    page = "/consultations/1/report.html"
    rights = {"fiador_scopes": ["READ", "READ_CONSULTATIONS"], "scope": "openid"}
    for branches, status in (
        ("aqui", 200),
        (global_id(house.here), 200),
        ("*", 200),
        ("ali", 404),
        (None, 404),
    ):
        token = signed(claims(**rights, fiador_branches=branches))
        answer = await house.client.get(page, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
    assert await house.opened() == 3
    forbidden = await house.client.get(page, headers={"Authorization": f"Bearer {signed()}"})
    assert forbidden.status_code == 403


async def test_a_page_says_when_the_identity_provider_is_away(house: House, provider: Provider) -> None:
    provider.away = True
    headers = {"Authorization": f"Bearer {signed()}"}
    for address in ADDRESSES:
        answer = await house.client.get(address, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert int(answer.headers["retry-after"]) > 0
