"""Report pages: our sheet as a page and as PDF, and the provider's own page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.reports.foreign_page import is_html
from adapters.reports.foreign_pages import ForeignPages
from adapters.reports.page_files import PAGE_POLICY
from api.http.context import language_of
from api.permissions import needs
from core.domain.access import Scope, Unauthenticated
from core.domain.errors import Forbidden, NotFound
from core.use_cases.open_report import OpenOriginal, OpenReport, OpenReportCommand
from ports.report_renderer import ReportRenderer
from server.door import Identify
from server.refusals import refused

ORIGINAL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""The provider's page is somebody else's: it runs no script, fetches and sends nothing, and is of no origin."""

PAGE_FRAMES = f"{PAGE_POLICY}; frame-ancestors 'none'"

PAGES = {
    "report.html": needs(Scope.READ_CONSULTATIONS),
    "report.pdf": needs(Scope.READ_CONSULTATIONS),
    "original": needs(Scope.READ_CONSULTATIONS, Scope.WHOLE_DOCUMENTS),
}
"""What each page of a consultation wants of whoever opens it."""

_MOST_DIGITS = 15

Open = Callable[[OpenReportCommand, Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPages:
    """The pages. `identify`: by the same token as at the API, or by a ticket (see `Tickets`)."""

    identify: Identify
    open_report: OpenReport
    open_original: OpenOriginal
    renderer: ReportRenderer
    foreign_pages: ForeignPages

    def routes(self) -> list[Route]:
        """Where the pages are."""
        pages = {"report.html": self._html, "report.pdf": self._pdf, "original": self._original}
        return [
            Route(f"/consultations/{{number}}/{name}", self._opened(name, page))
            for name, page in pages.items()
        ]

    def _opened(self, name: str, page: Open) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                caller = await self.identify(request)
                PAGES[name].check(caller)
                number = _number(request.path_params["number"])
                return await page(OpenReportCommand(caller=caller, number=number, form=name), request)
            except (Unauthenticated, Forbidden, NotFound) as error:
                return refused(error, language_of(request))

        return endpoint

    async def _html(self, command: OpenReportCommand, _request: Request) -> Response:
        page = await self.renderer.html(await self.open_report(command))
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": PAGE_FRAMES})

    async def _pdf(self, command: OpenReportCommand, _request: Request) -> Response:
        document = await self.renderer.pdf(await self.open_report(command))
        headers = {"Content-Disposition": f'inline; filename="consulta-{command.number}.pdf"'}
        return Response(document, media_type="application/pdf", headers=headers)

    async def _original(self, command: OpenReportCommand, request: Request) -> Response:
        """To a browser the page made harmless; to a program, or when that fails, what the provider sent: no browser shows it."""
        content, media_type = await self.open_original(command)
        headers = {"Content-Security-Policy": ORIGINAL_POLICY, "Vary": "Accept"}
        if is_html(media_type) and "text/html" in request.headers.get("accept", ""):
            page = await self.foreign_pages.harmless(content, media_type)
            if page is not None:
                return Response(page, media_type="text/html", headers=headers)
        name = f"consulta-{command.number}.{'html' if is_html(media_type) else 'bin'}"
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(content, media_type="application/octet-stream", headers=headers)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        raise NotFound(kind="Consultation", path=("number",))
    return int(text)
