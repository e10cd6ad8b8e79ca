"""How long a request may take, and what becomes of it when time is up or its client is gone.

A query is cancelled, and what it holds goes back at once. A mutation is not: it may have asked the bureau for something that
is billed or binding, so it goes on to its end, whoever still waits for it; its caller asks again with the same idempotency key.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar, cast

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


ResultT = TypeVar("ResultT")


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

    def query(self, work: Coroutine[Any, Any, Outcome], request: Request) -> Awaitable[Outcome]:
        """What comes of a query, which runs in the task that asks. Raises TimeIsUp, ClientGone."""
        return _watched(work, self._query_seconds, request)

    def arrival(self, reading: Coroutine[Any, Any, ResultT]) -> Awaitable[ResultT]:
        """What is read of a request. Raises TimeIsUp."""
        return _watched(reading, self._query_seconds)

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


@coroutine
def _watched(
    work: Coroutine[Any, Any, ResultT], seconds: float, request: Request | None = None
) -> Generator[Any, Any, ResultT]:
    """The result of the work, watched as `_Watch` says. What comes without any waiting, as most bodies and short answers do, is not watched."""
    try:
        awaited = work.send(None)
    except StopIteration as done:
        result: ResultT = done.value
        return result
    with _Watch(seconds, request):
        while True:
            try:
                yield awaited
            except BaseException as error:
                go_on = partial(work.throw, error)
            else:
                go_on = partial(work.send, None)
            try:
                awaited = go_on()
            except StopIteration as done:
                result = done.value
                return result


class _Watch:
    """Cancels the task that begins it when time is up or the client is gone, and raises TimeIsUp or ClientGone as it ends.

    request: whose client is watched, after a while; None for nobody's.
    """

    def __init__(self, seconds: float, request: Request | None = None) -> None:
        self._seconds = seconds
        self._request = request
        self._why: type[TimeIsUp | ClientGone] | None = None
        self._over = False
        self._gone: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        self._task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._cancelled_before = self._task.cancelling()
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(min(_UNWATCHED_SECONDS, self._seconds), self._look)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        self._over = True
        self._timer.cancel()
        if self._gone is not None:
            self._gone.cancel()
        if self._why is None:
            return
        others = self._task.uncancel() > self._cancelled_before
        if kind is asyncio.CancelledError and not others:
            raise self._why from error

    def _look(self) -> None:
        left = max(0.0, self._seconds - _UNWATCHED_SECONDS)
        self._timer = self._loop.call_later(left, self._cut_off, TimeIsUp)
        if self._request is not None:
            self._gone = asyncio.create_task(_client_gone(self._request))
            self._gone.add_done_callback(lambda _: self._cut_off(ClientGone))

    def _cut_off(self, why: type[TimeIsUp | ClientGone]) -> None:
        if self._why is None and not self._over:
            self._why = why
            self._task.cancel()


async def _client_gone(request: Request) -> None:
    """Returns when the client has gone away. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def apart(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Run it in a task of its own: when it is cancelled, it is not waited for longer than it may take to give back what it holds."""
    running = asyncio.create_task(work)
    try:
        await asyncio.wait((running,))
    finally:
        await _cancel(running)
    return running.result()


async def _cancel(running: asyncio.Task[Outcome]) -> None:
    if not running.done():
        running.cancel()
        await asyncio.wait((running,), timeout=_UNWINDING_SECONDS)
