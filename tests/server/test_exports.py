"""Reports as files: what they hold, who may take them out, which parameters they take, and that they stop when nobody listens."""

import asyncio
import io
from collections.abc import AsyncGenerator
from dataclasses import fields
from typing import Any, cast
from uuid import UUID

import httpx
import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.types import Message

from api.exports import ExportFormat, export_url
from api.types.filters import ConsultationFilterInput, NegativationFilterInput
from core.domain.access import Caller, Scope, Unauthenticated, UnauthenticatedReason
from core.domain.audit import AuditAction
from core.domain.bureau import BureauCode, Environment
from core.domain.consultation import ConsultationOutcome
from core.domain.listing import AuditFilter, AuditOrder, ConsultationFilter, NegativationFilter
from core.domain.money import Money
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.paging import Direction, Order, Window
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind
from core.use_cases import stream_consultations
from core.use_cases.confirm_caller import ConfirmCaller
from core.use_cases.stream_consultations import (
    ConsultationLine,
    StreamConsultations,
    StreamConsultationsCommand,
)
from core.use_cases.stream_negativations import StreamNegativations
from server.door import Door
from server.exports import Exports
from server.query_filters import read_filter
from server.rate_limits import RateLimits
from server.report_tables import OUTCOMES, STATUSES
from server.tickets import Tickets
from support.builders import TODAY, make_caller, make_consultation, make_debtor, make_negativation
from support.desk import Desk, global_id
from support.documents import synthetic_cpf
from support.world import World

CONSULTATIONS, NEGATIVATIONS = "/reports/consultations.csv", "/reports/negativations.csv"


class Counter:
    """A company whose reports are asked for over HTTP by `caller`; nobody is known while it is None."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.caller: Caller | None = world.caller
        self.tickets = Tickets(vault=world.vault, clock=world.clock)
        exports = Exports(
            identify=Door(
                self.identify, self.tickets, world.use_case(ConfirmCaller), RateLimits(requests=0, paid=0)
            ).reader,
            consultations=world.use_case(StreamConsultations),
            negativations=world.use_case(StreamNegativations),
            clock=world.clock,
        )
        self.app = Starlette(routes=exports.routes())

    async def identify(self, request: Request) -> Caller:
        """The caller, whatever the request says."""
        if self.caller is None:
            raise Unauthenticated(reason=UnauthenticatedReason.MISSING)
        return self.caller

    async def get(self, address: str, *, method: str = "GET", **headers: str) -> httpx.Response:
        """Ask for a file."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fiador.test") as client:
            return await client.request(method, address, headers=headers)

    async def rows(self, address: str) -> list[dict[str, str]]:
        """The lines of a CSV by the titles of its columns."""
        answer = await self.get(address)
        assert answer.status_code == 200, answer.text
        header, *lines = answer.content.decode("utf-8-sig").splitlines()
        titles = header.split(";")
        return [dict(zip(titles, line.split(";"), strict=True)) for line in lines]

    async def numbers(self, address: str) -> list[str]:
        """The IDs of the lines."""
        return [row["ID"] for row in await self.rows(address)]

    async def refused(self, address: str, status: int = 400) -> Any:
        """The error that was answered."""
        answer = await self.get(address)
        assert answer.status_code == status, answer.text
        return answer.json()["error"]


@pytest.fixture
async def counter() -> Counter:
    return Counter(await World().populate())


async def _consulted(counter: Counter, **changes: Any) -> str:
    world = counter.world
    made = make_consultation(
        **{
            "branch_id": world.branch.id,
            "integration_id": world.integration.id,
            "subject_kind": SubjectKind.CUSTOMER,
            "subject_id": world.customer.id,
            "document": world.customer.document,
            **changes,
        }
    )
    async with world.units_of_work.begin() as work:
        return str((await work.consultations.add(made)).number)


async def _negativated(counter: Counter, **changes: Any) -> str:
    world = counter.world
    made = make_negativation(
        **{
            "branch_id": world.branch.id,
            "integration_id": world.integration.id,
            "customer_id": world.customer.id,
            "invoice_id": world.invoice.id,
            **changes,
        }
    )
    async with world.units_of_work.begin() as work:
        return str((await work.negativations.add(made)).number)


async def test_the_report_of_consultations_speaks_portuguese(counter: Counter) -> None:
    await _consulted(counter, cost=Money(1234), billable=True, plan=ConsultationPlan.REPORT_AND_SCORE)
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
    await _negativated(
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
    await _consulted(counter, cost=Money(1234))
    answer = await counter.get("/reports/consultations.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Consultas"]
    titles, line = ([cell.value for cell in row] for row in sheet.iter_rows())
    row = dict(zip(titles, line, strict=True))
    assert row["CPF/CNPJ"] == counter.world.customer.document.formatted
    assert row["Custo"] == 12.34


async def test_asking_for_the_head_reads_nothing(counter: Counter) -> None:
    answer = await counter.get(CONSULTATIONS, method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert await _trail(counter) == []


async def test_who_may_not_see_documents_gets_them_masked(counter: Counter) -> None:
    counter.caller = make_caller(scopes=frozenset({Scope.READ, Scope.READ_CONSULTATIONS}))
    await _consulted(counter)
    await _negativated(counter)
    for address in (CONSULTATIONS, NEGATIVATIONS):
        (row,) = await counter.rows(address)
        assert row["CPF/CNPJ"].startswith("***."), address
        assert row["Nome" if address == CONSULTATIONS else "Cliente"] == "Cliente ***"


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
    await _consulted(counter, branch_id=other.id, integration_id=theirs.id)
    own = await _consulted(counter)
    counter.caller = make_caller(branch_ids=frozenset({counter.world.branch.id}))
    assert await counter.numbers(CONSULTATIONS) == [own]
    assert await counter.numbers(f"{CONSULTATIONS}?branchId={global_id(other)}") == []


async def test_the_filters_are_those_of_the_lists(counter: Counter) -> None:
    world = counter.world
    kept = await _consulted(counter, plan=ConsultationPlan.CREDNET_TOP, outcome=ConsultationOutcome.REFUSED)
    await _consulted(counter, plan=ConsultationPlan.REPORT_AND_SCORE)
    for conditions in (
        "plan=CREDNET_TOP",
        f"outcome=REFUSED&integrationId={global_id(world.integration)}&branchId={global_id(world.branch)}",
        f"plan=CREDNET_TOP&document={world.customer.document.formatted}&subjectKind=CUSTOMER",
        "plan=CREDNET_TOP&environment=HOMOLOGATION&performedFrom=2026-01-01&performedTo=2026-12-31",
    ):
        assert await counter.numbers(f"{CONSULTATIONS}?{conditions}") == [kept], conditions
    assert await counter.numbers(f"{CONSULTATIONS}?performedFrom=2027-01-01") == []


async def test_a_status_may_be_given_more_than_once(counter: Counter) -> None:
    number = await _negativated(counter, status=NegativationStatus.REJECTED)
    for conditions in ("status=REJECTED&status=UNDETERMINED", "status=UNDETERMINED,REJECTED", "form=MANUAL"):
        assert await counter.numbers(f"{NEGATIVATIONS}?{conditions}") == [number], conditions
    for conditions in ("status=ACTIVE", "clearingDue=true", "form=AUTOMATIC"):
        assert await counter.numbers(f"{NEGATIVATIONS}?{conditions}") == [], conditions


@pytest.mark.parametrize(
    ("conditions", "parameter", "code"),
    [
        ("plan=GOLD", "plan", "NOT_ONE_OF"),
        ("performedFrom=31/12/2026", "performedFrom", "NOT_A_DATE"),
        ("performedFrom=20261231", "performedFrom", "NOT_A_DATE"),
        ("performedFrom=2026-02-30", "performedFrom", "NOT_A_DATE"),
        ("performedFrom=2026-02-02&performedTo=2026-02-01", "performedTo", "PERIOD_REVERSED"),
        ("branchId=7", "branchId", "INVALID_ID"),
        ("document=111", "document", "INVALID_DOCUMENT"),
        ("colour=red", "colour", "UNKNOWN_PARAMETER"),
        ("plan=CREDNET_TOP&plan=CREDNET_TOP", "plan", "REPEATED_PARAMETER"),
        ("document=" + "1" * 3000, "document", "TOO_LONG"),
    ],
)
async def test_a_bad_parameter_is_named(counter: Counter, conditions: str, parameter: str, code: str) -> None:
    error = await counter.refused(f"{CONSULTATIONS}?{conditions}")
    (problem,) = error["problems"]
    assert (problem["parameter"], problem["code"]) == (parameter, code)
    assert error["detail"] == f"{parameter}: {problem['message']}"


async def test_all_bad_parameters_are_named_at_once(counter: Counter) -> None:
    error = await counter.refused(f"{NEGATIVATIONS}?clearingDue=sim&status=OPEN&x=1")
    assert [problem["parameter"] for problem in error["problems"]] == ["clearingDue", "status", "x"]


async def test_a_problem_speaks_the_reader_s_language(counter: Counter) -> None:
    address = f"{NEGATIVATIONS}?clearingDue=sim"
    portuguese, english = await counter.get(address), await counter.get(address, **{"Accept-Language": "en"})
    assert portuguese.json()["error"]["detail"] == "clearingDue: Informe true ou false."
    assert english.json()["error"]["detail"] == "clearingDue: Give true or false."


_EVERYTHING: dict[type[Any], dict[str, Any]] = {
    ConsultationFilterInput: {
        "document": synthetic_cpf(7).number,
        "subject_kind": SubjectKind.LEAD,
        "plan": ConsultationPlan.CREDNET_TOP,
        "environment": Environment.PRODUCTION,
        "outcome": ConsultationOutcome.FAILED,
        "performed_from": TODAY,
        "performed_to": TODAY,
    },
    NegativationFilterInput: {
        "status": [NegativationStatus.ACTIVE, NegativationStatus.REJECTED],
        "form": NegativationForm.AUTOMATIC,
        "environment": Environment.PRODUCTION,
        "created_from": TODAY,
        "created_to": TODAY,
        "clearing_due": True,
    },
}


@pytest.mark.parametrize("kind", _EVERYTHING)
async def test_a_list_links_to_all_that_it_lets_through(counter: Counter, kind: type[Any]) -> None:
    world = counter.world
    ids = {
        f"{name}_id": global_id(getattr(world, name))
        for name in ("branch", "integration", "customer", "invoice")
        if f"{name}_id" in {field.name for field in fields(kind)}
    }
    given = kind(**_EVERYTHING[kind], **ids)
    assert all(getattr(given, field.name) for field in fields(given)), "name a value for the new field"
    matching = given.read(world.caller)
    context = Desk(world).context(world.caller, Request({"type": "http", "headers": []}))
    link = export_url(context, matching, ExportFormat.XLSX)
    assert link is not None
    address = httpx.URL(link)
    assert address.path.endswith("ations.xlsx")
    parameters = QueryParams(address.query.decode())
    assert read_filter(kind, parameters).read(world.caller) == matching


@pytest.mark.parametrize(
    "matching",
    [
        ConsultationFilter(subject_id=UUID(int=1)),
        NegativationFilter(status=frozenset()),
        NegativationFilter(branch_ids=frozenset()),
        NegativationFilter(branch_ids=frozenset({UUID(int=1), UUID(int=2)})),
    ],
)
async def test_a_list_that_no_parameters_tell_of_has_no_link(counter: Counter, matching: Any) -> None:
    context = Desk(counter.world).context(counter.world.caller, Request({"type": "http", "headers": []}))
    assert export_url(context, matching, ExportFormat.CSV) is None


async def test_a_link_of_a_caller_of_some_branches_names_none(counter: Counter) -> None:
    caller = make_caller(branch_ids=frozenset({UUID(int=1), UUID(int=2)}))
    context = Desk(counter.world).context(caller, Request({"type": "http", "headers": []}))
    everything = ConsultationFilter(branch_ids=caller.branch_ids)
    assert export_url(context, everything, ExportFormat.CSV) == CONSULTATIONS


async def test_a_ticket_opens_the_address_it_was_issued_for(counter: Counter) -> None:
    own = await _consulted(counter, plan=ConsultationPlan.CREDNET_TOP)
    address = f"{CONSULTATIONS}?plan=CREDNET_TOP"
    link = counter.tickets.link(address, counter.world.caller)
    counter.caller = None
    assert await counter.numbers(link) == [own]
    for other in (
        link.replace("plan=CREDNET_TOP&", ""),
        link.replace("CREDNET_TOP", "REPORT_AND_SCORE"),
        link.replace("?plan", "?subjectKind=CPF&plan"),
        link.replace(".csv", ".xlsx"),
        f"{link}&outcome=SUCCEEDED",
    ):
        await counter.refused(other, 401)


async def test_a_ticket_reaches_no_further_than_who_asked(counter: Counter) -> None:
    other = await counter.world.add_branch()
    await _consulted(counter)
    limited = make_caller(
        branch_ids=frozenset({other.id}), scopes=frozenset({Scope.READ, Scope.READ_CONSULTATIONS})
    )
    link = counter.tickets.link(CONSULTATIONS, limited)
    counter.caller = None
    assert await counter.numbers(link) == []
    everywhere = counter.tickets.link(CONSULTATIONS, make_caller(scopes=limited.scopes))
    (row,) = await counter.rows(everywhere)
    assert row["CPF/CNPJ"].startswith("***.")


async def test_the_trail_tells_who_took_a_report_out(counter: Counter) -> None:
    await _consulted(counter)
    await counter.get(CONSULTATIONS)
    (event,) = await _trail(counter)
    assert (event.actor, event.record_kind) == (counter.world.caller.name, "Consultations")
    assert event.details == {"form": "csv", "wholeDocuments": True}


async def test_reports_of_many_chunks_are_whole(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_consultations, "CHUNK", 2)
    numbers = [await _consulted(counter) for _ in range(5)]
    assert await counter.numbers(CONSULTATIONS) == numbers


class _Endless:
    """A report that never ends, and knows how much of it was read and whether it was closed."""

    def __init__(self, line: ConsultationLine) -> None:
        self.line = line
        self.read = 0
        self.well_under_way, self.closed = asyncio.Event(), asyncio.Event()

    async def __call__(self, command: StreamConsultationsCommand) -> AsyncGenerator[ConsultationLine, None]:
        try:
            while True:
                await asyncio.sleep(0)
                self.read += 1
                if self.read == 1500:
                    self.well_under_way.set()
                yield self.line
        finally:
            self.closed.set()


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
async def test_it_stops_when_the_client_goes_away(counter: Counter, extension: str) -> None:
    world = counter.world
    consultation = make_consultation(branch_id=world.branch.id)
    report = _Endless(
        ConsultationLine(
            consultation=consultation, branch=world.branch, integration=world.integration, subject_name=None
        )
    )
    exports = Exports(
        identify=counter.identify,
        consultations=cast("StreamConsultations", report),
        negativations=world.use_case(StreamNegativations),
        clock=world.clock,
    )

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
        await Starlette(routes=exports.routes())(scope, receive, send)
    assert report.closed.is_set()
    assert sent[0]["status"] == 200
    assert all(message.get("more_body", True) for message in sent)


async def _trail(counter: Counter) -> list[Any]:
    async with counter.world.units_of_work.read() as work:
        page = await work.audit.page(
            AuditFilter(action=AuditAction.REPORT_OPENED),
            Order(AuditOrder.NUMBER, Direction.ASC),
            Window(size=10),
        )
    return [edge.record for edge in page.edges]


def test_every_state_has_its_word() -> None:
    assert set(OUTCOMES) == set(ConsultationOutcome)
    assert set(STATUSES) == set(NegativationStatus)
