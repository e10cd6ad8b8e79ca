"""Linking and unlinking: only the owner branch, only one, and the same again changes nothing."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.branch import Branch
from core.domain.errors import Conflict, Forbidden, NotFound
from core.domain.integration import BranchAlreadyIntegrated, Integration, IntegrationNotLinked
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from core.use_cases.link_integration import LinkIntegration, LinkIntegrationCommand
from core.use_cases.unlink_integration import UnlinkIntegration, UnlinkIntegrationCommand
from support.builders import NOW, new_id
from support.refusals import refused
from support.trail import events_of
from support.world import World


async def link(world: World, branch: Branch, integration: Integration, **changes: Any) -> Branch:
    command = LinkIntegrationCommand(caller=world.caller, branch_id=branch.id, integration_id=integration.id)
    return await world.use_case(LinkIntegration)(replace(command, **changes))


async def unlink(world: World, branch: Branch, integration: Integration, **changes: Any) -> Branch:
    command = UnlinkIntegrationCommand(
        caller=world.caller, branch_id=branch.id, integration_id=integration.id
    )
    return await world.use_case(UnlinkIntegration)(replace(command, **changes))


async def stored(world: World, branch: Branch) -> Branch:
    async with world.units_of_work.read() as work:
        found = await work.branches.get(branch.id)
    assert found is not None
    return found


@pytest.fixture
async def branch(world: World) -> Branch:
    """A second branch."""
    return await world.add_branch()


@pytest.fixture
async def integration(world: World, branch: Branch) -> Integration:
    """The integration of the second branch, not yet linked."""
    return await world.add_integration(branch)


async def test_a_branch_links_its_own_integration(
    world: World, branch: Branch, integration: Integration
) -> None:
    linked = await link(world, branch, integration)
    assert linked == replace(branch, integration_id=integration.id, updated_at=NOW)
    assert await stored(world, branch) == linked
    (event,) = await events_of(world, AuditAction.INTEGRATION_LINKED)
    assert (event.record_id, event.branch_id) == (integration.id, branch.id)


async def test_it_is_usable_only_when_linked(world: World) -> None:
    command = ConsultCreditCommand(
        caller=world.caller,
        subject=CustomerSubject(world.customer.id),
        plan=ConsultationPlan.REPORT_AND_SCORE,
    )
    await unlink(world, world.branch, world.integration)
    with refused(world, IntegrationNotLinked):
        await world.use_case(ConsultCredit)(command)
    await link(world, world.branch, world.integration)
    consulted = await world.use_case(ConsultCredit)(command)
    assert consulted.consultation.branch_id == world.branch.id


async def test_linking_again_changes_nothing(world: World, branch: Branch, integration: Integration) -> None:
    first = await link(world, branch, integration)
    second, third = await asyncio.gather(link(world, branch, integration), link(world, branch, integration))
    assert first == second == third
    assert len(await events_of(world, AuditAction.INTEGRATION_LINKED)) == 1


async def test_the_integration_of_another_branch_cannot_be_linked(
    world: World, branch: Branch, integration: Integration
) -> None:
    third = await world.add_branch()
    with refused(world, Conflict) as caught:
        await link(world, third, integration)
    assert caught.value.reason == "INTEGRATION_OF_ANOTHER_BRANCH"


async def test_a_branch_that_links_another_one_keeps_it(
    world: World, branch: Branch, integration: Integration
) -> None:
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(branch, integration_id=new_id()))
    with refused(world, BranchAlreadyIntegrated) as caught:
        await link(world, branch, integration)
    assert caught.value.branch_number == branch.number


async def test_a_deleted_one_cannot_be_linked(world: World, branch: Branch, integration: Integration) -> None:
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(integration, deleted_at=NOW))
    with refused(world, NotFound) as caught:
        await link(world, branch, integration)
    assert (caught.value.kind, caught.value.path) == ("Integration", ("integrationId",))


async def test_unlinking_is_repeatable(world: World) -> None:
    unlinked = await unlink(world, world.branch, world.integration)
    assert unlinked.integration_id is None
    assert await stored(world, world.branch) == unlinked
    assert await unlink(world, world.branch, world.integration) == unlinked
    assert len(await events_of(world, AuditAction.INTEGRATION_UNLINKED)) == 1


async def test_unlinking_one_that_is_not_linked_leaves_the_linked_one(
    world: World, branch: Branch, integration: Integration
) -> None:
    await unlink(world, world.branch, integration)
    assert (await stored(world, world.branch)).integration_id == world.integration.id


async def test_who_may_link_what(world: World, branch: Branch, integration: Integration) -> None:
    for act in (link, unlink):
        with refused(world, Forbidden):
            scopes = frozenset(Scope) - {Scope.CONFIGURE}
            await act(world, branch, integration, caller=replace(world.caller, scopes=scopes))
        with refused(world, NotFound) as caught:
            elsewhere = frozenset({world.branch.id})
            await act(world, branch, integration, caller=replace(world.caller, branch_ids=elsewhere))
        assert (caught.value.kind, caught.value.path) == ("Branch", ("branchId",))
        with refused(world, NotFound):
            await act(world, branch, integration, integration_id=new_id())
