"""Asking the bureau many times, without saying the same thing each time."""

from datetime import timedelta

from core.domain.credentials import PROVEN_FOR
from core.domain.negativation import Negativation
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.builders import make_customer, make_invoice
from support.consulting import consult
from support.world import World


async def _negativate(world: World) -> Negativation:
    async with world.units_of_work.begin() as work:
        customer = await work.customers.add(make_customer(branch_id=world.branch.id))
        invoice = await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=customer.id))
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=invoice.id)
    return await world.use_case(NegativateDebtor)(command)


async def test_that_the_password_works_is_written_down_once_a_minute(world: World) -> None:
    world.clock.advance(timedelta(hours=1))
    first = world.clock.now()
    for _ in range(2):
        await _negativate(world)
        await world.deliver()
        world.clock.advance(timedelta(seconds=20))
    assert (await world.stored_integration()).pefin.last_success_at == first

    world.clock.advance(PROVEN_FOR)
    await _negativate(world)
    await world.deliver()
    assert (await world.stored_integration()).pefin.last_success_at == world.clock.now()


async def test_that_the_password_of_consultations_works_is_written_down_once_a_minute(world: World) -> None:
    world.clock.advance(timedelta(hours=1))
    first = world.clock.now()
    for _ in range(2):
        await consult(world, confirm_repeat=True)
        world.clock.advance(timedelta(seconds=20))
    assert (await world.stored_integration()).consultation.last_success_at == first

    world.clock.advance(PROVEN_FOR)
    await consult(world, confirm_repeat=True)
    assert (await world.stored_integration()).consultation.last_success_at == world.clock.now()
