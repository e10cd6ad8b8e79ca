"""Locks on PostgreSQL: who waits for whom."""

import asyncio
from dataclasses import replace

import pytest

from support.builders import make_invoice
from support.storages import sql_storage
from support.world import World


@pytest.mark.postgres
async def test_who_only_refers_to_a_locked_record_does_not_wait(postgres_address: str) -> None:
    async with sql_storage(postgres_address) as storage:
        world = await World(kept_in=storage).populate()
        async with storage.units_of_work.begin() as work:
            await work.customers.get(world.customer.id, lock=True)
            async with asyncio.timeout(5):
                await _add_invoice(world)


@pytest.mark.postgres
async def test_who_changes_a_locked_record_waits(postgres_address: str) -> None:
    async with sql_storage(postgres_address) as storage:
        world = await World(kept_in=storage).populate()
        async with storage.units_of_work.begin() as work:
            await work.customers.get_many([world.customer.id], lock=True)
            renaming = asyncio.create_task(_rename(world))
            await asyncio.sleep(0.2)
            assert not renaming.done()
        await renaming


async def _add_invoice(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=world.customer.id))


async def _rename(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Nome Novo"))
