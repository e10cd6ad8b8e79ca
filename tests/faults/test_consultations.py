"""Consultations are billed: whatever happens to an answer, the report that was paid for reaches whoever asked for it."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.connect_sa.sandbox.state import Consultation
from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, Program, eventually, program
from faults import launcher
from faults.company import Company, Debtor, found_company
from faults.conftest import Figures
from faults.fleet import Bureau, bureau_beside

NEVER_ANSWERED = 300.0


@asynccontextmanager
async def _serving(
    http: httpx.AsyncClient, folder: Path, company: Company, bureau: Bureau
) -> AsyncIterator[tuple[Program, Desk]]:
    settings = {**company.settings(bureau.address), "ADMIN_TOKEN": ADMIN_TOKEN}
    command = (sys.executable, launcher.__file__)
    async with program(
        "serve", "--port", "0", cwd=folder, until="GraphiQL", settings=settings, command=command
    ) as service:
        yield service, Desk(http, service.said["GraphiQL"].removesuffix("/graphql"))


async def _consult(desk: Desk, debtor: Debtor) -> Any:
    wanted = {"subject": {"customerId": debtor.customer}, "idempotencyKey": f"consult {debtor.customer_id}"}
    return (await desk.ask(operations.CONSULT, input=wanted))["consultCredit"]


async def test_the_report_is_fetched_and_never_ordered_again(
    tmp_path: Path, database_url: str, http: httpx.AsyncClient, long: bool, figures: Figures
) -> None:
    crashes = 10 if long else 1
    async with bureau_beside(http) as bureau:
        company = await found_company(database_url, bureau.address, debtors=2 * crashes)
        killed, lost_answers = company.debtors[:crashes], iter(company.debtors[crashes:])

        # The process is killed when the bureau has delivered but not answered: the next one fetches the report.
        waited = []
        for debtor in killed:
            delivered = len(_orders(bureau))
            async with _serving(http, tmp_path, company, bureau) as (service, desk):
                await bureau.fault(kind="delay", operation="consultas", seconds=NEVER_ANSWERED)
                asking = asyncio.create_task(_consult(desk, debtor))

                await _has_received(bureau, delivered + 1)
                await service.kill()
                with pytest.raises(httpx.TransportError):
                    await asking
            async with _serving(http, tmp_path, company, bureau) as (_, desk):
                began = time.monotonic()
                answers = await asyncio.gather(*(_consult(desk, debtor) for _ in range(3)))
                waited.append(time.monotonic() - began)
                assert {answer["__typename"] for answer in answers} == {"ConsultCreditSuccess"}
                assert len({answer["consultation"]["number"] for answer in answers}) == 1
                assert all(answer["consultation"]["report"]["score"] for answer in answers)

                # The answer is lost on its way: the same call fetches the report.
                await bureau.fault(kind="drop_after", operation="consultas")
                answer = await _consult(desk, next(lost_answers))
                assert answer["__typename"] == "ConsultCreditSuccess", answer

        orders = _orders(bureau)
    figures(
        lost_answers=crashes,
        kills=crashes,
        ordered=len(orders),
        billed_twice=sum(order.billed > 1 for order in orders),
        longest_wait_after_the_start=max(waited),
        with_a_lease_of=launcher.LEASE_SECONDS,
    )
    assert [(order.received, order.billed) for order in orders] == [(1, 1)] * (2 * crashes)


async def _has_received(bureau: Bureau, orders: int) -> None:
    async def count() -> int:
        return len(_orders(bureau))

    await eventually(count, lambda received: received == orders)


def _orders(bureau: Bureau) -> list[Consultation]:
    return list(bureau.state.consultations.values())
