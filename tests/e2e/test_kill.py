"""Killing the service at any moment loses nothing and does nothing twice: two ledgers are compared."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, Provider, eventually, program, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

KILLS = 6
INVOICES = 40
LEASE_SECONDS = 90
"""Longer than a claim lasts: what was being sent when the process died comes due again after it."""


async def _eligible_invoices(desk: Desk) -> list[str]:
    today = date.today()  # noqa: DTZ011 - a day more or less makes no difference
    asked = {"dueFrom": f"{today - timedelta(days=1400)}", "dueTo": f"{today - timedelta(days=40)}"}
    nodes = (await desk.ask(operations.OPEN_INVOICES, count=100, **asked))["invoices"]["nodes"]
    ids = [node["id"] for node in nodes]
    verdicts = (await desk.ask(operations.ELIGIBILITY, ids=ids))["negativationEligibility"]
    return [verdict["invoice"]["id"] for verdict in verdicts if verdict["allowed"]][:INVOICES]


async def _negativate_until_killed(desk: Desk, invoices: list[str], done: set[str]) -> None:
    """Register what was not answered yet, as a front end does that repeats whatever it got no answer to."""
    for invoice in invoices:
        if invoice in done:
            continue
        wanted = {"invoiceId": invoice, "idempotencyKey": f"kill:{invoice}"}
        try:
            answer = (await desk.ask(operations.NEGATIVATE, input=wanted))["negativateDebtor"]
        except httpx.TransportError:
            return
        assert answer["__typename"] == "NegativateDebtorSuccess", answer
        done.add(invoice)


@pytest.mark.parametrize("seed", [1])
async def test_kill_9_loses_nothing_and_doubles_nothing(
    tmp_path: Path, http: httpx.AsyncClient, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - moments to kill at
    settings = {"ADMIN_TOKEN": ADMIN_TOKEN}
    state = tmp_path / "provider.json"
    async with program(
        "sandbox", "--port", "0", "--state", str(state), cwd=tmp_path, until="Sandbox"
    ) as sandbox:
        provider = Provider(http, sandbox.said["Sandbox"])
        settings["HOMOLOGATION_URL"] = provider.address
        code, _, errors = await run("demo", cwd=tmp_path, settings=settings)
        assert code == 0, errors

        done: set[str] = set()
        invoices: list[str] = []
        for _ in range(KILLS):
            async with program(
                "serve", "--port", "0", cwd=tmp_path, until="GraphiQL", settings=settings
            ) as service:
                desk = Desk(http, service.said["GraphiQL"].removesuffix("/graphql"))
                invoices = invoices or await _eligible_invoices(desk)
                working = asyncio.create_task(_negativate_until_killed(desk, invoices, done))
                await asyncio.sleep(chance.uniform(0.02, 0.6))
                await service.kill()
                await working

        async with program(
            "serve", "--port", "0", cwd=tmp_path, until="GraphiQL", settings=settings
        ) as service:
            desk = Desk(http, service.said["GraphiQL"].removesuffix("/graphql"))
            await _negativate_until_killed(desk, invoices, done)

            async def ours() -> Counter[str]:
                nodes = (await desk.ask(operations.NEGATIVATIONS))["negativations"]["nodes"]
                return Counter(node["status"] for node in nodes)

            await eventually(
                ours, lambda states: states == {"SENT": len(invoices)}, seconds=LEASE_SECONDS + 30
            )
            ledger: Any = await provider.ledger()

    assert len(invoices) == len(done) == INVOICES
    assert len(ledger["registrations"]) == INVOICES
    assert len({(row["document"], row["contract"]) for row in ledger["registrations"]}) == INVOICES
    assert {row["received"] for row in ledger["registrations"]} == {1}
