"""Answers that are not what the contract says, or that try to do harm."""

import base64
import gzip
import json
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from adapters.connect_sa.client import ConnectSaBureau
from adapters.connect_sa.exchange import MAX_ANSWER_BYTES
from core.domain.bureau import BureauFailure, Environment, FailureClass
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.report import CreditReport, Identity, ReportBlock, ReportEntry, Score
from support.connect_sa import CONSULTING, PEFIN, make_inclusion, make_order
from support.wire_reports import REPORT

CONSULTATION: dict[str, Any] = {
    "chave": "consultation:1",
    **REPORT,
    "original": {
        "tipoMidia": "text/html; charset=iso-8859-1",
        "conteudo": base64.b64encode(b"\xe7").decode(),
    },
}
EVENT: dict[str, Any] = {
    "id": "e1",
    "chave": "negativation:1",
    "tipo": "PUBLICADA",
    "ocorridoEm": "2026-03-16T06:00:00-03:00",
    "codigos": [],
}
EVENTS: dict[str, Any] = {
    "eventos": [EVENT],
    "cursor": "c2",
    "haMais": True,
    "consultarNovamenteEmSegundos": 60,
}
RECEIPT: dict[str, Any] = {"chave": "negativation:1", "protocolo": "I1", "operacao": "INCLUSAO"}


def bureau_answering(
    body: object, *, headers: dict[str, str] | None = None, status: int = 200
) -> ConnectSaBureau:
    """A provider that answers this to everything."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def handle(_: httpx.Request) -> httpx.Response:
        # As a stream, so that httpx does not decode it before the client reads.
        return httpx.Response(status, stream=httpx.ByteStream(content), headers=headers)

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    return ConnectSaBureau({Environment.HOMOLOGATION: "http://provider.test/base/"}, client)


def changed(document: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """A copy with the value at a dotted path replaced."""
    copy = deepcopy(document)
    node: Any = copy
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        node = node[part]
    node[last] = value
    return copy


async def test_the_samples_of_this_file_are_accepted() -> None:
    report = await bureau_answering(CONSULTATION).consult(CONSULTING, make_order())
    assert (report.original, report.original_media_type) == (b"\xe7", "text/html; charset=iso-8859-1")
    events = await bureau_answering(EVENTS).events(PEFIN, None)
    assert events.events[0].occurred_at == datetime(2026, 3, 16, 9, tzinfo=UTC)
    assert (events.cursor, events.has_more, events.ask_again_after_seconds) == ("c2", True, 60)
    assert (await bureau_answering(RECEIPT, status=202).register(PEFIN, make_inclusion())).protocol == "I1"


async def test_every_field_of_a_report_is_kept() -> None:
    entry = {
        "data": "2025-12-31",
        "valor": "1234.56",
        "origem": "1º Tabelionato",
        "modalidade": "DUPLICATA",
        "referencia": "PT1",
        "cidade": "Blumenau",
        "uf": "SC",
        "avalista": True,
        "subJudice": True,
    }
    names = ("pendencias", "protestos", "cheques", "acoes", "falencias", "consultasAnteriores")
    body = changed(CONSULTATION, "preco", None)
    for count, name in enumerate(names, start=2):
        block = {
            "quantidade": count,
            "total": "2469.12",
            "primeira": "2024-01-01",
            "ultima": "2025-12-31",
            "mensagem": "CONSTA",
            "ocorrencias": [entry],
        }
        body = changed(body, f"relatorio.{name}", block)
    identity = {
        "nome": "Ana Exemplo",
        "nascimentoOuFundacao": "1990-01-01",
        "situacaoDocumento": "REGULAR",
        "nomeMae": "Eva Exemplo",
    }
    body = changed(body, "relatorio.identidade", identity)
    answer = await bureau_answering(body).consult(CONSULTING, make_order())
    expected = ReportEntry(
        occurred_on=date(2025, 12, 31),
        amount=Money(123456),
        origin="1º Tabelionato",
        modality="DUPLICATA",
        reference="PT1",
        city="Blumenau",
        state_code="SC",
        guarantor=True,
        sub_judice=True,
    )

    def block_of(count: int) -> ReportBlock:
        return ReportBlock(
            count=count,
            total=Money(246912),
            first_on=date(2024, 1, 1),
            last_on=date(2025, 12, 31),
            entries=(expected,),
            message="CONSTA",
        )

    assert answer.report == CreditReport(
        identity=Identity(
            name="Ana Exemplo",
            birth_or_foundation_on=date(1990, 1, 1),
            document_status="REGULAR",
            mother_name="Eva Exemplo",
        ),
        score=Score(700),
        pending_debts=block_of(2),
        protests=block_of(3),
        bad_cheques=block_of(4),
        lawsuits=block_of(5),
        bankruptcies=block_of(6),
        earlier_queries=block_of(7),
    )
    assert (answer.protocol, answer.billable, answer.cost) == ("C1", True, None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("chave", "consultation:2"),
        ("protocolo", ""),
        ("protocolo", "C1\n"),
        ("protocolo", 7),
        ("faturada", 1),
        ("preco", 9.9),
        ("preco", "9.9"),
        ("preco", "-9.90"),
        ("preco", "1" * 12 + ".00"),
        ("relatorio", None),
        ("relatorio.score", {"valor": 1001}),
        ("relatorio.score", {"valor": -1}),
        ("relatorio.score", {"valor": True}),
        ("relatorio.score", {"valor": "700"}),
        ("relatorio.score", {"valor": 700.5}),
        ("relatorio.pendencias.quantidade", -1),
        ("relatorio.pendencias.primeira", "02/01/2026"),
        ("relatorio.pendencias.primeira", 20260102),
        ("relatorio.pendencias.ocorrencias", None),
        ("relatorio.pendencias.ocorrencias.0.uf", "<b>"),
        ("relatorio.pendencias.ocorrencias.0.subJudice", "false"),
        ("relatorio.identidade.nome", None),
        ("original.conteudo", "QUJD@@@@"),
        ("original.conteudo", 5),
        ("original.tipoMidia", "text/html\r\nSet-Cookie: a=b"),
        ("original.tipoMidia", "text/html; charset=utf-8, text/plain"),
    ],
)
async def test_a_report_in_another_shape_is_undetermined(path: str, value: object) -> None:
    with pytest.raises(BureauFailure) as caught:
        await bureau_answering(changed(CONSULTATION, path, value)).consult(CONSULTING, make_order())
    assert caught.value.failure is FailureClass.UNDETERMINED


async def test_a_number_longer_than_python_reads_is_undetermined() -> None:
    body = json.dumps(changed(CONSULTATION, "relatorio.pendencias.quantidade", -77))
    with pytest.raises(BureauFailure) as caught:
        await bureau_answering(body.replace("-77", "9" * 5000).encode()).consult(CONSULTING, make_order())
    assert caught.value.failure is FailureClass.UNDETERMINED


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("eventos", None),
        ("eventos.0.chave", "com espaço"),
        ("eventos.0.id", ""),
        ("eventos.0.tipo", None),
        ("eventos.0.ocorridoEm", "2026-03-16T06:00:00"),
        ("eventos.0.ocorridoEm", 1),
        ("eventos.0.codigos", [{"codigo": 7, "descricao": "x"}]),
        ("cursor", ""),
        ("cursor", "c\u0000"),
        ("haMais", "true"),
        ("consultarNovamenteEmSegundos", -1),
        ("consultarNovamenteEmSegundos", 604_801),
    ],
)
async def test_events_in_another_shape_are_transient(path: str, value: object) -> None:
    with pytest.raises(BureauFailure) as caught:
        await bureau_answering(changed(EVENTS, path, value)).events(PEFIN, None)
    assert caught.value.failure is FailureClass.TRANSIENT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"chave": "negativation:1"',
        b"<html></html>",
        changed(RECEIPT, "chave", "negativation:2"),
        changed(RECEIPT, "operacao", "OUTRA"),
        {"codigo": "X", "mensagem": "m", "faturada": False},
    ],
)
async def test_a_success_that_is_no_receipt_is_undetermined(body: object) -> None:
    with pytest.raises(BureauFailure) as caught:
        await bureau_answering(body, status=202).register(PEFIN, make_inclusion())
    assert (caught.value.failure, caught.value.code) == (FailureClass.UNDETERMINED, None)


@pytest.mark.parametrize("status", [301, 404, 422, 500, 503])
async def test_a_receipt_under_the_status_of_a_failure_is_none(status: int) -> None:
    with pytest.raises(BureauFailure) as caught:
        await bureau_answering(RECEIPT, status=status).register(PEFIN, make_inclusion())
    assert caught.value.failure is FailureClass.UNDETERMINED


async def test_a_receipt_for_another_key_is_not_taken_for_ours() -> None:
    with pytest.raises(BureauFailure) as caught:
        await bureau_answering(RECEIPT).find(PEFIN, "negativation:9")
    assert caught.value.failure is FailureClass.TRANSIENT


async def test_an_answer_too_large_is_not_read_to_its_end() -> None:
    read = 0

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self) -> Any:
            nonlocal read
            for _ in range(1000):
                read += 65_536
                yield b" " * 65_536

    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=Endless())))
    bureau = ConnectSaBureau({Environment.HOMOLOGATION: "http://provider.test"}, client)
    with pytest.raises(BureauFailure) as caught:
        await bureau.consult(CONSULTING, make_order())
    assert caught.value.failure is FailureClass.UNDETERMINED
    assert MAX_ANSWER_BYTES < read <= MAX_ANSWER_BYTES + 65_536


async def test_an_answer_of_almost_the_largest_size_is_read() -> None:
    page = base64.b64encode(b"x" * 3_800_000).decode()
    report = await bureau_answering(changed(CONSULTATION, "original.conteudo", page)).consult(
        CONSULTING, make_order()
    )
    assert len(report.original) == 3_800_000


async def test_a_compressed_answer_is_neither_asked_for_nor_taken() -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Accept-Encoding"])
        packed = gzip.compress(json.dumps({"planos": []}).encode())
        return httpx.Response(200, stream=httpx.ByteStream(packed), headers={"Content-Encoding": "gzip"})

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    with pytest.raises(BureauFailure):
        await ConnectSaBureau({Environment.HOMOLOGATION: "http://provider.test"}, client).plans(CONSULTING)
    assert set(asked) == {"identity"}


async def test_a_redirect_is_not_followed() -> None:
    seen: list[httpx.URL] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(307, headers={"Location": "http://elsewhere.test/"})

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle), follow_redirects=True)
    bureau = ConnectSaBureau({Environment.HOMOLOGATION: "http://provider.test/base/"}, client)
    with pytest.raises(BureauFailure) as caught:
        await bureau.register(PEFIN, make_inclusion())
    assert caught.value.failure is FailureClass.UNDETERMINED
    assert [str(url) for url in seen] == ["http://provider.test/base/v1/pefin/inclusoes"]


async def test_texts_lose_control_characters_and_excess() -> None:
    body = changed(CONSULTATION, "relatorio.identidade.nome", "Ana\u0000 \u001b[31mExemplo\r\n")
    body = changed(body, "relatorio.pendencias.mensagem", "x" * 9000)
    report = (await bureau_answering(body).consult(CONSULTING, make_order())).report
    assert report.identity is not None
    assert report.identity.name == "Ana   [31mExemplo"
    assert report.pending_debts is not None
    assert report.pending_debts.message == "x" * 500


async def test_what_we_do_not_know_yet_is_skipped() -> None:
    events = {**EVENTS, "eventos": [{**EVENT, "tipo": "NOVIDADE", "mais": 1}, EVENT], "mais": {}}
    page = await bureau_answering(events).events(PEFIN, None)
    assert [event.event_id for event in page.events] == ["e1"]
    plans = {"planos": [{"codigo": code, "nome": "Nome", "preco": None} for code in ("NOVO", "CREDNET_TOP")]}
    (offer,) = await bureau_answering(plans).plans(CONSULTING)
    assert (offer.plan, offer.price_centavos) == (ConsultationPlan.CREDNET_TOP, None)


async def test_a_cursor_that_stands_still_has_no_more() -> None:
    assert (await bureau_answering(EVENTS).events(PEFIN, "c2")).has_more is False
