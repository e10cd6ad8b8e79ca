"""Measuring A B A B: the floor and ours in turn, so that whatever else the machine does meets both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from statistics import median

import httpx
import orjson

from benchmarks import processes
from benchmarks.bureau import TIMES
from benchmarks.company import TOKEN
from benchmarks.dataset import Size
from benchmarks.load import Ask, Job, Load, quantile
from benchmarks.processes import Server
from benchmarks.work import ASKS, Pair, Work

WARM_UP = 0.5
_MOST_CHANGES = 5_000
"""What may be changed in one round."""


class NotTheSame(Exception):
    """Floor and service answer differently, or not at all: what they take for it means nothing."""


@dataclass(slots=True)
class Side:
    """What was measured on one side, round by round. Times in seconds, memory in MiB."""

    throughput: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: float | None = None
    own: list[float] = field(default_factory=list)
    """What each consultation took beyond the bureau's answer."""

    def note_seconds(self, seconds: float) -> None:
        """Note a round that is one thing."""
        self.p50.append(seconds)

    def note(self, load: Load, cpu_seconds: float) -> None:
        """Note a round of many requests."""
        self.throughput.append(load.answered / load.seconds)
        self.p50.append(load.p50)
        self.p99.append(load.p99)
        self.cpu.append(cpu_seconds / load.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Both sides, measured in the same rounds."""

    floor: Side
    ours: Side

    def ratio(self, of: str) -> float:
        """The middle of the rounds' ratios, ours to the floor's."""
        pairs = zip(getattr(self.ours, of), getattr(self.floor, of), strict=True)
        return float(median(ours / floor for ours, floor in pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What is measured on: both servers over one database, and how long."""

    floor: Server
    ours: Server
    bureau: Server
    size: Size
    rounds: int
    seconds: float

    async def compare(self, work: Work, callers: int) -> Compared:
        """The same requests to both. Raises NotTheSame."""
        pairs = work.pairs(self.size, Random(callers))  # noqa: S311 - the same requests each time
        if not work.changes:
            await self.check(work)
            some = list(islice(pairs, ASKS))
            return await self._alternate(work, callers, iter([some] * self.rounds * 2))
        return await self._alternate(work, callers, self._once(pairs))

    async def check(self, work: Work) -> None:
        """See that both answer a request that changes nothing with the same. Raises NotTheSame."""
        pair = next(work.pairs(self.size, Random(self.seconds)))  # noqa: S311 - any will do
        floor, ours = await _answer(self.floor, pair.floor), await _answer(self.ours, pair.ours)
        if floor != ours or "errors" in ours:
            raise NotTheSame(f"{pair.floor.path}:\nfloor {floor}\nours  {ours}")

    async def compare_pages(self, early: Sequence[Ask], late: Sequence[Ask], wanted: str) -> Compared:
        """Ours alone: early pages as the floor of late ones."""
        sides = Side(), Side()
        for _ in range(self.rounds):
            for side, asks in zip(sides, (early, late), strict=True):
                await self._round(self.ours, side, list(asks), wanted, callers=10, once=False)
        return Compared(floor=sides[0], ours=sides[1])

    def _once(self, pairs: Iterable[Pair]) -> Iterable[list[Pair]]:
        """Requests for each round and side, none of them twice."""
        each = min(_MOST_CHANGES, max(self.size.overdue // (2 * self.rounds), 1))
        coming = iter(pairs)
        while some := list(islice(coming, each)):
            yield some

    async def _alternate(self, work: Work, callers: int, portions: Iterable[list[Pair]]) -> Compared:
        floor, ours, coming = Side(), Side(), iter(portions)
        for _ in range(self.rounds):
            asks = [pair.floor for pair in next(coming)]
            await self._round(self.floor, floor, asks, work.wanted, callers=callers, once=work.changes)
            asks = [pair.ours for pair in next(coming)]
            await self._round(self.ours, ours, asks, work.wanted, callers=callers, once=work.changes)
        floor.memory, ours.memory = self.floor.memory(), self.ours.memory()
        return Compared(floor=floor, ours=ours)

    async def _round(
        self, server: Server, side: Side, asks: list[Ask], wanted: str, *, callers: int, once: bool
    ) -> None:
        await self._bureau_seconds()
        before = server.cpu_seconds()
        load = await processes.load(
            Job(
                port=server.port,
                token=TOKEN,
                connections=callers,
                seconds=self.seconds,
                warm_up=min(WARM_UP, self.seconds / 2),
                asks=asks,
                wanted=wanted,
                once=once,
                shown=callers == 1,
            )
        )
        if load.wrong:
            raise NotTheSame(f"{asks[0].path}: {load.wrong} of {load.asked} answers are wrong: {load.said}")
        if not load.answered:
            raise NotTheSame(f"{asks[0].path}: {load.asked} requests were too few to measure anything")
        side.note(load, server.cpu_seconds() - before)
        waited = await self._bureau_seconds()
        if callers == 1 and len(waited) == load.asked:
            # One caller: the bureau was asked in the order of the requests.
            pairs = zip(load.times, waited[-len(load.times) :], strict=True)
            side.own.extend(whole - bureau for whole, bureau in pairs)

    async def _bureau_seconds(self) -> list[float]:
        async with httpx.AsyncClient() as client:
            found: list[float] = (await client.get(self.bureau.address + TIMES)).json()
        return found


async def _answer(server: Server, ask: Ask) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    async with httpx.AsyncClient() as client:
        response = await client.post(server.address + ask.path, content=ask.body, headers=headers)
    answer: dict[str, object] = orjson.loads(response.content)
    return answer


def own_times(side: Side) -> tuple[float, float]:
    """The middle and the slowest hundredth of what consultations took beyond the bureau's answer."""
    ordered = sorted(side.own)
    return quantile(ordered, 0.5), quantile(ordered, 0.99)
