"""A registration is placed with an integration as it stands at that moment, however long ago it was read."""

from dataclasses import replace
from datetime import timedelta

from core.domain.bureau import Environment
from core.domain.integration import Integration, IntegrationNotLinked
from core.domain.negativation import Negativation, NegativationForm
from core.use_cases.assess_eligibility import case_of, read_portfolio
from core.use_cases.place_registration import place_registrations
from support.builders import NOW, TODAY, new_id
from support.refusals import refused
from support.world import World


async def place(world: World, change: Integration) -> Negativation:
    """Place a registration of what was read before `change` was stored."""
    async with world.units_of_work.read() as work:
        case = case_of(await read_portfolio(work, [world.invoice.id]), world.invoice.id, None, TODAY)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(change)
        ((_, placed),) = await place_registrations(
            work,
            [case],
            world.integration,
            form=NegativationForm.MANUAL,
            caller=world.caller,
            ids=world.ids,
            at=NOW + timedelta(hours=1),
        )
    return placed


async def test_an_integration_that_was_deleted_meanwhile_takes_nothing(world: World) -> None:
    with refused(world, IntegrationNotLinked) as caught:
        await place(world, replace(world.integration, deleted_at=NOW))
    assert caught.value.branch_number == world.branch.number


async def test_an_integration_of_another_branch_takes_nothing(world: World) -> None:
    with refused(world, IntegrationNotLinked):
        await place(world, replace(world.integration, branch_id=new_id()))


async def test_the_environment_is_the_one_it_has_now(world: World) -> None:
    moved = replace(world.integration, environment=Environment.PRODUCTION)
    assert (await place(world, moved)).environment is Environment.PRODUCTION
