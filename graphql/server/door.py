"""The door that every request passes: who is it, and has it asked too often?"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256

from starlette.requests import Request

from api.http.context import origin_of
from core.domain.access import Caller, Unauthenticated, UnauthenticatedReason
from core.use_cases.confirm_caller import ConfirmCaller
from server.auth import holder_of
from server.rate_limits import RateLimits
from server.tickets import Tickets

_REMEMBERED = 10_000

Identify = Callable[[Request], Awaitable[Caller]]
"""Tells from a request who calls; raises Unauthenticated."""


class Door:
    """Lets in whoever has a good token and has not asked too often.

    Tokens that were good a moment ago are looked up even when their address is turned away: those who share an address with
    somebody who tries tokens out go on working. They are remembered by hash, and no longer than they are good.
    """

    def __init__(
        self, identify: Identify, tickets: Tickets, confirm: ConfirmCaller, limits: RateLimits
    ) -> None:
        self._identify = identify
        self._tickets = tickets
        self._confirm = confirm
        self._limits = limits
        self._good: OrderedDict[bytes, None] = OrderedDict()

    async def reader(self, request: Request) -> Caller:
        """Who opens a page or file: by ticket, or by token like `caller`. Raises Unauthenticated, RateLimited."""
        holder = holder_of(request, self._tickets)
        if holder is None:
            return await self.caller(request)
        await self._confirm(holder)
        await self._limits.admit(holder)
        return holder

    async def caller(self, request: Request) -> Caller:
        """Who calls, by token. Raises Unauthenticated, RateLimited."""
        address = origin_of(request)
        shown = sha256(request.headers.get("authorization", "").encode()).digest()
        if shown not in self._good:
            await self._limits.admit_stranger(address)
        try:
            caller = await self._identify(request)
        except Unauthenticated as error:
            self._good.pop(shown, None)
            if error.reason is not UnauthenticatedReason.MISSING:
                await self._limits.note_refusal(address)
            raise
        self._remember(shown)
        await self._limits.admit(caller)
        return caller

    def _remember(self, shown: bytes) -> None:
        self._good[shown] = None
        self._good.move_to_end(shown)
        if len(self._good) > _REMEMBERED:
            self._good.popitem(last=False)
