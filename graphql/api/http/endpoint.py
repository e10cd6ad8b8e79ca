"""The endpoint `/graphql`: GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/."""

import json
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.admission import RateLimited
from api.context import Context
from api.documents import check_length
from api.errors.presentation import SERVICE_UNAVAILABLE, ErrorPresenter
from api.execution import Outcome, check, execute
from api.execution.plans import Plans
from api.http.context import language_of, request_id_of
from api.http.deadlines import (
    MUTATION_SECONDS,
    REQUEST_SECONDS,
    ClientGone,
    Deadlines,
    TimeIsUp,
    apart,
)
from api.http.negotiation import GRAPHQL_RESPONSE, JSON, negotiate
from api.http.requests import BadRequest, GraphQLRequest, read_request, refuse
from api.schema import ApiSchema
from api.texts.languages import Language
from api.trusted_documents import TrustedDocuments
from core.domain.access import Unauthenticated, UnauthenticatedReason
from ports.storage import StorageUnavailable
from ports.token_verifier import IdentityProviderUnavailable

RETRY_AFTER = "5"
"""When to repeat what met a storage out of order, in seconds: most of what can befall it takes that long or longer."""

NOBODY_WAITS = 499
"""The status in the log of a request whose client went away before the answer; nobody is sent it."""

MakeContext = Callable[[Request], Awaitable[Context]]
"""Makes the context of a request. Raises Unauthenticated, RateLimited."""


class GraphQLEndpoint:
    """Answers requests to `/graphql`; `handle` is the endpoint of a Starlette route for all methods.

    documents: the only ones that may be asked for; None when any may.
    """

    def __init__(
        self,
        schema: ApiSchema,
        make_context: MakeContext,
        *,
        plans: Plans | None = None,
        documents: TrustedDocuments | None = None,
        query_seconds: float = REQUEST_SECONDS,
        mutation_seconds: float = MUTATION_SECONDS,
    ) -> None:
        self._schema = schema
        self._make_context = make_context
        self._plans = plans
        self._documents = documents
        self._deadlines = Deadlines(query_seconds=query_seconds, mutation_seconds=mutation_seconds)

    async def handle(self, request: Request) -> Response:
        """Execute what the request asks for, or say what is wrong with it."""
        media_type = negotiate(request.headers.get("accept"))
        if media_type is None:
            refused = _presenter(request).refusal("BAD_REQUEST", "NOT_ACCEPTABLE")
            return respond(request, JSON, 406, {"errors": [refused]})
        try:
            if len(request.headers.getlist("authorization")) > 1:
                refuse(400, "REPEATED_HEADER", values={"name": "Authorization"})
            context = await self._make_context(request)
            wanted = await self._read(request)
        except ClientDisconnect:
            return Response(status_code=NOBODY_WAITS)
        except _REFUSED as error:
            return _refusal(request, media_type, error)
        try:
            outcome = await self._outcome(request, wanted, context)
        except TimeIsUp:
            late = _presenter(request).refusal("TIMEOUT", "TIMEOUT")
            status = 503 if media_type == GRAPHQL_RESPONSE else 200
            return respond(request, media_type, status, {"errors": [late]})
        except ClientGone:
            return Response(status_code=NOBODY_WAITS)
        if outcome.refused_mutation:
            refused = _presenter(request).refusal("BAD_REQUEST", "MUTATION_BY_GET")
            return respond(request, media_type, 405, {"errors": [refused]}, {"Allow": "POST"})
        status = 400 if outcome.failed_before_execution and media_type == GRAPHQL_RESPONSE else 200
        return respond(request, media_type, status, _body(outcome, context))

    async def _read(self, request: Request) -> GraphQLRequest:
        try:
            return await self._deadlines.arrival(read_request(request, self._documents))
        except TimeIsUp:
            refuse(408, "REQUEST_TOO_SLOW", {"Connection": "close"})

    async def _outcome(self, request: Request, wanted: GraphQLRequest, context: Context) -> Outcome:
        try:
            check_length(wanted.query, wanted.operation_name, self._schema.limits)
        except GraphQLError as error:
            return Outcome(errors=(error,), failed_before_execution=True)
        if self._plans is not None:
            if self._plans.know(wanted):
                return await self._deadlines.query(self._planned(self._plans, wanted, context), request)
            planned = self._plans.mutation(wanted) if request.method == "POST" else None
            if planned is not None:
                return await self._deadlines.mutation(planned(context))
        checked = check(self._schema, wanted, mutations=request.method == "POST")
        if isinstance(checked, Outcome):
            return checked
        work = execute(self._schema, checked, context)
        if checked.is_mutation:
            return await self._deadlines.mutation(work)
        return await self._deadlines.query(apart(work), request)

    async def _planned(self, plans: Plans, wanted: GraphQLRequest, context: Context) -> Outcome:
        """What its plan answers, and otherwise graphql-core; a plan is of a query."""
        answered = await plans.answer(wanted, context)
        if answered is not None:
            return Outcome(data=answered)
        checked = check(self._schema, wanted)
        return (
            checked if isinstance(checked, Outcome) else await apart(execute(self._schema, checked, context))
        )


_REFUSED = (Unauthenticated, StorageUnavailable, IdentityProviderUnavailable, RateLimited, BadRequest)


def _refusal(request: Request, media_type: str, error: Exception) -> Response:
    """The answer to what was refused before anything was executed."""
    presenter = _presenter(request)
    headers: dict[str, str]
    match error:
        case Unauthenticated():
            refused, status = presenter.unauthenticated(error), 401
            # RFC 6750
            missing = error.reason is UnauthenticatedReason.MISSING
            headers = {"WWW-Authenticate": "Bearer" if missing else 'Bearer error="invalid_token"'}
        case StorageUnavailable():
            refused, status, headers = presenter.unavailable(error), 503, {"Retry-After": RETRY_AFTER}
        case IdentityProviderUnavailable():
            refused, status = presenter.refusal(SERVICE_UNAVAILABLE, "IDENTITY_PROVIDER_UNAVAILABLE"), 503
            refused["extensions"]["retryable"] = True
            headers = {"Retry-After": str(error.retry_after_seconds)}
        case RateLimited():
            refused, status = presenter.refusal("RATE_LIMITED", "RATE_LIMITED", seconds=error.seconds), 429
            refused["extensions"]["retryAfterSeconds"] = error.seconds
            headers = {"Retry-After": str(error.seconds)}
        case BadRequest():
            refused = presenter.refusal(error.code, error.text, **error.values)
            status, headers = error.status, error.headers
        case _:
            raise error
    return respond(request, media_type, status, {"errors": [refused]}, headers)


def _presenter(request: Request) -> ErrorPresenter:
    return ErrorPresenter(language=language_of(request), request_id=request_id_of(request))


def respond(
    request: Request,
    media_type: str,
    status: int,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> Response:
    """A response in one of our media types."""
    response = Response(_written(body), status, headers)
    response.raw_headers += _always(media_type, language_of(request))
    return response


@cache
def _always(media_type: str, language: Language) -> list[tuple[bytes, bytes]]:
    """The headers of every answer, encoded once."""
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Content-Language": language.value,
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Language, Authorization",
    }
    return Headers(headers).raw


def _written(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:  # half of a surrogate pair, or a number beyond 64 bits
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _body(outcome: Outcome, context: Context) -> dict[str, Any]:
    if not outcome.errors:
        return {"data": outcome.data}
    presenter = ErrorPresenter(language=context.language, request_id=context.request_id, context=context)
    errors = [presenter.present(error, is_mutation=outcome.is_mutation) for error in outcome.errors]
    return {"errors": errors} if outcome.failed_before_execution else {"errors": errors, "data": outcome.data}
