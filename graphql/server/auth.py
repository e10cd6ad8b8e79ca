"""Who opens a page: by token like any caller of the API, or by a ticket for this very page."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from core.domain.access import Caller, Unauthenticated, UnauthenticatedReason
from server.tickets import Tickets

TICKET = "ticket"
"""The query parameter that holds a ticket."""

Identify = Callable[[Request], Awaitable[Caller]]
"""Tells from the `Authorization` header who calls; raises Unauthenticated."""


async def reader_of(request: Request, identify: Identify, tickets: Tickets) -> Caller:
    """Who opens the page. A token counts before a ticket. Raises Unauthenticated."""
    ticket = request.query_params.get(TICKET)
    if ticket is None or "authorization" in request.headers:
        return await identify(request)
    origin = request.client.host if request.client else None
    holder = tickets.holder(ticket, _address(request), origin)
    if holder is None:
        raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED)
    return holder


def _address(request: Request) -> str:
    """What a ticket opens: the path with its query string, as it was written, without the ticket itself."""
    query = [part for part in request.url.query.split("&") if part.partition("=")[0] != TICKET]
    return "?".join(filter(None, (request.url.path, "&".join(query))))
