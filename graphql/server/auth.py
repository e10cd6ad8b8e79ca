"""Who calls: the bearer token of a request, read in this one place."""

from starlette.requests import Request

from core.domain.access import Caller, Unauthenticated, UnauthenticatedReason
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from server.tickets import Tickets

_LONGEST_TOKEN = 4096


async def caller_of(request: Request, identify: IdentifyCaller) -> Caller:
    """Who presents the token in the `Authorization` header. Raises Unauthenticated."""
    return await identify(IdentifyCallerCommand(token=_bearer_token(request), origin=origin_of(request)))


async def reader_of(request: Request, identify: IdentifyCaller, tickets: Tickets) -> Caller:
    """Who opens a page: by token like any caller, or by a ticket for this very page. Raises Unauthenticated."""
    ticket = request.query_params.get("ticket")
    if ticket is None or "authorization" in request.headers:
        return await caller_of(request, identify)
    holder = tickets.holder(ticket, request.url.path, origin_of(request))
    if holder is None:
        raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED)
    return holder


def origin_of(request: Request) -> str | None:
    """The address that the request comes from, for the audit trail."""
    return request.client.host if request.client else None


def _bearer_token(request: Request) -> str | None:
    """The token, or None when there is no header; another scheme presents a token that nobody knows."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip()[:_LONGEST_TOKEN] if scheme.lower() == "bearer" else header[:_LONGEST_TOKEN]
