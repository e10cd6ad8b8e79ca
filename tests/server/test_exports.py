"""Reports as files: what they hold, who may take them out, and that they stop when nobody listens."""

import asyncio
import io
import socket
from collections.abc import AsyncGenerator
from contextlib import closing
from typing import cast

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import BureauCode
from core.domain.consultation import ConsultationOutcome
from core.domain.listing import ConsultationFilter
from core.domain.money import Money
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.plans import ConsultationPlan
from core.use_cases import report_chunks
from core.use_cases.stream_consultations import StreamConsultations, StreamConsultationsCommand
from core.use_cases.stream_negativations import StreamNegativations
from ports.report_lines import ConsultationLines
from server import http_protocol
from server.exports import Exports
from server.net import listen, serving
from server.report_tables import OUTCOMES, STATUSES
from support.builders import make_caller, make_debtor
from support.desk import global_id
from support.quoted_people import COMPANY, PLAIN, REPORTED, STRANGER, masked_of, told_of
from support.report_counter import CONSULTATIONS, NEGATIVATIONS, Counter, consulted, negativated
from support.trail import events_of


async def test_the_report_of_consultations_speaks_portuguese(counter: Counter) -> None:
    await consulted(counter, cost=Money(1234), billable=True, plan=ConsultationPlan.REPORT_AND_SCORE)
    (row,) = await counter.rows(CONSULTATIONS)
    world = counter.world
    assert row["Consultar por"] == "Cliente"
    assert row["Nome"] == world.customer.name
    assert row["CPF/CNPJ"] == world.customer.document.formatted
    assert row["Tipo de consulta"] == "Relatório + Score"
    assert row["Resultado"] == "Realizada"
    assert row["Filial"] == world.branch.name
    assert row["Integração"] == f"{world.integration.number} - Connect SA"
    assert row["Ambiente"] == "Homologação"
    assert (row["Cobrada"], row["Custo"]) == ("Sim", "12,34")


async def test_the_report_of_negativations_speaks_portuguese(counter: Counter) -> None:
    codes = (BureauCode(code="00046", description="Nome divergente"),)
    debtor = make_debtor(name="Ana de Souza")
    await negativated(
        counter,
        status=NegativationStatus.REJECTED,
        form=NegativationForm.AUTOMATIC,
        amount=Money(14990),
        codes=codes,
        debtor=debtor,
    )
    (row,) = await counter.rows(NEGATIVATIONS)
    assert (row["Situação"], row["Forma"], row["Cliente"]) == (
        "Erro na inclusão",
        "Automática",
        "Ana de Souza",
    )
    assert row["CPF/CNPJ"] == debtor.document.formatted
    assert row["Boleto"] == str(counter.world.invoice.number)
    assert row["Situação do boleto"] == "Aberto"
    assert (row["Valor"], row["Códigos do birô"]) == ("149,90", "00046 Nome divergente")
    assert (row["Código para baixa"], row["Baixar até"]) == ("", "")


async def test_the_file_is_named_and_downloaded(counter: Counter) -> None:
    day = "2026-03-16"
    csv, xlsx = await counter.get(CONSULTATIONS), await counter.get("/reports/negativations.xlsx")
    assert csv.headers["content-disposition"] == f'attachment; filename="consultas-{day}.csv"'
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert xlsx.headers["content-disposition"] == f'attachment; filename="negativacoes-{day}.xlsx"'
    assert xlsx.headers["content-type"].endswith("spreadsheetml.sheet")


async def test_the_workbook_holds_the_same(counter: Counter) -> None:
    await consulted(counter, cost=Money(1234))
    answer = await counter.get("/reports/consultations.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Consultas"]
    titles, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    row = dict(zip(titles, line, strict=True))
    assert row["CPF/CNPJ"] == counter.world.customer.document.formatted
    assert row["Custo"] == 12.34


async def test_asking_for_the_head_reads_nothing(counter: Counter) -> None:
    answer = await counter.get(CONSULTATIONS, method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert await events_of(counter.world, AuditAction.REPORT_OPENED) == []


async def test_who_may_not_see_documents_gets_them_masked(counter: Counter) -> None:
    counter.caller = make_caller(scopes=frozenset({Scope.READ, Scope.READ_CONSULTATIONS}))
    await consulted(counter)
    await negativated(counter)
    for address in (CONSULTATIONS, NEGATIVATIONS):
        (row,) = await counter.rows(address)
        assert row["CPF/CNPJ"].startswith("***."), address
        assert row["Nome" if address == CONSULTATIONS else "Cliente"] == "Cliente ***"


DEBTOR = make_debtor(name=REPORTED)


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        (told_of(REPORTED, DEBTOR.document), masked_of(REPORTED, DEBTOR.document)),
        (COMPANY, COMPANY.replace(STRANGER.number, STRANGER.masked)),
        (PLAIN, PLAIN),
    ],
)
async def test_whom_the_bureau_s_codes_mention_is_masked(counter: Counter, words: str, masked: str) -> None:
    await negativated(counter, codes=(BureauCode(code="7", description=words),), debtor=DEBTOR)
    for scopes, shown in ((frozenset(Scope), words), (frozenset(Scope) - {Scope.WHOLE_DOCUMENTS}, masked)):
        counter.caller = make_caller(scopes=scopes)
        (row,) = await counter.rows(NEGATIVATIONS)
        assert row["Códigos do birô"] == f"7 {shown}"


@pytest.mark.parametrize(
    ("address", "lacking"),
    [(CONSULTATIONS, Scope.READ_CONSULTATIONS), (CONSULTATIONS, Scope.READ), (NEGATIVATIONS, Scope.READ)],
)
async def test_it_takes_the_scope(counter: Counter, address: str, lacking: Scope) -> None:
    counter.caller = make_caller(scopes=frozenset(Scope) - {lacking})
    error = await counter.refused(address, 403)
    assert error["code"] == "FORBIDDEN"
    assert lacking.value in error["detail"]


async def test_nobody_gets_anything_without_a_token(counter: Counter) -> None:
    counter.caller = None
    answer = await counter.get(CONSULTATIONS)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_other_branches_stay_out_of_reach(counter: Counter) -> None:
    other = await counter.world.add_branch()
    theirs = await counter.world.add_integration(other)
    await consulted(counter, branch_id=other.id, integration_id=theirs.id)
    own = await consulted(counter)
    counter.caller = make_caller(branch_ids=frozenset({counter.world.branch.id}))
    assert await counter.numbers(CONSULTATIONS) == [own]
    assert await counter.numbers(f"{CONSULTATIONS}?branchId={global_id(other)}") == []


async def test_the_trail_tells_who_took_a_report_out(counter: Counter) -> None:
    await consulted(counter)
    await counter.get(CONSULTATIONS)
    (event,) = await events_of(counter.world, AuditAction.REPORT_OPENED)
    assert (event.actor, event.record_kind) == (counter.world.caller.name, "Consultations")
    assert event.details == {"form": "csv", "wholeDocuments": True}


async def test_reports_of_many_chunks_are_whole(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_chunks, "CHUNK", 2)
    numbers: list[str] = []
    for _ in range(6):
        assert await counter.numbers(CONSULTATIONS) == numbers
        numbers.append(await consulted(counter))


class _Endless:
    """A report that never ends, and knows how much of it was read and whether it was closed."""

    def __init__(self, lines: ConsultationLines) -> None:
        self.lines = lines
        self.read = 0
        self.well_under_way, self.closed = asyncio.Event(), asyncio.Event()

    async def __call__(self, command: StreamConsultationsCommand) -> AsyncGenerator[ConsultationLines, None]:
        try:
            while True:
                await asyncio.sleep(0)
                self.read += 1
                if self.read == 1500:
                    self.well_under_way.set()
                yield self.lines
        finally:
            self.closed.set()


async def _endless(counter: Counter) -> tuple[Starlette, _Endless]:
    """The downloads, where the report of consultations never ends."""
    world = counter.world
    await consulted(counter)
    found = await world.kept_in.report_lines().consultations(ConsultationFilter(), 0, 1)
    report = _Endless(found.lines())
    exports = Exports(
        identify=counter.identify,
        consultations=cast("StreamConsultations", report),
        negativations=world.use_case(StreamNegativations),
        clock=world.clock,
    )
    return Starlette(routes=exports.routes()), report


@pytest.mark.parametrize("times", [1, 2], ids=["asked once", "asked twice"])
async def test_it_stops_when_the_client_does_not_read(
    counter: Counter, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_protocol, "SENDING_SECONDS", 0.1)
    app, report = await _endless(counter)
    with closing(listen("127.0.0.1", 0)) as listener:
        async with serving(app, listener), asyncio.timeout(20):
            with closing(socket.create_connection(listener.getsockname())) as client:
                client.sendall(f"GET {CONSULTATIONS} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * times)
                await report.closed.wait()


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
async def test_it_stops_when_the_client_goes_away(counter: Counter, extension: str) -> None:
    app, report = await _endless(counter)

    async def receive() -> Message:
        await report.well_under_way.wait()
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    path = f"/reports/consultations.{extension}"
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    async with asyncio.timeout(20):
        await app(scope, receive, send)
    assert report.closed.is_set()
    assert sent[0]["status"] == 200
    assert all(message.get("more_body", True) for message in sent)


def test_every_state_has_its_word() -> None:
    assert set(OUTCOMES) == set(ConsultationOutcome)
    assert set(STATUSES) == set(NegativationStatus)
