"""A thousand callers who want the same thing at the same moment: it is done, and billed, once."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from adapters.connect_sa.sandbox.scenarios import SCENARIOS
from e2e import operations
from e2e.processes import Desk, Program, eventually
from faults.conftest import Figures
from faults.office import customer_with, open_office
from support.postgresql import PostgresServer

DOCUMENTS = {scenario.name: scenario.document for scenario in SCENARIOS}
CLEAN, MEDIUM, NEGATIVE = (
    DOCUMENTS[name] for name in ("Clean person", "Person of medium risk", "Negative person")
)
SLOW_SECONDS = 3.0
"""How long the bureau takes: long enough for every caller to arrive meanwhile."""


def _keys(callers: int) -> list[str | None]:
    """A third of the callers without a key, a third with one that they share, a third each with its own."""
    return [(None, "shared", f"own-{number}")[number % 3] for number in range(callers)]


@asynccontextmanager
async def _bystander(desk: Desk) -> AsyncIterator[list[float]]:
    """Somebody who asks small questions meanwhile; how long each answer took, in seconds."""
    waits: list[float] = []

    async def ask() -> None:
        while True:
            began = time.monotonic()
            await desk.ask(operations.VIEWER)
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(ask())
    try:
        yield waits
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _all(
    calls: Sequence[Awaitable[Any]], desk: Desk, service: Program
) -> tuple[list[Any], dict[str, float]]:
    """The answers to calls made at once, and figures of how it went."""
    began, worked = time.monotonic(), _processor_seconds(service)
    async with _bystander(desk) as waits:
        answers = await asyncio.gather(*calls)
    seconds = time.monotonic() - began
    return answers, {
        "seconds": seconds,
        "processor_seconds": _processor_seconds(service) - worked,
        "bystander_waited_at_most": max(waits, default=seconds),
    }


def _processor_seconds(service: Program) -> float:
    """What the service has used of the processors, as Linux tells."""
    words = Path(f"/proc/{service.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def test_a_thousand_who_want_the_same(
    tmp_path: Path, database: PostgresServer | None, long: bool, figures: Figures
) -> None:
    callers = 1000 if long else 200
    async with open_office(tmp_path, database) as office, office.serving() as (service, desk):
        provider = office.provider

        # The same document, the same plan.
        customer = await customer_with(desk, CLEAN)
        consult = {"subject": {"customerId": customer["id"]}, "plan": "REPORT_AND_SCORE"}
        await provider.fault(kind="delay", operation="consultas", seconds=SLOW_SECONDS)

        async def consulted(**how: Any) -> Any:
            return (await desk.ask(operations.CONSULT, input={**consult, **how}))["consultCredit"]

        keys = _keys(callers)
        answers, how_it_went = await _all([consulted(idempotencyKey=key) for key in keys], desk, service)
        numbers = {_number(answer) for answer in answers}
        orders = await _orders(provider, CLEAN)
        figures(consultations=callers, billed=len(orders), **how_it_went)
        assert len(numbers) == 1, Counter(answer["__typename"] for answer in answers)
        assert [(order["received"], order["billed"]) for order in orders] == [(1, 1)]
        with_shared = [answer for answer, key in zip(answers, keys, strict=True) if key == "shared"]
        assert {answer["__typename"] for answer in with_shared} == {"ConsultCreditSuccess"}
        assert all(answer["consultation"]["report"]["score"] for answer in with_shared)

        # Two plans, and a bare document besides the customer: one is served, the others are warned of it.
        customer = await customer_with(desk, MEDIUM)
        subjects = [
            {"customerId": customer["id"]},
            {"document": {"branchId": customer["branch"]["id"], "number": MEDIUM, "stateCode": "SC"}},
        ]
        plans = ["REPORT_AND_SCORE", "CREDNET_TOP"]
        await provider.fault(kind="delay", operation="consultas", seconds=SLOW_SECONDS)
        answers, how_it_went = await _all(
            [
                consulted(subject=subjects[number % 2], plan=plans[number // 2 % 2])
                for number in range(callers // 2)
            ],
            desk,
            service,
        )
        numbers = {_number(answer) for answer in answers}
        orders = await _orders(provider, MEDIUM)
        figures(mixed_consultations=callers // 2, billed=len(orders), **how_it_went)
        assert [(order["received"], order["billed"]) for order in orders] == [(1, 1)]
        assert len(numbers) == 1

        # The same invoice.
        customer = await customer_with(desk, NEGATIVE)
        invoice = customer["invoices"]["nodes"][0]["id"]

        async def negativated(key: str | None) -> Any:
            wanted = {"invoiceId": invoice, "idempotencyKey": key and f"registration-{key}"}
            return (await desk.ask(operations.NEGATIVATE, input=wanted))["negativateDebtor"]

        answers, how_it_went = await _all([negativated(key) for key in keys], desk, service)
        assert {answer["__typename"] for answer in answers} == {
            "NegativateDebtorSuccess",
            "AlreadyNegativatedError",
        }
        winners = {
            key
            for answer, key in zip(answers, keys, strict=True)
            if answer["__typename"] == "NegativateDebtorSuccess"
        }
        assert len({answer["negativation"]["id"] for answer in answers}) == 1
        assert len(winners) == 1
        registrations = await eventually(lambda: provider.registrations(NEGATIVE), bool)
        figures(negativations=callers, registered=len(registrations), **how_it_went)
        assert [row["received"] for row in registrations] == [1]


def _number(answer: Any) -> int:
    """The number of the consultation that an answer gives, or warns of."""
    found = answer.get("consultation") or answer.get("lastConsultation")
    assert found is not None, answer
    return int(found["number"])


async def _orders(provider: Any, document: str) -> list[Any]:
    return [row for row in (await provider.ledger())["consultations"] if row["document"] == document]
