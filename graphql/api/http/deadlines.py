"""How long a request may take, and what becomes of it when time is up or its client is gone.

A query is cancelled, and what it holds goes back at once. A mutation is not: it may have asked the bureau for something that
is billed or binding, so it goes on to its end, whoever still waits for it; its caller asks again with the same idempotency key.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.requests import Request

from api.execution import Outcome

REQUEST_SECONDS = 30.0
"""For a request to arrive whole, and for a query to be answered."""

MUTATION_SECONDS = 120.0
"""For a mutation to be answered: longer than any takes that waits for the bureau as long as it may."""

_UNWATCHED_SECONDS = 0.05
"""Most queries are answered so soon that to watch whether the client is still there costs more than it can save."""

_UNWINDING_SECONDS = 5.0
"""How long to wait for what was cancelled to give back what it holds, before the caller is answered."""


class TimeIsUp(Exception):
    """The request took too long."""


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class Deadlines:
    """Runs requests within their time."""

    def __init__(self, *, query_seconds: float, mutation_seconds: float) -> None:
        self._query_seconds = query_seconds
        self._mutation_seconds = mutation_seconds
        self._going_on: set[asyncio.Task[Outcome]] = set()

    async def query(self, work: Coroutine[Any, Any, Outcome], request: Request) -> Outcome:
        """What comes of a query. Raises TimeIsUp, ClientGone."""
        running = asyncio.create_task(work)
        try:
            await asyncio.wait((running,), timeout=min(_UNWATCHED_SECONDS, self._query_seconds))
            left = not running.done() and await self._left(running, request)
        finally:
            await _cancel(running)
        if running.done() and not running.cancelled():
            return running.result()
        raise ClientGone if left else TimeIsUp

    async def _left(self, running: asyncio.Task[Outcome], request: Request) -> bool:
        """Wait until the query is answered or time is up; whether its client went away before."""
        gone = asyncio.create_task(_client_gone(request))
        try:
            left = self._query_seconds - _UNWATCHED_SECONDS
            await asyncio.wait((running, gone), timeout=left, return_when=asyncio.FIRST_COMPLETED)
            return gone.done()
        finally:
            gone.cancel()

    async def mutation(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """What comes of a mutation. Raises TimeIsUp when it goes on unattended."""
        running = asyncio.create_task(work)
        self._going_on.add(running)
        running.add_done_callback(self._ended)
        try:
            await asyncio.wait((running,), timeout=self._mutation_seconds)
        except asyncio.CancelledError:  # the service stops, and has waited as long as it may
            await _cancel(running)
            raise
        if not running.done():
            raise TimeIsUp
        return running.result()

    def _ended(self, running: asyncio.Task[Outcome]) -> None:
        self._going_on.discard(running)
        if not running.cancelled():
            running.exception()  # looked at, or it would be written to the log as it is


async def _client_gone(request: Request) -> None:
    """Returns when the client has gone away. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancel(running: asyncio.Task[Outcome]) -> None:
    if not running.done():
        running.cancel()
        await asyncio.wait((running,), timeout=_UNWINDING_SECONDS)
