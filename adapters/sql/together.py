"""Asking once for all who ask the same at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT")
AnswerT = TypeVar("AnswerT")


class Together(Generic[KeyT, AnswerT]):
    """Questions that differ by key. The one who asks first waits until the loop has come round, and asks for all who came until then.

    Nobody is told what was found before they came: whoever comes once the question has been put asks anew.
    """

    def __init__(self, ask: Callable[[KeyT], Awaitable[AnswerT]]) -> None:
        self._ask = ask
        self._gathering: dict[KeyT, list[asyncio.Future[tuple[AnswerT] | None]]] = {}

    async def answer(self, key: KeyT) -> AnswerT:
        """What is found. Raises what asking raises; whoever asked for others and failed leaves each to ask for itself."""
        others = self._gathering.get(key)
        if others is None:
            return await self._for_all(key)
        told: asyncio.Future[tuple[AnswerT] | None] = asyncio.get_running_loop().create_future()
        others.append(told)
        found = await told
        return await self._ask(key) if found is None else found[0]

    async def _for_all(self, key: KeyT) -> AnswerT:
        others = self._gathering[key] = []
        found: tuple[AnswerT] | None = None
        try:
            try:
                await asyncio.sleep(0)
            finally:
                del self._gathering[key]
            found = (await self._ask(key),)
            return found[0]
        finally:
            for told in others:
                if not told.done():
                    told.set_result(found)
