"""The reports of consultations and of registrations as files: `/reports/consultations.csv`, `.xlsx`, and the same of negativations."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.reports.csv_table import CsvTable
from adapters.reports.xlsx_table import XlsxTable
from api.http.context import language_of
from api.messages import problem_message
from api.permissions import Permission, needs
from api.texts.languages import Language
from api.types.filters import ConsultationFilterInput, NegativationFilterInput
from core.domain import access
from core.domain.access import Caller, Unauthenticated
from core.domain.calendar_rules import local_date
from core.domain.errors import Forbidden, InvalidInput, Problem
from core.use_cases.stream_consultations import StreamConsultations, StreamConsultationsCommand
from core.use_cases.stream_negativations import StreamNegativations, StreamNegativationsCommand
from ports.clock import Clock
from ports.table_writer import Chunk, TableColumn, TableWriter
from server.auth import TICKET
from server.door import Identify
from server.query_filters import problem_text, read_filter
from server.refusals import refusal, refused
from server.report_tables import (
    CONSULTATION_COLUMNS,
    NEGATIVATION_COLUMNS,
    Shown,
    cells_of,
    columns_of,
)

FORMATS: tuple[TableWriter, ...] = (CsvTable(), XlsxTable())

DOWNLOADS = {
    "consultations": needs(access.Scope.READ, access.Scope.READ_CONSULTATIONS),
    "negativations": needs(access.Scope.READ),
}
"""What each report wants of whoever downloads it."""

Chunks = AsyncGenerator[Chunk, None]
Open = Callable[[Caller, QueryParams, str], Chunks]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """A report: the file's name, the sheet's name, its columns, and how its lines are opened."""

    name: str
    title: str
    columns: Sequence[TableColumn]
    open: Open


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """The downloads. `identify`: by the same token as at the API, or by a ticket for this very address (see `Tickets`)."""

    identify: Identify
    consultations: StreamConsultations
    negativations: StreamNegativations
    clock: Clock

    def routes(self) -> list[Route]:
        """Where the downloads are."""
        reports = {
            "consultations": _Report(
                name="consultas",
                title="Consultas",
                columns=columns_of(CONSULTATION_COLUMNS),
                open=self._consultations,
            ),
            "negativations": _Report(
                name="negativacoes",
                title="Negativações",
                columns=columns_of(NEGATIVATION_COLUMNS),
                open=self._negativations,
            ),
        }
        return [
            Route(f"/reports/{path}.{writer.extension}", self._download(report, DOWNLOADS[path], writer))
            for path, report in reports.items()
            for writer in FORMATS
        ]

    def _download(
        self, report: _Report, permission: Permission, writer: TableWriter
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            language = language_of(request)
            try:
                caller = await self.identify(request)
                permission.check(caller)
                chunks = report.open(caller, _conditions(request.query_params), writer.extension)
                first = [] if request.method == "HEAD" else await _first_of(chunks)
            except (Unauthenticated, Forbidden) as error:
                return refused(error, language)
            except InvalidInput as error:
                problems = [_problem(problem, language) for problem in error.problems]
                text = "; ".join(f"{problem['parameter']}: {problem['message']}" for problem in problems)
                return refusal(400, "INVALID_INPUT", text, problems=problems)
            name = f"{report.name}-{local_date(self.clock.now()).isoformat()}.{writer.extension}"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            if request.method == "HEAD":
                return Response(headers=headers, media_type=writer.media_type)
            return _Download(
                chunks,
                writer.write(report.title, report.columns, _again(first, chunks)),
                media_type=writer.media_type,
                headers=headers,
            )

        return endpoint

    def _consultations(self, caller: Caller, conditions: QueryParams, form: str) -> Chunks:
        matching = read_filter(ConsultationFilterInput, conditions).read(caller)
        command = StreamConsultationsCommand(caller=caller, matching=matching, form=form)
        return cells_of(CONSULTATION_COLUMNS, self.consultations(command), _shown_to(caller))

    def _negativations(self, caller: Caller, conditions: QueryParams, form: str) -> Chunks:
        matching = read_filter(NegativationFilterInput, conditions).read(caller)
        command = StreamNegativationsCommand(caller=caller, matching=matching, form=form)
        return cells_of(NEGATIVATION_COLUMNS, self.negativations(command), _shown_to(caller))


class _Download(StreamingResponse):
    """A file that is made while it is sent. When the client goes away, making it ends at once and leaves nothing behind."""

    def __init__(
        self, chunks: Chunks, file: AsyncGenerator[bytes, None], *, media_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__(file, media_type=media_type, headers=headers)
        self._chunks = chunks
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._chunks), aclosing(self._file):
            await super().__call__(scope, receive, send)


async def _first_of(chunks: Chunks) -> list[Chunk]:
    """The first chunk, if there is any. Whatever fails at the beginning so fails while the answer can still say it."""
    async for chunk in chunks:
        return [chunk]
    return []


async def _again(first: list[Chunk], chunks: Chunks) -> Chunks:
    """All chunks, of which the first was read before."""
    for chunk in first:
        yield chunk
    async for chunk in chunks:
        yield chunk


def _conditions(parameters: QueryParams) -> QueryParams:
    """What says which records are meant: everything but the ticket."""
    return QueryParams([(name, value) for name, value in parameters.multi_items() if name != TICKET])


def _shown_to(caller: Caller) -> Shown:
    """How this caller sees documents and names."""
    return Shown(whole=access.Scope.WHOLE_DOCUMENTS in caller.scopes)


def _problem(problem: Problem, language: Language) -> dict[str, str]:
    return {
        "parameter": problem.path[-1],
        "code": problem.code,
        "message": problem_text(problem, language) or problem_message(problem, language),
    }
