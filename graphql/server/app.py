"""The web application: which address does what, and what surrounds them all."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from api.context import Context
from api.http.context import ContextFactory
from api.http.endpoint import GraphQLEndpoint
from api.schema import build_schema
from core.use_cases.open_report import OpenOriginal, OpenReport
from core.use_cases.stream_consultations import StreamConsultations
from core.use_cases.stream_negativations import StreamNegativations
from ports.clock import Clock
from ports.report_renderer import ReportRenderer
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server.container import use_cases
from server.examples import Examples
from server.explorer import Explorer, asset
from server.exports import Exports
from server.health import Health
from server.middleware import RequestIdMiddleware, SecurityHeadersMiddleware
from server.report_pages import ReportPages
from server.services import Services
from server.tickets import Tickets
from server.worker import Worker

GRAPHQL = "/graphql"

_ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_CORS_HEADERS = ["Authorization", "Content-Type", "Accept", "Accept-Language", "X-Request-Id"]


def build_app(services: Services, worker: Worker, demo_token: str | None) -> ASGIApp:
    """The application. demo_token: what GraphiQL opens with, to people on this machine."""
    container = services.container
    units_of_work, clock = container.resolve(UnitsOfWork), container.resolve(Clock)
    tickets = Tickets(vault=container.resolve(Vault), clock=clock)
    contexts = ContextFactory(units_of_work=units_of_work, use_cases=use_cases(container), clock=clock)
    pages = ReportPages(
        identify=contexts.identify,
        open_report=container.resolve(OpenReport),
        open_original=container.resolve(OpenOriginal),
        renderer=container.resolve(ReportRenderer),
        tickets=tickets,
    )
    exports = Exports(
        identify=contexts.identify,
        consultations=container.resolve(StreamConsultations),
        negativations=container.resolve(StreamNegativations),
        tickets=tickets,
        clock=clock,
    )
    endpoint = GraphQLEndpoint(build_schema(), _with_links(contexts, tickets))
    explorer = Explorer(examples=Examples(units_of_work=units_of_work), demo_token=demo_token)
    app = Starlette(
        routes=[
            Route("/", lambda request: RedirectResponse(GRAPHQL)),
            Route(GRAPHQL, _graphql(endpoint, explorer), methods=_ALL_METHODS),
            Route(f"{GRAPHQL}/assets/{{name}}", asset),
            *pages.routes(),
            *exports.routes(),
            *Health(units_of_work=units_of_work, worker=worker).routes(),
        ],
        exception_handlers={Exception: _broken},
    )
    return _surrounded(app, services.settings.cors_origins)


def _graphql(endpoint: GraphQLEndpoint, explorer: Explorer) -> Callable[[Request], Awaitable[Response]]:
    async def graphql(request: Request) -> Response:
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", ""):
            return await explorer.page(request)
        return await endpoint.handle(request)

    return graphql


def _with_links(contexts: ContextFactory, tickets: Tickets) -> Callable[[Request], Awaitable[Context]]:
    async def make_context(request: Request) -> Context:
        context = await contexts(request)
        return replace(context, report_link=lambda address: tickets.link(address, context.caller))

    return make_context


def _surrounded(app: ASGIApp, cors_origins: tuple[str, ...]) -> ASGIApp:
    """From the inside out. What is outermost sees every answer, also those to what failed."""
    surrounded: ASGIApp = SecurityHeadersMiddleware(app)
    if cors_origins:
        surrounded = CORSMiddleware(
            surrounded,
            allow_origins=cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=_CORS_HEADERS,
            expose_headers=["X-Request-Id"],
            max_age=600,
        )
    return RequestIdMiddleware(surrounded)


async def _broken(request: Request, error: Exception) -> Response:
    """What nobody expected: the log has it under the id that the caller is given."""
    return JSONResponse(
        {"error": {"code": "INTERNAL", "requestId": request.state.request_id}}, status_code=500
    )
