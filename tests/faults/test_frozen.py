"""Several workers on one PostgreSQL: one is killed, one sleeps through its leases and wakes amid those who took over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col

from adapters.sql.engine import parse_url
from adapters.sql.tables import METADATA, IntentRow
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from e2e.processes import eventually
from faults.company import OWNER, Company, Debtor, found_company
from faults.conftest import Figures
from faults.fleet import WORKER, Fleet, bureau_beside, fleet_of
from faults.ledgers import Verdict
from faults.load import Acknowledged
from faults.settling import settled
from server.services import open_services
from server.settings import Settings
from support.postgresql import PostgresServer

ORDERS = 90
_SESSIONS = """
SELECT pid, state, wait_event, now() - state_change AS since, query FROM pg_stat_activity WHERE datname = current_database()
"""

SLOW_SECONDS = 0.8
"""How long the bureau takes for an answer: so long that some are always in hand."""


@pytest.fixture
def database(postgres_server: PostgresServer) -> PostgresServer:
    """Workers of several processes need PostgreSQL."""
    return postgres_server


@pytest.mark.postgres
async def test_a_worker_that_wakes_after_its_lease_changes_nothing(
    database_url: str,
    tmp_path: Path,
    http: httpx.AsyncClient,
    chance: Random,
    long: bool,
    figures: Figures,
) -> None:
    rounds = 5 if long else 1
    refused = 0
    async with bureau_beside(http) as bureau:
        company = await found_company(database_url, bureau.address, debtors=ORDERS * rounds)
        async with fleet_of(company, bureau, tmp_path) as fleet:
            for start in range(0, ORDERS * rounds, ORDERS):
                refused += await _one_round(fleet, company.debtors[start : start + ORDERS], chance)
            await fleet.start(WORKER)
            verdict = await settled(fleet, Acknowledged())
            assert set(await fleet.stop()) == {0}
    figures(
        rounds=rounds, orders=len(bureau.state.registrations), refused_settles=refused, **verdict.counts()
    )
    assert len(bureau.state.registrations) == ORDERS * rounds
    # One that stood still between looking at its lease and writing to the socket sends then; the bureau knows the key.
    assert len(verdict.repeated) <= rounds
    assert replace(verdict, repeated=[]) == Verdict()


async def _one_round(fleet: Fleet, debtors: Sequence[Debtor], chance: Random) -> int:
    """Freeze one of two workers and kill the other, wake the first once others hold its promises: how many of its
    settles were refused."""
    bureau = fleet.bureau
    for operation in ("inclusoes", "operacoes"):
        await bureau.fault(kind="delay", operation=operation, seconds=SLOW_SECONDS, times=1_000_000)
    await _promise(fleet.company, bureau.address, debtors)
    await _hold(fleet.company, held=True)
    sleeper, victim = await asyncio.gather(fleet.start(WORKER), fleet.start(WORKER))
    await _hold(fleet.company, held=False)

    before = len(bureau.state.registrations)

    async def both_at_work() -> bool:
        arrived = len(bureau.state.registrations) - before
        return arrived >= ORDERS // 4 and sleeper.took_claims() and victim.took_claims()

    await eventually(both_at_work, bool)
    await asyncio.sleep(chance.uniform(0, SLOW_SECONDS))
    sleeper.freeze()
    await asyncio.sleep(chance.uniform(0, SLOW_SECONDS))
    await fleet.kill(victim)
    heir = await fleet.start(WORKER)
    await _eventually_none(fleet.company, attempts=1)
    sleeper.wake()
    await _eventually_none(fleet.company)

    async def late() -> list[int]:
        return sleeper.lost_claims()

    refused = await eventually(late, bool)
    assert heir.lost_claims() == [], "whoever took over is the one who settles"
    await bureau.behave()
    assert set(await fleet.stop()) == {0}
    return len(refused)


async def _promise(company: Company, bureau: str, debtors: Sequence[Debtor]) -> None:
    """Have registrations queued while nobody delivers."""
    settings = Settings(
        database_url=company.database_url, homologation_url=bureau, secret_keys=(company.secret_key,)
    )
    async with open_services(settings, with_sandbox=False) as services:
        negativate = services.container.resolve(NegativateDebtor)
        for debtor in debtors:
            await negativate(NegativateDebtorCommand(caller=OWNER, invoice_id=debtor.invoice_id))


async def _hold(company: Company, *, held: bool) -> None:
    """Keep everybody from every promise, so that all workers begin at once; or let them begin."""
    engine = create_async_engine(parse_url(company.database_url))
    try:
        async with engine.begin() as connection:
            await connection.execute(update(METADATA.tables["bureau_accounts"]).values(held=held))
    finally:
        await engine.dispose()


async def _eventually_none(company: Company, *, attempts: int = 1_000) -> None:
    """Wait until no promise is open that was taken up no more often than that."""
    engine = create_async_engine(parse_url(company.database_url))
    asked = select(col(IntentRow.key), col(IntentRow.attempts), col(IntentRow.due_at)).where(
        col(IntentRow.done_at).is_(None), col(IntentRow.attempts) <= attempts
    )

    async def still_open() -> list[tuple[object, ...]]:
        async with engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(asked)]

    try:
        await eventually(still_open, lambda found: not found, seconds=60)
    except AssertionError as error:
        async with engine.connect() as connection:
            sessions = (await connection.execute(text(_SESSIONS))).all()
            accounts = (await connection.execute(text("SELECT * FROM bureau_accounts"))).all()
        error.add_note("\n".join(map(str, (*sessions, *accounts))))
        raise
    finally:
        await engine.dispose()
