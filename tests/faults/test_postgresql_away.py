"""PostgreSQL is stopped and started under load: callers are told so, everything goes on by itself, nothing is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random

import httpx
import pytest

from faults.company import found_company
from faults.conftest import Figures
from faults.fleet import SERVE, WORKER, bureau_beside, fleet_of
from faults.ledgers import Verdict
from faults.load import Load
from faults.outages import outage
from faults.settling import settled
from support.postgresql import PostgresServer, running_server

CALLERS = 6


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    """A server of the test's own, which may be stopped, and keeps what it committed when it crashes."""
    with running_server() as server:
        asyncio.run(server.run("ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()"))
        yield server


@pytest.mark.postgres
async def test_postgresql_stops_and_starts_under_load(
    database: PostgresServer,
    database_url: str,
    tmp_path: Path,
    http: httpx.AsyncClient,
    chance: Random,
    long: bool,
    figures: Figures,
) -> None:
    outages = 10 if long else 1
    seconds: list[float] = []
    async with bureau_beside(http) as bureau:
        company = await found_company(database_url, bureau.address, debtors=2500 if long else 400)
        await bureau.misbehave(chance)
        async with fleet_of(company, bureau, tmp_path, SERVE, WORKER) as fleet:
            load = Load(
                http=http, addresses=lambda: fleet.addresses, debtors=iter(company.debtors), chance=chance
            )

            async def stop() -> None:
                # In threads: the bureau lives in this one, and must go on answering.
                await asyncio.to_thread(database.stop, chance.choice(("fast", "immediate")))

            async def start() -> None:
                await asyncio.to_thread(database.start)

            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(load.run(CALLERS))
                for _ in range(outages):
                    await asyncio.sleep(chance.uniform(0.5, 1.5))
                    seconds.append(await outage(fleet, load, chance, begin=stop, end=start))
                load.end()
            verdict = await settled(fleet, load.told)
            assert set(await fleet.stop()) == {0}
    figures(
        outages=outages,
        acknowledged=len(load.told),
        told_unavailable=load.without_answer["unavailable"],
        longest_seconds_to_serve_again=max(seconds),
        **verdict.counts(),
    )
    assert load.unexpected == []
    assert not load.exhausted, "there was no load in the end"
    assert verdict == Verdict()
