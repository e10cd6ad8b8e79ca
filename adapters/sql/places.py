"""Connections that are kept open and lent to one after the other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

PATIENCE_SECONDS = 15.0
"""How long somebody waits for a free connection. Whoever waits longer is better told to come back: so is everybody after."""

ConnectionT = TypeVar("ConnectionT")


class NoConnectionFree(TimeoutError):
    """None was given back in time."""


class Places(Generic[ConnectionT]):
    """A bounded number of connections, opened when they are needed. The last one given back is the next one taken; where none is
    free it goes to whoever waits longest, and nobody who comes later gets ahead.

    A library's pool does much more for whoever takes a connection (it is asked for a sign of life, reset, watched and shielded), in
    more time than a statement of ours takes.
    """

    def __init__(self, most: int, connect: Callable[[], Awaitable[ConnectionT]]) -> None:
        self._connect = connect
        self._never_taken = most
        self._free: list[ConnectionT | None] = []
        self._waiting: deque[asyncio.Future[ConnectionT | None]] = deque()
        self._ending: set[asyncio.Task[object]] = set()
        self.connections: set[ConnectionT] = set()
        self.lent = 0

    async def take(self) -> ConnectionT:
        """A connection; it is to be given back or dropped. Raises NoConnectionFree, and what opening one raises."""
        connection = await self._place()
        self.lent += 1
        if connection is not None:
            return connection
        try:
            connection = await self._connect()
        except BaseException:
            # Whoever gives up while it opens must not leave its place taken for ever.
            self._leave(None)
            raise
        self.connections.add(connection)
        return connection

    def give_back(self, connection: ConnectionT) -> None:
        """Let others take it."""
        self._leave(connection if connection in self.connections else None)

    def drop(self, connection: ConnectionT) -> None:
        """It is of no use any more: let others open another in its place."""
        self.connections.discard(connection)
        self._leave(None)

    def leave_all(self) -> set[ConnectionT]:
        """Every connection, for whoever closes them. Who takes one next opens another."""
        left, self.connections = self.connections, set()
        self._free = [None] * len(self._free)
        return left

    def throw_out(self, end: Callable[[ConnectionT], Coroutine[Any, Any, object]]) -> None:
        """Have `end` close all connections that nobody has, side by side: one was met that is lost, and the others may be as well.

        Their places stay, and whoever takes one opens another. What is lent stays with who has it.
        """
        free, self._free = self._free, [None] * len(self._free)
        for connection in free:
            if connection is not None:
                self.connections.discard(connection)
                self.end_beside(end(connection))

    def end_beside(self, ending: Coroutine[Any, Any, object]) -> None:
        """Close a connection, or end what goes on in it, while everything else goes on; `ended` waits for it. What it raises is told to nobody, and logged by asyncio."""
        self._ending.add(task := asyncio.create_task(ending))
        task.add_done_callback(self._ending.discard)

    async def ended(self) -> None:
        """Wait until what is being closed or ended beside is so, whoever gives up waiting for it."""
        if self._ending:
            await asyncio.wait(self._ending)

    def _leave(self, connection: ConnectionT | None) -> None:
        self.lent -= 1
        self._pass_on(connection)

    def _pass_on(self, connection: ConnectionT | None) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        self._free.append(connection)

    async def _place(self) -> ConnectionT | None:
        """A free connection, or None for a place in which there is none yet."""
        if self._free:
            return self._free.pop()
        if self._never_taken:
            self._never_taken -= 1
            return None
        waiting: asyncio.Future[ConnectionT | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        taken = False
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                connection = await waiting
                taken = True
                return connection
        except TimeoutError:
            raise NoConnectionFree from None
        finally:
            if not taken and waiting.done() and not waiting.cancelled():
                self._pass_on(waiting.result())  # it came just as this one gave up
