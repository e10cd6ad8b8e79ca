"""The endpoint `/graphql`: GraphQL over HTTP, https://graphql.github.io/graphql-over-http/draft/."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.admission import RateLimited
from api.context import Context
from api.errors.presentation import SERVICE_UNAVAILABLE, ErrorPresenter
from api.execution import Outcome, execute
from api.http.context import language_of, request_id_of
from api.http.negotiation import GRAPHQL_RESPONSE, JSON, negotiate
from api.http.requests import BadRequest, read_request, refuse
from api.schema import ApiSchema
from core.domain.access import Unauthenticated
from ports.storage import StorageUnavailable
from ports.token_verifier import IdentityProviderUnavailable

RETRY_AFTER = "5"
"""When to repeat what met a storage out of order, in seconds: most of what can befall it takes that long or longer."""

MakeContext = Callable[[Request], Awaitable[Context]]
"""Makes the context of a request. Raises Unauthenticated, RateLimited."""


class GraphQLEndpoint:
    """Answers requests to `/graphql`; `handle` is the endpoint of a Starlette route for all methods."""

    def __init__(self, schema: ApiSchema, make_context: MakeContext) -> None:
        self._schema = schema
        self._make_context = make_context

    async def handle(self, request: Request) -> Response:
        """Execute what the request asks for, or say what is wrong with it."""
        presenter = ErrorPresenter(language=language_of(request), request_id=request_id_of(request))
        media_type = negotiate(request.headers.get("accept"))
        if media_type is None:
            refused = presenter.refusal("BAD_REQUEST", "NOT_ACCEPTABLE")
            return respond(presenter, JSON, 406, {"errors": [refused]})
        try:
            if len(request.headers.getlist("authorization")) > 1:
                refuse(400, "REPEATED_HEADER", values={"name": "Authorization"})
            context = await self._make_context(request)
            wanted = await read_request(request)
        except Unauthenticated as error:
            return unauthenticated(presenter, media_type, error)
        except StorageUnavailable as error:
            body = {"errors": [presenter.unavailable(error)]}
            return respond(presenter, media_type, 503, body, {"Retry-After": RETRY_AFTER})
        except IdentityProviderUnavailable as error:
            away = presenter.refusal(SERVICE_UNAVAILABLE, "IDENTITY_PROVIDER_UNAVAILABLE")
            away["extensions"]["retryable"] = True
            headers = {"Retry-After": str(error.retry_after_seconds)}
            return respond(presenter, media_type, 503, {"errors": [away]}, headers)
        except RateLimited as error:
            limited = presenter.refusal("RATE_LIMITED", "RATE_LIMITED", seconds=error.seconds)
            limited["extensions"]["retryAfterSeconds"] = error.seconds
            headers = {"Retry-After": str(error.seconds)}
            return respond(presenter, media_type, 429, {"errors": [limited]}, headers)
        except BadRequest as error:
            refused = presenter.refusal("BAD_REQUEST", error.text, **error.values)
            return respond(presenter, media_type, error.status, {"errors": [refused]}, error.headers)
        presenter = ErrorPresenter(language=context.language, request_id=context.request_id, context=context)
        outcome = await execute(self._schema, wanted, context, mutations=request.method == "POST")
        if outcome.refused_mutation:
            refused = presenter.refusal("BAD_REQUEST", "MUTATION_BY_GET")
            return respond(presenter, media_type, 405, {"errors": [refused]}, {"Allow": "POST"})
        status = 400 if outcome.failed_before_execution and media_type == GRAPHQL_RESPONSE else 200
        return respond(presenter, media_type, status, _body(outcome, presenter))


def unauthenticated(presenter: ErrorPresenter, media_type: str, error: Unauthenticated) -> Response:
    """The answer to a token that opens nothing (RFC 6750)."""
    challenge = "Bearer" if error.reason.value == "MISSING" else 'Bearer error="invalid_token"'
    body = {"errors": [presenter.unauthenticated(error)]}
    return respond(presenter, media_type, 401, body, {"WWW-Authenticate": challenge})


def respond(
    presenter: ErrorPresenter,
    media_type: str,
    status: int,
    body: dict[str, Any],
    headers: dict[str, str] | None = None,
) -> Response:
    """A response in one of our media types."""
    return Response(
        json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        status,
        {
            "Content-Type": f"{media_type}; charset=utf-8",
            "Content-Language": presenter.language.value,
            "Cache-Control": "no-store",
            "Vary": "Accept, Accept-Language, Authorization",
            "X-Request-Id": presenter.request_id,
            **(headers or {}),
        },
    )


def _body(outcome: Outcome, presenter: ErrorPresenter) -> dict[str, Any]:
    errors = [presenter.present(error, is_mutation=outcome.is_mutation) for error in outcome.errors]
    if outcome.failed_before_execution:
        return {"errors": errors}
    return {"errors": errors, "data": outcome.data} if errors else {"data": outcome.data}
