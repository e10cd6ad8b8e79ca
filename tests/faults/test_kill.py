"""Killing processes at any moment under load loses nothing, does nothing twice and sends nothing that was rolled back."""

import asyncio
from pathlib import Path
from random import Random

import httpx

from faults.company import found_company
from faults.conftest import Figures
from faults.fleet import SERVE, WORKER, Fleet, bureau_beside, fleet_of
from faults.ledgers import Verdict
from faults.load import Load
from faults.settling import settled
from support.postgresql import PostgresServer

CALLERS = 6
NOTICE_DAYS = 11
"""After so many days what was accepted is published."""

PAUSE = 0.25
"""How many seconds a caller thinks at most: the load is to be steady, and to leave room for processes that start."""


async def test_kill_9_loses_nothing_and_doubles_nothing(
    database: PostgresServer | None,
    database_url: str,
    tmp_path: Path,
    http: httpx.AsyncClient,
    chance: Random,
    long: bool,
    figures: Figures,
) -> None:
    kills = 25 if long else 2
    several = (SERVE, SERVE, WORKER) if long else (SERVE, WORKER)
    kinds = (SERVE,) if database is None else several
    async with bureau_beside(http) as bureau:
        company = await found_company(
            database_url, bureau.address, debtors=2500 if long else 400, collected=300 if long else 60
        )
        await bureau.misbehave(chance)
        async with fleet_of(company, bureau, tmp_path, *kinds) as fleet:
            load = Load(
                http=http,
                addresses=lambda: fleet.addresses,
                debtors=iter(company.debtors),
                chance=chance,
                pause=PAUSE,
            )
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(load.run(CALLERS))
                days = tasks.create_task(_days_pass(fleet, seconds=3 if long else 1))
                for _ in range(kills):
                    await asyncio.sleep(chance.uniform(0.05, 1.5))
                    await _kill_and_replace(fleet, chance)
                load.end()
                days.cancel()
            ahead = bureau.state.days_ahead
            verdict = await settled(fleet, load.told, (1, NOTICE_DAYS))
            assert set(await fleet.stop()) == {0}
    figures(
        kills=kills,
        acknowledged=len(load.told),
        asked_again=sum(load.without_answer.values()),
        at_the_bureau=len(bureau.state.registrations) + len(bureau.state.consultations),
        days=ahead,
        **verdict.counts(),
    )
    assert load.unexpected == []
    assert not load.exhausted, "there was no load in the end"
    assert verdict == Verdict()


async def _kill_and_replace(fleet: Fleet, chance: Random) -> None:
    """Kill a process at this moment and start another in its place."""
    member = chance.choice(fleet.members)
    await fleet.kill(member)
    await fleet.start(member.kind)


async def _days_pass(fleet: Fleet, *, seconds: float) -> None:
    """Let the bureau's batches run while everything else goes on."""
    while True:
        await asyncio.sleep(seconds)
        await fleet.bureau.advance(1)
