"""Asked to stop, the service finishes what it has in hand, gives back the rest, and another goes on at once."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from e2e import operations
from e2e.processes import Desk, eventually, program
from faults.office import Office, customer_with, open_office
from server.dispatcher import PLACES
from support.postgresql import PostgresServer

CLEAN, MEDIUM = SCENARIOS[0].document, SCENARIOS[2].document
INVOICES, MANY = 12, 36
UNANSWERED = 3
"""Registrations that the bureau takes in, and answers long after the service has stopped."""

HELD_SECONDS = 4.0
"""For how long the bureau holds a report: longer than it takes to ask the service to stop, shorter than it may take."""

LONG_SECONDS = 60.0
FAR_SOONER_THAN_A_LEASE = 30


async def _negativate(desk: Desk, count: int = INVOICES) -> None:
    """Order the registration of some invoices of the demo."""
    today = date.today()  # noqa: DTZ011 - a day more or less makes no difference
    asked = {"dueFrom": f"{today - timedelta(days=1400)}", "dueTo": f"{today - timedelta(days=40)}"}
    nodes = (await desk.ask(operations.OPEN_INVOICES, count=100, **asked))["invoices"]["nodes"]
    ids = [node["id"] for node in nodes]
    verdicts = (await desk.ask(operations.ELIGIBILITY, ids=ids))["negativationEligibility"]
    wanted = [verdict["invoice"]["id"] for verdict in verdicts if verdict["allowed"]][:count]
    assert len(wanted) == count
    for invoice in wanted:
        answer = (await desk.ask(operations.NEGATIVATE, input={"invoiceId": invoice}))["negativateDebtor"]
        assert answer["__typename"] == "NegativateDebtorSuccess", answer


async def _consult(desk: Desk, document: str = CLEAN) -> str:
    customer = await customer_with(desk, document)
    wanted = {"subject": {"customerId": customer["id"]}, "plan": "REPORT_AND_SCORE"}
    return str((await desk.ask(operations.CONSULT, input=wanted))["consultCredit"]["__typename"])


async def _arrived(office: Office, kind: str, count: int) -> None:
    """Return when the bureau holds so many."""
    await eventually(office.provider.ledger, lambda ledger: len(ledger[kind]) >= count)


async def _all_are_sent(desk: Desk, count: int = INVOICES) -> None:
    async def states() -> Counter[str]:
        nodes = (await desk.ask(operations.NEGATIVATIONS))["negativations"]["nodes"]
        return Counter(node["status"] for node in nodes)

    await eventually(states, lambda found: found == {"SENT": count}, seconds=FAR_SOONER_THAN_A_LEASE)


async def _each_arrived_once(office: Office, count: int = INVOICES) -> None:
    ledger = await office.provider.ledger()
    assert Counter(row["received"] for row in ledger["registrations"]) == {1: count}
    assert {row["billed"] for row in ledger["consultations"]} <= {1}


async def _accepts(address: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as stranger:
        try:
            await stranger.get(f"{address}/health/live")
        except httpx.TransportError:
            return False
    return True


async def test_what_is_in_hand_is_finished_and_the_rest_given_back(tmp_path: Path) -> None:
    async with open_office(tmp_path, None) as office:
        await office.provider.fault(kind="delay", operation="consultas", seconds=HELD_SECONDS)
        await office.provider.fault(
            kind="delay", operation="inclusoes", seconds=LONG_SECONDS, times=UNANSWERED
        )
        async with office.serving() as (service, desk):
            await _negativate(desk)
            consulting = asyncio.create_task(_consult(desk))
            await _arrived(office, "consultations", 1)
            await _arrived(office, "registrations", UNANSWERED)
            assert await service.stop() == 0
            assert await consulting == "ConsultCreditSuccess"
            assert "Traceback" not in service.log.read_text()
        async with office.serving() as (_, desk):
            await _all_are_sent(desk)
        await _each_arrived_once(office)


@pytest.mark.long
async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with open_office(tmp_path, None) as office, office.serving() as (service, desk):
        await office.provider.fault(kind="delay", operation="consultas", seconds=LONG_SECONDS)
        consulting = asyncio.create_task(_consult(desk))
        await _arrived(office, "consultations", 1)
        service.process.send_signal(signal.SIGTERM)
        await eventually(lambda: _accepts(desk.address), lambda accepts: not accepts)
        assert await service.stop() == -signal.SIGTERM
        with pytest.raises(httpx.TransportError):
            await consulting


@pytest.mark.long
@pytest.mark.postgres
async def test_a_worker_that_is_stopped_leaves_its_promises_to_another(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    """More promises than one process holds, and no answer to any of them before both are stopped."""
    async with open_office(tmp_path, postgres_server) as office:
        await office.provider.fault(kind="delay", operation="inclusoes", seconds=LONG_SECONDS, times=MANY)
        async with (
            program("worker", cwd=tmp_path, until="Worker", settings=office.settings) as worker,
            office.serving() as (service, desk),
        ):
            await _negativate(desk, MANY)
            await _arrived(office, "registrations", PLACES + 1)
            assert set(await asyncio.gather(worker.stop(), service.stop())) == {0}
        (await office.http.delete(f"{office.provider.address}/_sandbox/faults")).raise_for_status()
        async with office.serving() as (_, desk):
            await _all_are_sent(desk, MANY)
        await _each_arrived_once(office, MANY)


def _children(pid: int) -> set[int]:
    """The processes that serve for this one: its children, without Python's own helper."""
    return {
        child
        for child in _numbers(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    }


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _numbers(words: Iterable[str]) -> list[int]:
    return [int(word) for word in words]


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
async def test_several_processes_are_one_service(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """One that is killed is replaced, all stop together, and none outlives the service."""
    async with open_office(tmp_path, postgres_server) as office:
        async with office.serving("--workers", "2") as (service, desk):
            pid = service.process.pid
            first = _children(pid)
            assert len(first) == 2
            await _negativate(desk)
            assert await _consult(desk) == "ConsultCreditSuccess"

            os.kill(min(first), signal.SIGKILL)

            async def replaced() -> set[int]:
                return _children(pid) - {min(first)}

            await eventually(replaced, lambda found: len(found) == 2)
            await office.provider.fault(kind="delay", operation="consultas", seconds=HELD_SECONDS)
            consulting = asyncio.create_task(_consult(desk, MEDIUM))
            await _arrived(office, "consultations", 2)
            assert await service.stop() == 0
            assert await consulting == "ConsultCreditSuccess"
            assert "Traceback" not in service.log.read_text()
        async with office.serving("--workers", "2") as (service, desk):
            await _all_are_sent(desk)
            children = _children(service.process.pid)
            await service.kill()

            async def left() -> list[int]:
                return [child for child in children if _lives(child)]

            await eventually(left, lambda found: not found)
        await _each_arrived_once(office)
