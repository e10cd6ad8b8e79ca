"""A thousand callers who want the same thing at the same moment: it is done, and billed, once."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, Program, eventually, program
from faults.company import found_company
from faults.conftest import Figures
from faults.fleet import bureau_beside

DOCUMENT = "query ($id: ID!) { node(id: $id) { ... on Customer { document { number } branch { id } } } }"
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
    tmp_path: Path, database_url: str, long: bool, figures: Figures
) -> None:
    callers = 1000 if long else 100
    slow = SLOW_SECONDS if long else SLOW_SECONDS / 2
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=120, limits=limits) as http,
        bureau_beside(http) as bureau,
    ):
        company = await found_company(database_url, bureau.address, debtors=3, branches=1)
        same, mixed, owing = company.debtors
        settings = {**company.settings(bureau.address), "ADMIN_TOKEN": ADMIN_TOKEN}
        async with program(
            "serve", "--port", "0", cwd=tmp_path, until="GraphiQL", settings=settings
        ) as service:
            desk = Desk(http, service.said["GraphiQL"].removesuffix("/graphql"))
            keys = _keys(callers)

            async def consulted(subject: dict[str, Any], key: str | None = None) -> Any:
                wanted = {"subject": subject, "idempotencyKey": key}
                return (await desk.ask(operations.CONSULT, input=wanted))["consultCredit"]

            # The same customer.
            await bureau.fault(kind="delay", operation="consultas", seconds=slow)
            calls = [consulted({"customerId": same.customer}, key) for key in keys]
            answers, how_it_went = await _all(calls, desk, service)
            orders = list(bureau.state.consultations.values())
            figures(consultations=callers, billed=len(orders), **how_it_went)
            assert len({_number(answer) for answer in answers}) == 1
            assert [(order.received, order.billed) for order in orders] == [(1, 1)]
            with_shared = [answer for answer, key in zip(answers, keys, strict=True) if key == "shared"]
            assert {answer["__typename"] for answer in with_shared} == {"ConsultCreditSuccess"}
            assert all(answer["consultation"]["report"]["score"] for answer in with_shared)

            # A customer, and the same document without one: one is served, the others are warned of it.
            known = (await desk.ask(DOCUMENT, id=mixed.customer))["node"]
            bare: dict[str, Any] = {
                "document": {
                    "branchId": known["branch"]["id"],
                    "number": known["document"]["number"],
                    "stateCode": "SC",
                }
            }
            await bureau.fault(kind="delay", operation="consultas", seconds=slow)
            subjects = [bare, {"customerId": mixed.customer}]
            calls = [consulted(subjects[number % 2]) for number in range(callers // 2)]
            answers, how_it_went = await _all(calls, desk, service)
            orders = list(bureau.state.consultations.values())[1:]
            figures(mixed_consultations=callers // 2, billed=len(orders), **how_it_went)
            assert len({_number(answer) for answer in answers}) == 1
            assert [(order.received, order.billed) for order in orders] == [(1, 1)]
            assert {answer["__typename"] for answer in answers} == {
                "ConsultCreditSuccess",
                "RepeatConsultationWarning",
            }

            # The same invoice.
            async def negativated(key: str | None) -> Any:
                wanted = {"invoiceId": owing.invoice, "idempotencyKey": key and f"registration-{key}"}
                return (await desk.ask(operations.NEGATIVATE, input=wanted))["negativateDebtor"]

            answers, how_it_went = await _all([negativated(key) for key in keys], desk, service)
            winners = {
                key
                for answer, key in zip(answers, keys, strict=True)
                if answer["__typename"] == "NegativateDebtorSuccess"
            }
            assert {answer["__typename"] for answer in answers} <= {
                "NegativateDebtorSuccess",
                "AlreadyNegativatedError",
            }
            assert len({answer["negativation"]["id"] for answer in answers}) == 1
            assert len(winners) == 1

            async def status() -> str:
                negativation = answers[0]["negativation"]["id"]
                return str((await desk.ask(operations.NEGATIVATION, id=negativation))["node"]["status"])

            await eventually(status, lambda status: status == "SENT")
            registrations = list(bureau.state.registrations.values())
            figures(negativations=callers, registered=len(registrations), **how_it_went)
            assert [row.received for row in registrations] == [1]


def _number(answer: Any) -> int:
    """The number of the consultation that an answer gives, or warns of."""
    found = answer.get("consultation") or answer.get("lastConsultation")
    assert found is not None, answer
    return int(found["number"])
