"""The web application: which address does what, and what surrounds them all."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from adapters.reports.foreign_pages import ForeignPages
from api.admission import RateLimited
from api.context import Context
from api.errors.presentation import SERVICE_UNAVAILABLE
from api.execution.plans import Plans
from api.http.context import ContextFactory, language_of
from api.http.endpoint import RETRY_AFTER, GraphQLEndpoint
from api.http.quick_request import QuickRequest
from api.limits import Limits
from api.messages import error_message
from api.schema import build_schema
from core.use_cases.confirm_caller import ConfirmCaller
from core.use_cases.open_report import OpenOriginal, OpenReport
from core.use_cases.stream_consultations import StreamConsultations
from core.use_cases.stream_negativations import StreamNegativations
from ports.clock import Clock
from ports.report_renderer import ReportRenderer
from ports.storage import StorageUnavailable
from ports.token_verifier import IdentityProviderUnavailable
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault
from server.callers import HttpCallers
from server.container import use_cases
from server.documents import load_documents
from server.door import Door
from server.examples import Examples
from server.explorer import Explorer, asset
from server.exports import Exports
from server.health import Health
from server.middleware import ExchangeMiddleware
from server.rate_limits import RateLimits
from server.report_pages import ReportPages
from server.services import Services
from server.settings import Settings
from server.tickets import Tickets
from server.worker import Worker

GRAPHQL = "/graphql"

_log = structlog.stdlib.get_logger("server.app")

_CORS_HEADERS = ["Authorization", "Content-Type", "Accept", "Accept-Language", "X-Request-Id"]


def build_app(services: Services, worker: Worker, demo_token: str | None) -> ASGIApp:
    """The application. demo_token: what GraphiQL opens with, to people on this machine."""
    container = services.container
    units_of_work, clock = container.resolve(UnitsOfWork), container.resolve(Clock)
    vault = container.resolve(Vault)
    tickets = Tickets(vault=vault, clock=clock)
    contexts = ContextFactory(
        units_of_work=units_of_work, use_cases=use_cases(container), clock=clock, vault=vault
    )
    limits = RateLimits(requests=services.settings.rate_limit, paid=services.settings.consultation_rate_limit)
    door = Door(contexts.identify, tickets, container.resolve(ConfirmCaller), limits)
    pages = ReportPages(
        identify=door.reader,
        open_report=container.resolve(OpenReport),
        open_original=container.resolve(OpenOriginal),
        renderer=container.resolve(ReportRenderer),
        foreign_pages=ForeignPages(),
    )
    exports = Exports(
        identify=door.reader,
        consultations=container.resolve(StreamConsultations),
        negativations=container.resolve(StreamNegativations),
        clock=clock,
    )
    settings = services.settings
    schema = build_schema(limits=Limits(introspection=settings.introspection))
    endpoint = GraphQLEndpoint(
        schema,
        _contexts(contexts, door, tickets, limits),
        documents=None if settings.trusted_documents is None else load_documents(settings.trusted_documents),
        plans=Plans(schema, services.rows) if settings.planned_answers else None,
    )
    explorer = Explorer(examples=Examples(units_of_work=units_of_work), demo_token=demo_token)
    app = Starlette(
        routes=[
            *_entrance(endpoint, explorer if settings.graphiql else None),
            *pages.routes(),
            *exports.routes(),
            *Health(vitals=services.vitals, worker=worker).routes(),
        ],
        exception_handlers={
            RateLimited: _turned_away,
            StorageUnavailable: _unavailable,
            IdentityProviderUnavailable: _nobody_vouches,
            Exception: _broken,
        },
    )
    # An address with a slash too many is no address: leading on to the right one would repeat whatever host was named.
    app.router.redirect_slashes = False
    return _surrounded(_ShortWay(endpoint, app), services.callers, settings)


def _entrance(endpoint: GraphQLEndpoint, explorer: Explorer | None) -> list[Route]:
    """The API for whoever does not come by the short way, and the page that explores it."""
    routes = [Route(GRAPHQL, _GraphQL(endpoint, explorer))]
    if explorer is not None:
        routes += [
            Route("/", lambda request: RedirectResponse(GRAPHQL)),
            Route(f"{GRAPHQL}/assets/{{name}}", asset),
        ]
    return routes


class _ShortWay:
    """Leads to the API past the routes, which cost as much as a short answer: nearly every request is for it.

    All that they would do for it besides is to answer what nobody expected.
    """

    def __init__(self, endpoint: GraphQLEndpoint, app: ASGIApp) -> None:
        self._endpoint = endpoint
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != GRAPHQL or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        scope["endpoint"], scope["path_params"] = self._endpoint, {}
        request = QuickRequest(scope, receive, send)
        try:
            response = await self._endpoint.handle(request)
        except Exception as error:
            response = await _broken(request, error)
            await response(scope, receive, send)
            raise  # to the server, which writes it into the log
        await response(scope, receive, send)


class _GraphQL:
    """The API, or the page that explores it: an ASGI application, which Starlette wraps in less than a function."""

    def __init__(self, endpoint: GraphQLEndpoint, explorer: Explorer | None) -> None:
        self._endpoint = endpoint
        self._explorer = explorer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        wants_page = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
        if wants_page and self._explorer is not None:
            return await self._explorer.page(request)
        return await self._endpoint.handle(request)


def _contexts(
    contexts: ContextFactory, door: Door, tickets: Tickets, limits: RateLimits
) -> Callable[[Request], Awaitable[Context]]:
    async def make_context(request: Request) -> Context:
        caller = await door.caller(request)
        return contexts.of(
            request,
            caller,
            report_link=lambda address: tickets.link(address, caller),
            admit_paid=lambda: limits.admit_paid(caller),
        )

    return make_context


def _surrounded(app: ASGIApp, callers: HttpCallers, settings: Settings) -> ASGIApp:
    """From the inside out. What is outermost sees every answer, also those to what failed and to preflights."""
    surrounded = app
    if settings.cors_origins:
        # No credentials: tokens travel in a header that pages set by themselves, and there are no cookies.
        surrounded = CORSMiddleware(
            surrounded,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=_CORS_HEADERS,
            expose_headers=["X-Request-Id", "Retry-After"],
            max_age=600,
        )
    surrounded = ExchangeMiddleware(surrounded, callers)
    if settings.trusted_proxies:
        return cast(
            "ASGIApp", ProxyHeadersMiddleware(cast("Any", surrounded), list(settings.trusted_proxies))
        )
    return surrounded


async def _unavailable(request: Request, error: Exception) -> Response:
    """Without its database the service can do nothing; the endpoint of the API says so itself, and better."""
    _log.warning(str(error))
    body = {"code": SERVICE_UNAVAILABLE, "detail": error_message(SERVICE_UNAVAILABLE, language_of(request))}
    return JSONResponse({"error": body}, status_code=503, headers={"Retry-After": RETRY_AFTER})


async def _nobody_vouches(request: Request, error: Exception) -> Response:
    """The answer of a page or file when a token can neither be confirmed nor refuted."""
    seconds = error.retry_after_seconds if isinstance(error, IdentityProviderUnavailable) else 1
    text = error_message("IDENTITY_PROVIDER_UNAVAILABLE", language_of(request))
    body = {"error": {"code": SERVICE_UNAVAILABLE, "detail": text}}
    return JSONResponse(body, status_code=503, headers={"Retry-After": str(seconds)})


async def _turned_away(request: Request, error: Exception) -> Response:
    """The answer of a page or file to whoever asks too often."""
    seconds = error.seconds if isinstance(error, RateLimited) else 1
    text = error_message("RATE_LIMITED", language_of(request), seconds=seconds)
    body = {"error": {"code": "RATE_LIMITED", "detail": text}}
    return JSONResponse(body, status_code=429, headers={"Retry-After": str(seconds)})


async def _broken(request: Request, error: Exception) -> Response:
    """What nobody expected: the log has it under the id that the caller is given."""
    return JSONResponse(
        {"error": {"code": "INTERNAL", "requestId": request.state.request_id}}, status_code=500
    )
