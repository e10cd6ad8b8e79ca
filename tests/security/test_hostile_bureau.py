"""A bureau that means harm: callers hear that it is unavailable, nothing leaks, and the service goes on."""

import asyncio
import io
import json
import logging
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from adapters.connect_sa import exchange
from adapters.connect_sa.circuit import Circuit
from adapters.connect_sa.client import ConnectSaBureau
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind
from core.domain.parameters import CreditParameters
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server import services as composition
from server.services import Services
from support.builders import make_branch, make_credential, make_integration
from support.desk import global_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.hostile_bureau import HostileBureau, Reply, chunked, hostile_bureau, http
from support.served import ADMIN, served
from support.sockets import listening
from support.wire_reports import REPORT

SEED = 20_261_122
PASSWORD = "Kx7@wQz1"
MARK = "marca-do-bureau-hostil"
CONSULT = """mutation ($input: ConsultCreditInput!) { consultCredit(input: $input) { __typename
  ... on ConsultCreditSuccess { consultation { number } } ... on UserError { code message } } }"""
MONITOR = """mutation ($input: MonitorCompanyInput!) { monitorCompany(input: $input) { __typename
  ... on UserError { code message } } }"""
TEST = """mutation ($input: TestIntegrationInput!) { testIntegration(input: $input) { __typename
  ... on TestIntegrationSuccess { results { outcome } } ... on UserError { code message } } }"""

BOUND = exchange.MAX_ANSWER_BYTES + 12 * 1024 * 1024
"""The most bytes that an answer may cost: what is read of it, and what fits into the buffers of two sockets."""

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The service over a hostile bureau, with a branch and its integration."""

    bureau: HostileBureau
    client: httpx.Client
    branch: Branch
    integration_id: str

    def ask(self, query: str, **values: Any) -> Any:
        """What comes of a mutation; nothing of the bureau's words and no password is in the answer."""
        answer = self.client.post("/graphql", json={"query": query, "variables": {"input": values}})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        assert PASSWORD not in answer.text
        (outcome,) = answer.json()["data"].values()
        return outcome

    def consult(self) -> Any:
        """Consult somebody who was never consulted."""
        document = {
            "branchId": global_id(self.branch),
            "number": synthetic_cpf(next(_numbers)).number,
            "stateCode": "SC",
        }
        return self.ask(CONSULT, subject={"document": document}, plan="REPORT_AND_SCORE")

    def monitor(self) -> Any:
        """Watch a company that was never watched."""
        company = synthetic_cnpj(next(_numbers)).number
        return self.ask(MONITOR, branchId=global_id(self.branch), number=company)

    def test(self) -> Any:
        """Test the passwords."""
        return self.ask(TEST, integrationId=self.integration_id)

    def open_all_of(self, number: int) -> None:
        """Open each page of the consultation."""
        for name in ("report.html", "report.pdf", "original"):
            assert self.client.get(f"/consultations/{number}/{name}").status_code == 200, name

    def download_all(self) -> None:
        """Download the report of all consultations."""
        for name in ("consultations.csv", "consultations.xlsx"):
            assert self.client.get(f"/reports/{name}").status_code == 200, name


@pytest.fixture
async def house(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[House]:
    """The service. It asks the bureau once, and never leaves it alone for long."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers, handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    monkeypatch.setattr(exchange, "READ_ATTEMPTS", 1)
    always_over = Circuit(monotonic=count(0, 3_600).__next__)
    monkeypatch.setattr(
        composition, "ConnectSaBureau", partial(ConnectSaBureau, new_circuit=lambda: always_over)
    )
    async with (
        hostile_bureau() as bureau,
        served(monkeypatch, tmp_path, homologation_url=bureau.address) as (app, services),
        listening(app) as socket,
    ):
        branch, integration_id = await _furnished(services)
        address = f"http://127.0.0.1:{socket.port}"
        with httpx.Client(base_url=address, headers={**ADMIN, "Accept-Language": "en"}, timeout=60) as client:
            yield House(bureau=bureau, client=client, branch=branch, integration_id=integration_id)
        written = logged.getvalue() + "".join(capsys.readouterr())
        assert "POST /graphql" in written
        assert PASSWORD not in written
        assert MARK not in written


async def _furnished(services: Services) -> tuple[Branch, str]:
    vault: Vault = services.container.resolve(Vault)
    units_of_work: UnitsOfWork = services.container.resolve(UnitsOfWork)
    async with units_of_work.begin() as work:
        await work.parameters.save_credit(CreditParameters(enabled=True, repeat_interval_days=30))
        branch = await work.branches.add(make_branch())
        integration = make_integration(branch_id=branch.id)
        for kind in CredentialKind:
            sealed = vault.seal(Secret(PASSWORD), secret_context(integration.id, kind))
            integration = integration.with_credential(make_credential(kind, sealed=sealed))
        integration = await work.integrations.add(integration)
        await work.branches.save(replace(branch, integration_id=integration.id))
    return branch, global_id(integration)


def _report(**changes: Any) -> dict[str, Any]:
    return {"chave": "KEY", **REPORT, **changes}


def _changed(path: str, value: Any) -> dict[str, Any]:
    """A report in which one value is another."""
    report = deepcopy(_report())
    *parents, last = path.split(".")
    node: Any = report
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    node[int(last) if isinstance(node, list) else last] = value
    return report


GOOD = json.dumps(_report()).encode()
DEEP = b"[" * 200_000
REPLIES = {
    "nothing": Reply(sent=b""),
    "not HTTP": Reply(sent=b"SSH-2.0-OpenSSH_9.2\r\n" + MARK.encode()),
    "HTTP/0.9": Reply(sent=b"<html>" + MARK.encode() + b"</html>"),
    "a status that is none": Reply(sent=b"HTTP/1.1 9999999999 X\r\n\r\n"),
    "a page": Reply(sent=http(f"<html><script>{MARK}</script></html>".encode(), "Content-Type: text/html")),
    "half a document": Reply(sent=http(GOOD[: len(GOOD) // 2])),
    "less than announced": Reply(sent=http(GOOD, length=len(GOOD) + 100)),
    "cut short of what was announced": Reply(sent=http(GOOD, length=len(GOOD) - 20)),
    "a length that is none": Reply(sent=http(GOOD).replace(b"Content-Length: ", b"Content-Length: -")),
    "two lengths": Reply(sent=http(GOOD, f"Content-Length: {len(GOOD) + 1}")),
    "UTF-16": Reply(sent=http(GOOD.decode().encode("utf-16"))),
    "Latin-1": Reply(sent=http(GOOD.replace(b"Aurora", b"Aur\xf3ra"))),
    "halves of surrogate pairs": Reply(sent=http(GOOD.replace(b"Aurora", b"\\ud800"))),
    "NUL bytes": Reply(sent=http(GOOD.replace(b'"chave"', b'\x00"chave"'))),
    "deep nesting": Reply(sent=http(DEEP)),
    "deep nesting in a field": Reply(sent=http(GOOD[:-1] + b', "mais": ' + DEEP)),
    "not a number": Reply(sent=http(GOOD.replace(b"700", b"NaN"))),
    "infinity": Reply(sent=http(GOOD.replace(b"700", b"1e999"))),
    "a long number": Reply(sent=http(GOOD.replace(b"700", b"7" * 100_000))),
    "the order of somebody else": Reply(sent=http(_report(chave="another:consultation"))),
    "two keys, the second of somebody else": Reply(
        sent=http(GOOD[:-1] + b', "chave": "another:consultation"}')
    ),
    "a compressed answer": Reply(sent=http(GOOD, "Content-Encoding: gzip")),
    "another encoding": Reply(sent=http(GOOD, "Content-Encoding: br, identity")),
    "an event stream": Reply(sent=http(b"data: " + GOOD, "Content-Type: text/event-stream")),
    "a protocol that was not asked for": Reply(sent=http(GOOD, "Upgrade: h2c", status=101)),
    "a flood of headers": Reply(sent=http(GOOD, *(f"X-{number}: x" for number in range(20_000)))),
    "a long header": Reply(sent=http(GOOD, "X-Long: " + "x" * 1_000_000)),
    "headers without end": Reply(sent=b"HTTP/1.1 200 OK\r\n", over_and_over=b"X-More: x\r\n" * 1_000),
    "a chunk that is none": Reply(sent=chunked() + b"zz\r\n" + GOOD),
    "a chunk of all memory": Reply(sent=chunked() + b"ffffffffffff\r\n" + GOOD),
    "a body without end": Reply(sent=chunked(), over_and_over=b"10000\r\n" + b" " * 65_536 + b"\r\n"),
    "six megabytes": Reply(sent=http(_changed("original.conteudo", "QUJD" * 1_500_000))),
    "a success without a body": Reply(sent=http(b"", status=204)),
    "a failure that says that it succeeded": Reply(sent=http(GOOD, status=500)),
}


SLOW = {
    "preliminary answers without end": Reply(
        sent=b"", over_and_over=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100
    ),
    "silence": Reply(sent=b"", silent=True),
    "silence after the head": Reply(sent=chunked(), silent=True),
    "a slow drip": Reply(sent=chunked(), over_and_over=b"1\r\n \r\n", pause=0.05),
    "a slow drip of headers": Reply(sent=b"HTTP/1.1 200 OK\r\n", over_and_over=b"X-A: b\r\n", pause=0.05),
}


async def test_whatever_comes_is_an_unavailable_bureau(house: House) -> None:
    def call(name: str) -> None:
        house.bureau.reply = REPLIES[name]
        outcome = house.consult()
        assert outcome["__typename"] == "BureauUnavailableError", name
        assert MARK not in json.dumps(outcome), name
        assert {tested["outcome"] for tested in house.test()["results"]} == {"UNREACHABLE"}, name

    for name in REPLIES:
        house.bureau.heard.clear()
        house.bureau.sent = 0
        await asyncio.to_thread(call, name)
        assert len(house.bureau.heard) >= 3, name
        assert house.bureau.sent < len(house.bureau.heard) * BOUND, name


@pytest.mark.parametrize("name", SLOW)
async def test_who_never_ends_is_not_waited_for(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "TOTAL_SECONDS", 0.2)
    house.bureau.reply = SLOW[name]
    outcome = await asyncio.to_thread(house.consult)
    assert outcome["__typename"] == "BureauUnavailableError"
    assert house.bureau.sent < len(house.bureau.heard) * BOUND


async def test_a_report_that_is_right_is_taken(house: House) -> None:
    """What is refused above is refused for what is wrong with it."""
    house.bureau.reply = Reply(sent=http(GOOD))
    assert (await asyncio.to_thread(house.consult))["__typename"] == "ConsultCreditSuccess"


async def test_nobody_is_led_elsewhere_or_marked(house: House) -> None:
    """A redirect is not followed, and no cookie comes back or is kept."""
    async with hostile_bureau() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            headers = (
                f"Location: {elsewhere.address}/v1",
                "Set-Cookie: marked=1; Path=/",
                f"Refresh: 0; url={elsewhere.address}",
            )
            house.bureau.reply = Reply(sent=http(b"", *headers, status=status))
            for call in (house.consult, house.monitor, house.test):
                await asyncio.to_thread(call)
        assert elsewhere.heard == []
    heard = b"".join(house.bureau.heard).lower()
    assert heard.count(b"authorization: basic") == len(house.bureau.heard) >= 5 * 5
    assert b"cookie" not in heard


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def _paths(node: Any, path: str = "") -> Iterator[str]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield f"{path}{name}"
        yield from _paths(child, f"{path}{name}.")


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


_BODIES = st.one_of(
    st.binary(max_size=200),
    _VALUES.map(_dumped),
    st.builds(_changed, st.sampled_from(sorted(_paths(_report()))), _VALUES).map(_dumped),
    st.builds(
        lambda at, gone, put: GOOD[:at] + put + GOOD[at + gone :],
        st.integers(0, len(GOOD)),
        st.integers(0, 30),
        st.binary(max_size=5),
    ),
    st.fixed_dictionaries(
        {"codigo": _VALUES, "mensagem": _VALUES, "faturada": st.booleans()}, optional={"classe": _VALUES}
    ).map(_dumped),
    st.fixed_dictionaries(
        {"codigo": st.just("X1"), "mensagem": st.text(max_size=2_000), "faturada": st.booleans()}
    ).map(_dumped),
)
_STATUSES = st.one_of(st.just(200), st.integers(200, 599).filter(lambda status: status != 401))
_HEADERS = st.lists(
    st.builds(
        "{}: {}".format,
        st.one_of(
            st.sampled_from(["Retry-After", "Content-Type", "Content-Encoding", "Set-Cookie", "Location"]),
            st.from_regex(r"\A[A-Za-z-]{1,20}\Z"),
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=50),
    ),
    max_size=4,
)


def _at_random(config: pytest.Config, short: int, long: int) -> settings:
    return settings(
        max_examples=long if config.getoption("--long") else short,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


async def test_answers_at_random(house: House, pytestconfig: pytest.Config) -> None:
    came: Counter[str] = Counter()

    @seed(SEED)
    @_at_random(pytestconfig, 20, 3_000)
    @given(_BODIES, _STATUSES, _HEADERS)
    def ask(body: bytes, status: int, headers: list[str]) -> None:
        house.bureau.reply = Reply(sent=http(body, *headers, status=status))
        outcome = house.consult()
        came[outcome["__typename"]] += 1
        if outcome["__typename"] == "ConsultCreditSuccess":
            house.open_all_of(outcome["consultation"]["number"])

    await asyncio.to_thread(ask)
    await asyncio.to_thread(house.download_all)
    assert set(came) <= {"ConsultCreditSuccess", "BureauUnavailableError", "BureauRejectedError"}
    assert came["BureauUnavailableError"]


_TEXTS = st.text(max_size=600)
_MAYBE = st.none() | _TEXTS
_DAYS = st.none() | st.dates().map(str)
_AMOUNTS = st.none() | st.integers(0, 10**13 - 1).map(
    lambda centavos: f"{centavos // 100}.{centavos % 100:02}"
)
_BLOCKS = st.none() | st.fixed_dictionaries(
    {
        "quantidade": st.integers(0, 10**6),
        "total": _AMOUNTS,
        "primeira": _DAYS,
        "ultima": _DAYS,
        "mensagem": _MAYBE,
        "ocorrencias": st.lists(
            st.fixed_dictionaries(
                {
                    "data": _DAYS,
                    "valor": _AMOUNTS,
                    "uf": st.none() | st.from_regex(r"\A[A-Z]{2}\Z"),
                    **dict.fromkeys(("origem", "modalidade", "referencia", "cidade"), _MAYBE),
                    **dict.fromkeys(("avalista", "subJudice"), st.booleans()),
                }
            ),
            max_size=3,
        ),
    }
)
_REPORTS = st.fixed_dictionaries(
    {
        "identidade": st.none()
        | st.fixed_dictionaries(
            {"nome": _TEXTS, "nascimentoOuFundacao": _DAYS, "situacaoDocumento": _MAYBE, "nomeMae": _MAYBE}
        ),
        "score": st.none() | st.fixed_dictionaries({"valor": st.integers(0, 1_000)}),
        **dict.fromkeys(
            ("pendencias", "protestos", "cheques", "acoes", "falencias", "consultasAnteriores"), _BLOCKS
        ),
    }
)


async def test_whatever_the_contract_allows_is_shown(house: House, pytestconfig: pytest.Config) -> None:
    """Odd but well-formed: texts of any script, the first and last of days, the largest of amounts."""

    @seed(SEED)
    @_at_random(pytestconfig, 5, 400)
    @given(_REPORTS, st.binary(min_size=1, max_size=300))
    def ask(report: dict[str, Any], page: bytes) -> None:
        original = {"tipoMidia": "text/html; charset=utf-8", "conteudo": b64encode(page).decode()}
        house.bureau.reply = Reply(sent=http(_dumped(_report(relatorio=report, original=original))))
        outcome = house.consult()
        assert outcome["__typename"] == "ConsultCreditSuccess", report
        house.open_all_of(outcome["consultation"]["number"])

    await asyncio.to_thread(ask)
    await asyncio.to_thread(house.download_all)
