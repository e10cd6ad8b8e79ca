"""Who opens a page: by token like any caller of the API, or by a ticket for this very page."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from core.domain.access import Caller, Unauthenticated, UnauthenticatedReason
from server.tickets import Tickets

Identify = Callable[[Request], Awaitable[Caller]]
"""Tells from the `Authorization` header who calls; raises Unauthenticated."""


async def reader_of(request: Request, identify: Identify, tickets: Tickets) -> Caller:
    """Who opens the page. A token counts before a ticket. Raises Unauthenticated."""
    ticket = request.query_params.get("ticket")
    if ticket is None or "authorization" in request.headers:
        return await identify(request)
    holder = tickets.holder(ticket, request.url.path, request.client.host if request.client else None)
    if holder is None:
        raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED)
    return holder
