"""How often one may ask: per token, and per address for those whose token is not known yet.

Counted in this process: with N processes everybody may ask N times as often. What money may be spent in a day is limited
exactly, by each branch's budget of consultations.
"""

import time
from ipaddress import IPv4Address, ip_address, ip_network
from math import ceil, floor

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from api.admission import RateLimited
from core.domain.access import Caller

STRANGERS_PER_MINUTE = 600
"""Requests from one address without a token that was good a moment ago."""

REFUSALS_PER_MINUTE = 60
"""Refused tokens from one address. After that its strangers are turned away before their tokens are looked up."""

_SWEEP_SECONDS = 60.0
"""How often counters that have expired are looked for."""


class Counts(MemoryStorage):
    """The library's counters in memory, counted in one step.

    The library's take a lock, and a task that looks for expired ones among all there are, at each count: with 10,000 of them
    that took 1.4 ms, longer than most requests, and anybody with many addresses can make them as many.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next_sweep = 0.0

    async def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        return self.count(key, limit, expiry, amount)

    def count(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count, unless that makes more than `limit` in `expiry` seconds: those of the window before count by how much of it is left."""
        now = time.time()
        if not 0 < self._next_sweep - now <= _SWEEP_SECONDS:
            self._sweep(now)
        before, current = self.sliding_window_keys(key, expiry, now)
        left = 1 - now / expiry % 1
        counted = self.storage.get(current, 0)
        if floor(self.storage.get(before, 0) * left + counted) + amount > limit:
            return False
        if not counted:
            self.expirations[current] = now + 2 * expiry
        self.storage[current] = counted + amount
        return True

    def _sweep(self, now: float) -> None:
        # Where the clock was set back, what was counted is of a time that is still to come.
        set_back = self._next_sweep - now > _SWEEP_SECONDS
        self._next_sweep = now + _SWEEP_SECONDS
        for key in [key for key, ends in self.expirations.items() if set_back or ends <= now]:
            del self.storage[key], self.expirations[key]


class RateLimits:
    """Counts, and turns away by raising RateLimited. `requests`, `paid`: per token and minute; 0 is no limit."""

    def __init__(self, *, requests: int, paid: int) -> None:
        self._counts = Counts()
        self._limiter = SlidingWindowCounterRateLimiter(self._counts)
        self._requests = _per_minute("requests", requests)
        self._paid = _per_minute("paid", paid)
        self._strangers = RateLimitItemPerMinute(STRANGERS_PER_MINUTE, namespace="strangers")
        self._refusals = RateLimitItemPerMinute(REFUSALS_PER_MINUTE, namespace="refusals")

    async def admit_stranger(self, address: str | None) -> None:
        """Let somebody from `address` show a token."""
        place = _place(address)
        if not await self._limiter.test(self._refusals, place):
            raise await self._turned_away(self._refusals, place)
        await self._count(self._strangers, place)

    async def note_refusal(self, address: str | None) -> None:
        """The token was no good."""
        await self._limiter.hit(self._refusals, _place(address))

    async def admit(self, caller: Caller) -> None:
        """Let a caller make a request."""
        await self._count(self._requests, caller.id)

    async def admit_paid(self, caller: Caller) -> None:
        """Let a caller order what the bureau bills."""
        await self._count(self._paid, caller.id)

    async def _count(self, item: RateLimitItem | None, who: str) -> None:
        # As the library's limiter does it, which is some steps away from the counters.
        if item is None or self._counts.count(item.key_for(who), item.amount, item.get_expiry()):
            return
        raise await self._turned_away(item, who)

    async def _turned_away(self, item: RateLimitItem, who: str) -> RateLimited:
        stats = await self._limiter.get_window_stats(item, who)
        return RateLimited(seconds=max(1, ceil(stats.reset_time - time.time())))


def _per_minute(name: str, amount: int) -> RateLimitItem | None:
    return RateLimitItemPerMinute(amount, namespace=name) if amount else None


def _place(address: str | None) -> str:
    """What is counted as one address: of IPv6 the network of 64 bits, the least that anybody is given."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
