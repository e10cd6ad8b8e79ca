"""The whole measurement: data, servers, work, table."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks import processes
from benchmarks.collecting import collect
from benchmarks.databases import KINDS, Databases, open_databases
from benchmarks.dataset import Size
from benchmarks.exports import export
from benchmarks.measure import Bench, Compared, own_times
from benchmarks.processes import Server
from benchmarks.table import Line, Mark, markdown, plain
from benchmarks.work import (
    CONSULTATIONS,
    CONSULTS,
    DEEP_PAGE,
    LISTS,
    NEGATIVATIONS,
    NESTED_PAGES,
    TYPENAMES,
    pages,
)

NAMES = (
    "idle",
    "typename",
    "list",
    "consultation",
    "nested",
    "pages",
    "callers",
    "consult",
    "negativate",
    "export",
    "collection",
)
SIZE = 1_000_000
SECONDS = 5.0
ROUNDS = 4
FOLDER = Path(".benchmarks")
IDLE_SECONDS = 1.0
WRITERS = 8
MOST_OVERDUE = 100_000
REGISTERED_BEFORE = 10_000
"""Registrations beside the invoices of a run of the collection routine."""


async def measure(chosen: Namespace, kind: str) -> AsyncIterator[Line]:
    """The lines for one kind of database, as they come."""
    size = Size(registrations=chosen.size, overdue=min(chosen.size, MOST_OVERDUE))
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(open_databases(kind, chosen.folder))
        home = chosen.folder / "home"
        await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
        bureau = await stack.enter_async_context(processes.bureau(home))
        if set(chosen.only) - {"collection"}:
            address = await databases.copy(size, "measured")
            async with open_bench(address, size, bureau, home, chosen.rounds, chosen.seconds) as bench:
                for name in chosen.only:
                    if name != "collection":
                        for line in await _lines(name, bench, address, databases.kind):
                            yield line
        if "collection" in chosen.only:
            for line in await _collection(databases, size, bureau, home, chosen):
                yield line


@asynccontextmanager
async def open_bench(
    address: str, size: Size, bureau: Server, home: Path, rounds: int, seconds: float
) -> AsyncIterator[Bench]:
    """Both servers over a database."""
    async with (
        processes.floor(address, bureau, home) as floor,
        processes.ours(address, bureau, home) as ours,
    ):
        yield Bench(floor=floor, ours=ours, bureau=bureau, size=size, rounds=rounds, seconds=seconds)


async def _lines(name: str, bench: Bench, address: str, kind: str) -> list[Line]:
    match name:
        case "idle":
            return await _idle(bench)
        case "typename":
            both = await bench.compare(TYPENAMES, 10)
            return [Line(work="`{ __typename }`", compared=both, callers=10, marks=[_throughput(both, 1.0)])]
        case "list":
            both = await bench.compare(LISTS, 10)
            least = 0.75 if kind == "sqlite" else 0.9
            return [Line(work="list", compared=both, callers=10, marks=[_throughput(both, least)])]
        case "consultation":
            both = await bench.compare(CONSULTATIONS, 10)
            title = "consultation and report"
            return [Line(work=title, compared=both, callers=10, marks=[_throughput(both, 0.9)])]
        case "nested":
            both = await bench.compare(NESTED_PAGES, 10)
            return [Line(work="customers with their negativations", compared=both, callers=10)]
        case "pages":
            return await _pages(bench)
        case "callers":
            return await _callers(bench)
        case "consult":
            return await _consult(bench)
        case "negativate":
            return await _negativate(bench, kind)
        case _:
            return await _export(bench, address, kind)


async def _idle(bench: Bench) -> list[Line]:
    """Meant to come first, before anybody asked for anything."""
    await asyncio.sleep(IDLE_SECONDS)
    marks = [
        Mark(what="start-up", found=bench.ours.started_in, bound=2, unit=" s"),
        Mark(what="memory", found=bench.ours.memory(), bound=150, unit=" MiB"),
    ]
    return [Line(work="started, and idle", marks=marks)]


async def _pages(bench: Bench) -> list[Line]:
    both = await bench.compare_pages(pages(bench.size, 1), pages(bench.size, DEEP_PAGE), LISTS.wanted)
    mark = Mark(what="p50", found=both.ratio("p50"), bound=1.2)
    deep = min(DEEP_PAGE, bench.size.registrations // 50)
    return [Line(work=f"page 1 → page {deep:,}, both ours", compared=both, callers=10, marks=[mark])]


async def _callers(bench: Bench) -> list[Line]:
    few, many = await bench.compare(LISTS, 10), await bench.compare(LISTS, 100)
    side_by_side = Compared(floor=few.ours, ours=many.ours)
    mark = Mark(what="throughput", found=side_by_side.ratio("throughput"), bound=0.9, at_least=True)
    return [
        Line(work="list", compared=many, callers=100),
        Line(work="list, 10 → 100 callers, both ours", compared=side_by_side, marks=[mark]),
    ]


async def _consult(bench: Bench) -> list[Line]:
    both = await bench.compare(CONSULTS, 1)
    (floor_p50, floor_p99), (ours_p50, ours_p99) = own_times(both.floor), own_times(both.ours)
    marks = [
        Mark(what="own p50", found=ours_p50 / floor_p50, bound=1.3),
        Mark(what="own p99", found=ours_p99 / floor_p99, bound=1.5),
    ]
    own = f"{floor_p50 * 1000:.2f} → {ours_p50 * 1000:.2f}"
    return [Line(work=f"consult (own time {own} ms)", compared=both, callers=1, marks=marks)]


async def _negativate(bench: Bench, kind: str) -> list[Line]:
    both = await bench.compare(NEGATIVATIONS, WRITERS)
    marks = [_throughput(both, 0.85)]
    if kind == "sqlite":
        spread = max(slow / middle for slow, middle in zip(both.ours.p99, both.ours.p50, strict=True))
        marks.append(Mark(what="p99 to p50", found=spread, bound=20))
    return [Line(work="negativate", compared=both, callers=WRITERS, marks=marks)]


async def _export(bench: Bench, address: str, kind: str) -> list[Line]:
    found = await export(address, bench.size, bench.floor, bench.ours, bench.rounds)
    by_route = Compared(floor=found.route, ours=found.copied.ours)
    marks = [
        Mark(what="time", found=found.copied.ratio("p50"), bound=3 if kind == "sqlite" else 1.5),
        Mark(what="growth", found=found.growth, bound=30, unit=" MiB"),
    ]
    rows = f"export of {found.rows:,}"
    return [
        Line(work=f"{rows}, against {found.by}", compared=found.copied, marks=marks),
        Line(work=f"{rows}, against a route", compared=by_route),
    ]


async def _collection(
    databases: Databases, size: Size, bureau: Server, home: Path, chosen: Namespace
) -> list[Line]:
    small = Size(registrations=min(size.registrations, REGISTERED_BEFORE), overdue=size.overdue)
    rounds = max(chosen.rounds // 2, 1)
    found = await collect(databases, small, bureau, home, rounds, chosen.seconds)
    time = Mark(what="time", found=found.runs.ratio("p50"), bound=2)
    wait = Mark(what="p99 beside it", found=found.busy.p99 / found.idle.p99, bound=3)
    return [Line(work=f"collection run of {found.rows:,}", compared=found.runs, marks=[time, wait])]


def _throughput(both: Compared, least: float) -> Mark:
    return Mark(what="throughput", found=both.ratio("throughput"), bound=least, at_least=True)


async def report(chosen: Namespace) -> None:
    """Measure, and write the tables."""
    for kind in chosen.database or KINDS:
        lines = []
        async for line in measure(chosen, kind):
            lines.append(line)
            sys.stderr.write(f"{kind}: {'  '.join(line.cells())}\n")
        title = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind]
        table = markdown(lines) if chosen.markdown else plain(lines)
        sys.stdout.write(
            f"{'### ' if chosen.markdown else ''}{title}, {chosen.size:,} registrations\n\n{table}\n\n"
        )
        sys.stdout.flush()


def arguments(given: list[str] | None = None) -> Namespace:
    """What is to be measured, as the command line says it."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="how many registrations")
    parser.add_argument("--only", choices=NAMES, nargs="+", default=list(NAMES), help="this work alone")
    parser.add_argument("--database", choices=KINDS, nargs="+", help="this database alone")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each round")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each side is measured")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the data sets are kept")
    parser.add_argument("--markdown", action="store_true", help="write tables for a page")
    return parser.parse_args(given)


def main() -> None:
    """The command."""
    asyncio.run(report(arguments()))
