"""Deleting an integration: not while anything is live, and nothing but its secrets is lost."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import CredentialKind
from core.domain.credentials import CredentialState
from core.domain.errors import Conflict, Forbidden, NotFound
from core.domain.integration import ActiveNegativations, Integration
from core.domain.negativation import NegativationStatus
from core.use_cases.delete_integration import DeleteIntegration, DeleteIntegrationCommand
from core.use_cases.fetch_results import PREFIX
from support.builders import NOW, make_consultation, make_negativation, new_id
from support.refusals import refused
from support.trail import events_of
from support.world import World


async def delete(world: World, **changes: Any) -> Integration:
    command = DeleteIntegrationCommand(caller=world.caller, integration_id=world.integration.id)
    return await world.use_case(DeleteIntegration)(replace(command, **changes))


async def test_it_is_gone_but_its_row_stays(world: World) -> None:
    deleted = await delete(world)
    assert deleted.deleted_at == NOW
    assert await world.stored_integration() == deleted
    async with world.units_of_work.read() as work:
        assert await work.integrations.of_branch(world.branch.id) is None
    assert len(await events_of(world, AuditAction.INTEGRATION_DELETED)) == 1
    assert world.bureau.calls == []


async def test_its_secrets_are_destroyed_and_their_history_stays(world: World) -> None:
    deleted = await delete(world)
    for kind in CredentialKind:
        credential = deleted.credential(kind)
        assert (credential.sealed, credential.pending) == (None, None)
        assert credential.state is CredentialState.MISSING
        async with world.units_of_work.read() as work:
            assert len(await work.integrations.password_history(deleted.id, kind)) == 1


async def test_its_branch_is_unlinked_and_may_have_another(world: World) -> None:
    await delete(world)
    async with world.units_of_work.read() as work:
        branch = await work.branches.get(world.branch.id)
    assert branch is not None
    assert branch.integration_id is None
    await world.add_integration(branch)


async def test_its_results_are_no_longer_fetched(world: World) -> None:
    await delete(world)
    async with world.units_of_work.begin() as work:
        assert await work.routines.take(PREFIX, now=NOW.replace(year=2030), leased_until=NOW) is None


async def test_consultations_and_ended_registrations_stay(world: World) -> None:
    async with world.units_of_work.begin() as work:
        consultation = await work.consultations.add(make_consultation(integration_id=world.integration.id))
        ended = await work.negativations.add(
            make_negativation(integration_id=world.integration.id, status=NegativationStatus.CLEARED)
        )
    await delete(world)
    assert await world.consultation(consultation) == consultation
    assert await world.negativation(ended) == ended


@pytest.mark.parametrize("status", NegativationStatus)
async def test_whatever_is_live_forbids_it(world: World, status: NegativationStatus) -> None:
    async with world.units_of_work.begin() as work:
        for integration_id in (world.integration.id, world.integration.id, new_id()):
            await work.negativations.add(make_negativation(integration_id=integration_id, status=status))
    if not status.live:
        assert (await delete(world)).deleted_at == NOW
        return
    with refused(world, ActiveNegativations) as caught:
        await delete(world)
    assert caught.value.count == 2


async def test_a_change_of_password_under_way_forbids_it(world: World) -> None:
    rotating = replace(world.integration.pefin, state=CredentialState.ROTATING)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration.with_credential(rotating))
    with refused(world, Conflict) as caught:
        await delete(world)
    assert caught.value.reason == "ROTATION_IN_PROGRESS"


async def test_what_is_deleted_absent_or_out_of_reach_does_not_exist(world: World) -> None:
    stranger = replace(world.caller, branch_ids=frozenset({new_id()}))
    with refused(world, NotFound):
        await delete(world, caller=stranger)
    with refused(world, NotFound):
        await delete(world, integration_id=new_id())
    await delete(world)
    with refused(world, NotFound):
        await delete(world)


async def test_it_needs_the_scope(world: World) -> None:
    others = replace(world.caller, scopes=frozenset(Scope) - {Scope.CONFIGURE})
    with refused(world, Forbidden):
        await delete(world, caller=others)
