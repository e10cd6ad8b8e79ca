"""Addresses that try to leave their place: each is refused, no file is opened for them, and the server goes on."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.listing import AuditFilter
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from ports.unit_of_work import UnitsOfWork
from server.services import Services
from server.token_commands import OPERATOR
from support.builders import make_branch, make_bureau_report, make_consultation, make_integration
from support.served import served
from support.sockets import Socket, listening

SECRET = "the-file-that-nobody-may-read"
MARKS = (SECRET.encode(), b"root:", b"SQLite format", b"[project]")

PLACES = (
    b"/consultations/%b/report.html",
    b"/consultations/%b/report.pdf",
    b"/consultations/%b/original",
    b"/consultations/1/%b",
    b"/reports/%b",
    b"/reports/%b.csv",
    b"/graphql/assets/%b",
    b"/%b",
)
UP = (
    b"../",
    b"..%2f",
    b"%2e%2e/",
    b"%2e%2e%2f",
    b"%252e%252e%252f",
    b"..%252f",
    b"..\\",
    b"..%5c",
    b"....//",
    b"..;/",
    b"..%00/",
    b"%c0%ae%c0%ae%c0%af",
    b"%uff0e%uff0e%u2215",
    b"%ef%bc%8e%ef%bc%8e%ef%bc%8f",
)
FILES = (b"secret.txt", b"etc/passwd", b"fiador.sqlite3", b"etc%2fpasswd%00.html")
ABSOLUTE = (
    b"%2fetc%2fpasswd",
    b"//etc/passwd",
    b"file:%2f%2f%2fetc%2fpasswd",
    b"C:%5cWindows%5cwin.ini",
    b"~root",
)
NO_NUMBERS = (
    b"0",
    b"-1",
    b"%2b1",
    b"1.0",
    b"1e0",
    b"0x1",
    b"1_0",
    b"%201",
    b"1%20",
    b"1%0a",
    b"1%00",
    b"1%2f",
    b"1;",
    b"1,2",
    b"1'--",
    b"1%20OR%201=1",
    b"%d9%a1",
    b"%ef%bc%91",
    b"%c2%b9",
    b"%ff",
    b"true",
    b"null",
    b"NaN",
    b"%7b%7b7*7%7d%7d",
    b"9" * 15,
    b"9" * 16,
    b"9" * 5_000,
    b"x" * 60_000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The service, with consultation 1 in the branch of `token` and consultation 2 in another."""

    socket: Socket
    services: Services
    token: str
    folder: Path

    async def opened(self) -> int:
        """How often a report was opened or downloaded, according to the trail."""
        units_of_work: UnitsOfWork = self.services.container.resolve(UnitsOfWork)
        async with units_of_work.read() as work:
            return await work.audit.count(AuditFilter(action=AuditAction.REPORT_OPENED))

    async def refuse(self, *targets: bytes) -> None:
        """Fail unless each is refused like anything else that is not there, without a file being opened."""
        before = await self.opened()
        for target in targets:
            with _watched() as files:
                answer = await self.socket.get(target, token=self.token)
            assert 400 <= answer.status < 500, (answer.status, target[:80])
            assert not any(mark in answer.head + answer.body for mark in MARKS), target[:80]
            assert files == [], target[:80]
        assert await self.opened() == before


_watching: list[list[str]] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _watching:
        _watching[-1].append(str(arguments[0]))


sys.addaudithook(_note)


@contextmanager
def _watched() -> Iterator[list[str]]:
    """The files that Python code opens meanwhile."""
    _watching.append([])
    try:
        yield _watching[-1]
    finally:
        _watching.pop()


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    (tmp_path / "secret.txt").write_text(SECRET)
    folder = tmp_path / "service"
    folder.mkdir()
    async with served(monkeypatch, folder) as (app, services), listening(app) as socket:
        token = await _furnished(services)
        yield House(socket=socket, services=services, token=token, folder=folder)


async def _furnished(services: Services) -> str:
    units_of_work: UnitsOfWork = services.container.resolve(UnitsOfWork)
    async with units_of_work.begin() as work:
        here, there = await work.branches.add(make_branch()), await work.branches.add(make_branch())
        for branch in (here, there):
            integration = await work.integrations.add(make_integration(branch_id=branch.id))
            made = make_consultation(branch_id=branch.id, integration_id=integration.id)
            consultation = await work.consultations.add(made)
            await work.consultations.add_report(consultation.id, make_bureau_report())
    command = CreateTokenCommand(
        caller=OPERATOR, name="desk", scopes=frozenset(Scope), branch_ids=frozenset({here.id})
    )
    return (await services.container.resolve(CreateToken)(command)).token


async def test_what_is_refused_here_would_be_found_in_its_place(house: House) -> None:
    for target in (
        b"/consultations/1/report.html",
        b"/consultations/1/original",
        b"/reports/consultations.csv",
    ):
        assert (await house.socket.get(target, token=house.token)).status == 200
    assert await house.opened() == 3
    with _watched() as files:
        await asyncio.to_thread((house.folder / "../secret.txt").read_bytes)
    assert files == [str(house.folder / "../secret.txt")]


async def test_ways_up_and_out(house: House) -> None:
    ways = [up * depth + name for up, name, depth in product(UP, FILES, (1, 12))]
    await house.refuse(
        *(place % way for place, way in product(PLACES, [*ways[:: len(PLACES) - 1], *ABSOLUTE]))
    )
    await house.refuse(*(PLACES[index % len(PLACES)] % way for index, way in enumerate(ways)))


async def test_what_is_no_number(house: House) -> None:
    await house.refuse(*(place % text for place, text in product(PLACES[:3], NO_NUMBERS)))


async def test_names_of_reports_and_assets(house: House) -> None:
    names = (
        b"consultations.csv%00.xlsx",
        b"consultations.CSV",
        b"consultations.csv.",
        b"consultations.csv/",
        b"audit_events.csv",
    )
    await house.refuse(*(b"/reports/" + name for name in names))
    assets = (b"", b".", b"..", b"%2e", b"index.html%00", b"package.json", b"con", b"x" * 60_000)
    await house.refuse(*(b"/graphql/assets/" + name for name in assets))
    await house.refuse(
        b"/consultations/1/report.html/", b"/consultations/1/REPORT.HTML", b"/consultations//1/original"
    )


async def test_nothing_leads_on_to_the_host_that_was_named(house: House) -> None:
    for path in (
        b"/graphql/",
        b"/health/live/",
        b"/consultations/1/original/",
        b"/reports/consultations.csv/",
    ):
        answer = await house.socket.send(
            b"GET " + path + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )
        assert (answer.status, b"evil.example" in answer.head) == (404, False), path
    answer = await house.socket.send(b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert (answer.status, b"evil.example" in answer.head) == (307, False)


async def test_other_people_s_numbers(house: House) -> None:
    forms = (b"/consultations/%d/report.html", b"/consultations/%d/report.pdf", b"/consultations/%d/original")
    for form in forms:
        theirs = await house.socket.get(form % 2, token=house.token)
        nothing = await house.socket.get(form % 3, token=house.token)
        assert (theirs.status, theirs.body) == (404, nothing.body)
    await house.refuse(*(form % 2 for form in forms))
    assert await house.opened() == 0


async def test_tickets_that_are_none(house: House) -> None:
    for ticket in (
        b"",
        b"x",
        b"%00",
        b"..%2f..%2f",
        b"%ff",
        b"'--",
        b"{{7*7}}",
        b"A" * 50_000,
        b"a&ticket=b",
    ):
        for page in (b"/consultations/1/report.html", b"/reports/consultations.csv"):
            answer = await house.socket.get(page + b"?ticket=" + ticket, token="nobody")
            assert answer.status in (400, 401), (answer.status, ticket[:40])


async def test_addresses_of_other_servers(house: House) -> None:
    await house.refuse(
        b"http://evil.example/consultations/1/report",
        b"//evil.example/graphql",
        b"/\\evil.example",
        b"/%09/evil.example",
        b"/.well-known/../../secret.txt",
    )
