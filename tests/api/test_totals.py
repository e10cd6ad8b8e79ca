"""The totals of the two reports: of everything the filter lets through, within the token's branches, and only when asked for."""

from typing import Any

import pytest

from core.domain.consultation import ConsultationOutcome
from core.domain.money import Money
from core.domain.negativation import NegativationStatus
from core.domain.subjects import SubjectKind
from support.builders import make_caller, make_consultation, make_customer, make_invoice, make_negativation
from support.desk import Desk, global_id
from support.world import World

CONSULTATIONS = """query ($filter: ConsultationFilter, $first: Int) { consultations(filter: $filter, first: $first) {
    totals { count billed cost { amount currency } } } }"""
NEGATIVATIONS = """query ($filter: NegativationFilter, $first: Int) { negativations(filter: $filter, first: $first) {
    totals { count live amount { amount currency } } } }"""


@pytest.fixture
async def world() -> World:
    """Three consultations, one of them without a report, and two negativations, one of them cleared."""
    world = await World().populate()
    own: dict[str, Any] = {"branch_id": world.branch.id, "integration_id": world.integration.id}
    of_customer = {"subject_kind": SubjectKind.CUSTOMER, "subject_id": world.customer.id}
    debt = {**own, "customer_id": world.customer.id, "invoice_id": world.invoice.id}
    failed = {"outcome": ConsultationOutcome.FAILED, "billable": False, "cost": None}
    async with world.units_of_work.begin() as work:
        await work.consultations.add(make_consultation(**own, cost=Money(290)))
        await work.consultations.add(make_consultation(**own, cost=Money(990), **of_customer))
        await work.consultations.add(make_consultation(**own, **failed))
        await work.negativations.add(make_negativation(**debt, amount=Money(10_000)))
        cleared = {"status": NegativationStatus.CLEARED, "generation": 2}
        await work.negativations.add(make_negativation(**debt, amount=Money(5), **cleared))
    return world


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "BRL"}


@pytest.mark.parametrize(
    ("chosen", "totals"),
    [
        ({}, {"count": 3, "billed": 2, "cost": _money("12.80")}),
        ({"outcome": "FAILED"}, {"count": 1, "billed": 0, "cost": _money("0.00")}),
        ({"subjectKind": "CUSTOMER"}, {"count": 1, "billed": 1, "cost": _money("9.90")}),
        ({"performedTo": "2026-01-01"}, {"count": 0, "billed": 0, "cost": _money("0.00")}),
    ],
)
async def test_consultations_are_totalled(desk: Desk, chosen: Any, totals: Any) -> None:
    found = (await desk.ask(CONSULTATIONS, {"filter": chosen, "first": 1})).one()
    assert found["totals"] == totals


@pytest.mark.parametrize(
    ("chosen", "totals"),
    [
        ({}, {"count": 2, "live": 1, "amount": _money("100.05")}),
        ({"status": ["CLEARED"]}, {"count": 1, "live": 0, "amount": _money("0.05")}),
        ({"form": "AUTOMATIC"}, {"count": 0, "live": 0, "amount": _money("0.00")}),
    ],
)
async def test_negativations_are_totalled(desk: Desk, chosen: Any, totals: Any) -> None:
    found = (await desk.ask(NEGATIVATIONS, {"filter": chosen, "first": 1})).one()
    assert found["totals"] == totals


@pytest.mark.parametrize("query", [CONSULTATIONS, NEGATIVATIONS])
async def test_other_branches_count_for_nothing(desk: Desk, query: str) -> None:
    other = await desk.world.add_branch()
    stranger = make_caller(branch_ids=frozenset({other.id}))
    assert (await desk.ask(query, caller=stranger)).one()["totals"]["count"] == 0
    asked = {"filter": {"branchId": global_id(desk.world.branch)}}
    assert (await desk.ask(query, asked, caller=stranger)).one()["totals"]["count"] == 0


async def test_totals_are_summed_up_only_when_asked_for(desk: Desk) -> None:
    async def reads(query: str) -> int:
        before = desk.units_of_work.reads
        assert (await desk.ask(query)).errors == []
        return desk.units_of_work.reads - before

    for name in ("consultations", "negativations", "clearingTasks"):
        without = await reads(f"{{ {name} {{ nodes {{ number }} }} }}")
        assert await reads(f"{{ {name} {{ nodes {{ number }} totals {{ count }} }} }}") == without + 1


async def test_a_record_s_own_lists_have_totals_read_together(desk: Desk) -> None:
    query = """{ customers { nodes { id
        consultations { totals { count cost { amount } } } negativations { totals { count amount { amount } } } } } }"""
    [customer] = (await desk.ask(query)).one()["nodes"]
    assert customer["consultations"]["totals"] == {"count": 1, "cost": {"amount": "9.90"}}
    assert customer["negativations"]["totals"] == {"count": 2, "amount": {"amount": "100.05"}}

    async def reads() -> int:
        before = desk.units_of_work.reads
        await desk.ask(query)
        return desk.units_of_work.reads - before

    few = await reads()
    world = desk.world
    async with world.units_of_work.begin() as work:
        for _ in range(5):
            customer_ = await work.customers.add(make_customer(branch_id=world.branch.id))
            await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=customer_.id))
    assert await reads() == few
