"""A company whose debtors the collection routine registers."""

from datetime import date

from core.domain.collection import AutomaticNegativation, CollectionParameters, CollectionRun
from core.domain.integration import Automation
from core.use_cases.run_collection import RunCollection
from core.use_cases.start_collection import StartCollectionCommand
from support.storages import Storage, memory_storage
from support.world import World

AUTOMATION = Automation(enabled=True, restriction_code="OO", clearing_code="01")
YES = CollectionParameters(branch_id=None, automatic=AutomaticNegativation.YES, days_after_due=30)


async def collecting_company(kept_in: Storage | None = None) -> World:
    """It registers automatically thirty days after the due date. kept_in: None for memory."""
    world = await World(kept_in=kept_in or memory_storage()).populate(automation=AUTOMATION)
    await save(world, YES)
    return world


async def save(world: World, parameters: CollectionParameters) -> None:
    """Let these parameters hold."""
    async with world.units_of_work.begin() as work:
        await work.collection_settings.save(parameters)


async def run(world: World, run_date: date | None = None, *, dry_run: bool = False) -> CollectionRun:
    """Run the routine to its end."""
    command = StartCollectionCommand(caller=world.caller, run_date=run_date, dry_run=dry_run)
    return await world.use_case(RunCollection)(command)
