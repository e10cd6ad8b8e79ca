"""Tickets in requests: in whose name a page or file is opened without a token."""

from starlette.requests import Request

from api.http.context import origin_of
from core.domain.access import Caller, Unauthenticated, UnauthenticatedReason
from server.tickets import Tickets

TICKET = "ticket"
"""The query parameter that holds a ticket."""


def holder_of(request: Request, tickets: Tickets) -> Caller | None:
    """Whose ticket the request shows; None when it shows none, or a token, which counts before a ticket.

    Raises Unauthenticated for a ticket that does not open this very page.
    """
    ticket = request.query_params.get(TICKET)
    if ticket is None or "authorization" in request.headers:
        return None
    holder = tickets.holder(ticket, _address(request), origin_of(request))
    if holder is None:
        raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED)
    return holder


def _address(request: Request) -> str:
    """What a ticket opens: the path with its query string, as it was written, without the ticket itself."""
    query = [part for part in request.url.query.split("&") if part.partition("=")[0] != TICKET]
    return "?".join(filter(None, (request.url.path, "&".join(query))))
