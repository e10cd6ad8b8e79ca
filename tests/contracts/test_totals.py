"""Totals of selections, the same in each storage."""

from dataclasses import replace

from core.domain.consultation import ConsultationOutcome, ConsultationTotals
from core.domain.listing import ConsultationFilter, NegativationFilter
from core.domain.money import ZERO, Money
from core.domain.negativation import NegativationStatus, NegativationTotals
from ports.unit_of_work import UnitsOfWork
from support.builders import make_consultation, make_negativation
from support.storages import memory_storage
from support.world import World


async def test_totals_of_nothing_are_zero(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.read() as work:
        [consultations] = await work.consultations.totals([ConsultationFilter()])
        [negativations] = await work.negativations.totals([NegativationFilter()])

    assert consultations == ConsultationTotals(count=0, billed=0, cost=ZERO)
    assert negativations == NegativationTotals(count=0, amount=ZERO, live=0)


async def test_totals_speak_of_what_the_filter_lets_through(units_of_work: UnitsOfWork) -> None:
    kept_in = replace(memory_storage(), units_of_work=units_of_work)
    world = await World(kept_in=kept_in).populate()
    own = {"branch_id": world.branch.id, "integration_id": world.integration.id}
    failed = {"outcome": ConsultationOutcome.FAILED, "billable": False, "cost": None}
    debt = {**own, "customer_id": world.customer.id, "invoice_id": world.invoice.id}
    async with units_of_work.begin() as work:
        await work.consultations.add(make_consultation(**own, cost=Money(290)))
        await work.consultations.add(make_consultation(**own, cost=Money(990)))
        await work.consultations.add(make_consultation(**own, **failed))
        await work.negativations.add(make_negativation(**debt, amount=Money(10_000)))
        ended = NegativationStatus.CLEARED
        await work.negativations.add(make_negativation(**debt, amount=Money(5), status=ended, generation=2))

    async with units_of_work.read() as work:
        [everything] = await work.consultations.totals([ConsultationFilter()])
        [failures] = await work.consultations.totals([ConsultationFilter(outcome=ConsultationOutcome.FAILED)])
        [registered] = await work.negativations.totals([NegativationFilter(customer_id=world.customer.id)])
        [cleared] = await work.negativations.totals([NegativationFilter(status=frozenset({ended}))])

    assert everything == ConsultationTotals(count=3, billed=2, cost=Money(1280))
    assert failures == ConsultationTotals(count=1, billed=0, cost=ZERO)
    assert registered == NegativationTotals(count=2, amount=Money(10_005), live=1)
    assert cleared == NegativationTotals(count=1, amount=Money(5), live=0)
    async with units_of_work.read() as work:
        by_outcome = [
            ConsultationFilter(),
            ConsultationFilter(outcome=ConsultationOutcome.FAILED),
            ConsultationFilter(branch_ids=frozenset()),
        ]
        assert await work.consultations.totals(by_outcome) == [
            everything,
            failures,
            ConsultationTotals(count=0, billed=0, cost=ZERO),
        ]
        assert await work.negativations.totals([]) == []
