"""Minutes of mixed work at a steady rate: memory, files, connections and answer times stay as they are."""

import asyncio
import os
import time
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import make_url

from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, eventually, program
from faults.company import Debtor, found_company
from faults.conftest import Figures
from faults.fleet import bureau_beside
from server.settings import Settings
from support.postgresql import PostgresServer

PER_SECOND = 20
SAMPLED_EVERY = 0.5
MEGABYTE = 1024 * 1024
MEMORY_NOISE = 12 * MEGABYTE
FILES_NOISE = 12
"""Connections of the pool that were not needed before, and what somebody has open at the moment."""
SLOW_SECONDS = 1.0
"""Answers that take less are not compared: on a busy machine they are noise."""

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="reads what Linux tells of a process"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A process at a moment: bytes of memory, connections to the database."""

    memory: int
    connections: int


@dataclass(slots=True)
class Watch:
    """What is seen of the service while it works. `answers` are seconds, in the order of asking."""

    samples: list[Sample] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)

    async def look(self, process: int, database_url: str, server: PostgresServer | None) -> None:
        """Take samples until cancelled."""
        while True:
            memory, _ = _resources(process)
            connections = await _connections(database_url) if server else 0
            self.samples.append(Sample(memory=memory, connections=connections))
            await asyncio.sleep(SAMPLED_EVERY)

    async def timed(self, call: Awaitable[Any]) -> Any:
        """The answer of a call, whose time is noted."""
        place = len(self.answers)
        self.answers.append(0.0)
        began = time.monotonic()
        answer = await call
        self.answers[place] = time.monotonic() - began
        return answer


def _resources(process: int) -> tuple[int, int]:
    """Bytes of memory and open files of a process."""
    of_it = Path(f"/proc/{process}")
    pages = int((of_it / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), len(list((of_it / "fd").iterdir()))


async def _connections(database_url: str) -> int:
    """How many connections the service has; this one does not count."""
    url = make_url(database_url)
    connection = await asyncpg.connect(user="postgres", host=str(url.query["host"]), database=url.database)
    try:
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
        found: int = await connection.fetchval(statement, url.database)
        return found
    finally:
        await connection.close()


def _thirds(values: Sequence[Any]) -> list[Sequence[Any]]:
    size = len(values) // 3
    return [values[:size], values[size : 2 * size], values[2 * size :]]


def _p99(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=100)[98]


async def _something(desk: Desk, debtors: Iterator[Debtor], chance: Random) -> Any:
    """One call of the mix: mostly looking, sometimes consulting or registering."""
    kind = chance.choices(["viewer", "list", "consult", "register"], [30, 30, 20, 20])[0]
    if kind == "viewer":
        return await desk.ask(operations.VIEWER)
    if kind == "list":
        return await desk.ask(operations.NEGATIVATIONS)
    debtor = next(debtors)
    if kind == "consult":
        wanted: dict[str, Any] = {"subject": {"customerId": debtor.customer}}
        answer = (await desk.ask(operations.CONSULT, input=wanted))["consultCredit"]
        assert answer["__typename"] == "ConsultCreditSuccess", answer
        return answer
    answer = (await desk.ask(operations.NEGATIVATE, input={"invoiceId": debtor.invoice}))["negativateDebtor"]
    assert answer["__typename"] == "NegativateDebtorSuccess", answer
    return answer


async def _load(desk: Desk, debtors: Iterator[Debtor], chance: Random, seconds: float, watch: Watch) -> None:
    """So many calls a second, whether the ones before were answered or not."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as calls:
        for number in range(int(seconds * PER_SECOND)):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            calls.create_task(watch.timed(_something(desk, debtors, chance)))


async def test_nothing_grows_under_a_steady_load(
    tmp_path: Path,
    database: PostgresServer | None,
    database_url: str,
    long: bool,
    chance: Random,
    figures: Figures,
) -> None:
    seconds, warm_up = (180.0, 30.0) if long else (4.0, 2.0)
    calls = int((seconds + warm_up) * PER_SECOND)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=60, limits=limits) as http,
        bureau_beside(http) as bureau,
    ):
        company = await found_company(database_url, bureau.address, debtors=calls)
        settings = {**company.settings(bureau.address), "ADMIN_TOKEN": ADMIN_TOKEN}
        async with program(
            "serve", "--port", "0", cwd=tmp_path, until="GraphiQL", settings=settings
        ) as service:
            desk = Desk(http, service.said["GraphiQL"].removesuffix("/graphql"))
            debtors = iter(company.debtors)
            await _load(desk, debtors, chance, warm_up, Watch())
            _, files_before = _resources(service.process.pid)
            watch = Watch()
            looking = asyncio.create_task(watch.look(service.process.pid, database_url, database))
            await _load(desk, debtors, chance, seconds, watch)
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

            async def waiting() -> int:
                nodes = (await desk.ask(operations.NEGATIVATIONS))["negativations"]["nodes"]
                return sum(node["status"] != "SENT" for node in nodes)

            await eventually(waiting, lambda left: left == 0)

            async def files() -> int:
                return _resources(service.process.pid)[1]

            files_after = await eventually(files, lambda now: now <= files_before + FILES_NOISE)
            assert await service.stop() == 0
        log = service.log.read_text()

    _, middle, last = _thirds(watch.samples)
    first_p99, last_p99 = (_p99(part) for part in _thirds(watch.answers)[::2])
    growth = mean(s.memory for s in last) - mean(s.memory for s in middle)
    figures(
        calls=calls,
        seconds=seconds,
        memory_MB=mean(s.memory for s in last) / MEGABYTE,
        grown_MB=growth / MEGABYTE,
        files=f"{files_before} then {files_after}",
        connections=max(s.connections for s in watch.samples),
        p99_at_first=first_p99,
        p99_at_last=last_p99,
    )
    assert "Traceback" not in log
    assert {order.billed for order in bureau.state.consultations.values()} == {1}
    assert {row.received for row in bureau.state.registrations.values()} == {1}
    assert growth < MEMORY_NOISE
    assert max(s.connections for s in watch.samples) <= Settings.model_fields["pool_size"].default
    # Seconds tell nothing: whatever else the machine does at the moment would be judged.
    assert not long or last_p99 <= 2 * max(first_p99, SLOW_SECONDS)
