"""A large file against what the database itself writes: COPY, or the shell of SQLite."""

import asyncio
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

import asyncpg
import httpx

from benchmarks.company import TOKEN, id_of
from benchmarks.dataset import Size
from benchmarks.floor.export import RAW
from benchmarks.floor.reads import global_id
from benchmarks.measure import Compared, NotTheSame, Side
from benchmarks.processes import Server

LARGE = 1_000_000
"""From this many registrations on, one branch's are exported: a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was measured. route: by the bare route. growth: of our memory, in MiB."""

    copied: Compared
    route: Side
    rows: int
    growth: float
    by: str


async def export(address: str, size: Size, floor: Server, ours: Server, rounds: int) -> Exported:
    """The database alone, the bare route and ours, in turn. Raises NotTheSame."""
    branch = id_of("branches", 1) if size.registrations >= LARGE else None
    paths = ("/negativations.csv", "/reports/negativations.csv")
    if branch is not None:
        chosen = quote(global_id("Branch", str(branch)), safe="")
        paths = (f"{paths[0]}?branch={branch}", f"{paths[1]}?branchId={chosen}")
    alone, route, own = Side(), Side(), Side()
    growth, lines, by = 0.0, 0, ""
    for _ in range(rounds):
        seconds, by = await _by_database(address, None if branch is None else branch.hex)
        _, first = await _fetched(floor, paths[0], route)
        ours.forget_peak()
        before = ours.memory()
        lines, second = await _fetched(ours, paths[1], own)
        growth = max(growth, ours.peak_memory() - before)
        if first != second:
            raise NotTheSame(f"the files have {first} and {second} bytes")
        alone.throughput.append(lines / seconds)
        alone.p50.append(seconds)
    return Exported(copied=Compared(floor=alone, ours=own), route=route, rows=lines, growth=growth, by=by)


async def _fetched(server: Server, path: str, side: Side) -> tuple[int, int]:
    """How many rows and bytes there are."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "identity"}
    lines = length = 0
    cpu, began = server.cpu_seconds(), perf_counter()
    async with (
        httpx.AsyncClient(timeout=600) as client,
        client.stream("GET", server.address + path, headers=headers) as response,
    ):
        if response.status_code != 200:
            raise NotTheSame(f"{path}: {response.status_code}")
        async for piece in response.aiter_raw():
            lines += piece.count(b"\n")
            length += len(piece)
    seconds = perf_counter() - began
    rows = lines - 1
    side.throughput.append(rows / seconds)
    side.p50.append(seconds)
    side.cpu.append((server.cpu_seconds() - cpu) / rows)
    return rows, length


async def _by_database(address: str, branch: str | None) -> tuple[float, str]:
    """How long the database takes to write the rows as they are, and by what."""
    condition = "" if branch is None else f"WHERE n.branch_id = '{branch}'"
    statement = f"{RAW} {condition} ORDER BY n.number"
    if not address.startswith("sqlite:///"):
        return await _copied(address, statement), "COPY"
    file, shell = address.removeprefix("sqlite:///"), shutil.which("sqlite3")
    began = perf_counter()
    if shell is None:
        await asyncio.to_thread(_all_fetched, file, statement)
        return perf_counter() - began, "Python's sqlite3, only fetching"
    process = await asyncio.create_subprocess_exec(
        shell, "-readonly", "-csv", file, statement, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise RuntimeError("the shell of SQLite failed")
    return perf_counter() - began, "the shell of SQLite"


def _all_fetched(file: str, statement: str) -> None:
    connection = sqlite3.connect(f"{Path(file).as_uri()}?mode=ro", uri=True)
    try:
        for _ in connection.execute(statement):
            pass
    finally:
        connection.close()


async def _copied(address: str, statement: str) -> float:
    async def drop(piece: bytes) -> None:
        """It goes nowhere."""

    connection = await asyncpg.connect(address)
    try:
        began = perf_counter()
        await connection.copy_from_query(statement, output=drop, format="csv")
        return perf_counter() - began
    finally:
        await connection.close()
