"""Testing an integration: one free call per password, and what it says becomes the password's health."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import (
    BureauAccount,
    BureauFailure,
    BureauNotConfigured,
    CredentialKind,
    Environment,
    FailureClass,
)
from core.domain.credentials import CredentialState
from core.domain.errors import Forbidden, NotFound
from core.domain.secret import Secret
from core.use_cases.test_integration import IntegrationTest
from core.use_cases.test_integration import TestIntegration as TryIntegration
from core.use_cases.test_integration import TestIntegrationCommand as TryIntegrationCommand
from core.use_cases.test_integration import TestOutcome as Outcome
from support.builders import NOW, make_intent, new_id
from support.refusals import refused
from support.trail import events_of
from support.world import World

WEB, PEFIN = CredentialKind.CONSULTATION, CredentialKind.PEFIN
LATER = NOW + timedelta(hours=1)


async def run_test(world: World, **changes: Any) -> IntegrationTest:
    command = TryIntegrationCommand(caller=world.caller, integration_id=world.integration.id)
    return await world.use_case(TryIntegration)(replace(command, **changes))


async def set_credential(world: World, kind: CredentialKind, **changes: Any) -> None:
    integration = await world.stored_integration()
    async with world.units_of_work.begin() as work:
        changed = replace(integration.credential(kind), **changes)
        await work.integrations.save(integration.with_credential(changed))


def refuse(world: World, kind: CredentialKind) -> None:
    world.bureau.passwords[world.integration.login, kind] = Secret("another")


async def test_one_free_call_for_each_password(world: World) -> None:
    await run_test(world)
    assert [(call.operation, call.key) for call in world.bureau.calls] == [
        ("test_credentials", "CONSULTATION"),
        ("test_credentials", "PEFIN"),
    ]
    assert world.bureau.billed == {}


async def test_what_is_taken_is_noted(world: World) -> None:
    await set_credential(world, WEB, state=CredentialState.UNVERIFIED, last_success_at=None)
    world.clock.advance(timedelta(hours=1))
    done = await run_test(world)
    assert done.results == {WEB: Outcome.OK, PEFIN: Outcome.OK}
    assert done.integration == await world.stored_integration()
    for kind in CredentialKind:
        assert done.integration.credential(kind).state is CredentialState.VALID
        assert done.integration.credential(kind).last_success_at == LATER


@pytest.mark.parametrize(("kind", "other"), [(WEB, PEFIN), (PEFIN, WEB)])
async def test_what_is_refused_is_noted(world: World, kind: CredentialKind, other: CredentialKind) -> None:
    refuse(world, kind)
    world.clock.advance(timedelta(hours=1))
    done = await run_test(world)
    assert done.results == {kind: Outcome.REFUSED, other: Outcome.OK}
    assert done.integration.credential(kind).state is CredentialState.REFUSED
    assert done.integration.credential(kind).last_refusal_at == LATER
    assert done.integration.credential(other).state is CredentialState.VALID
    assert len(await events_of(world, AuditAction.CREDENTIALS_REFUSED)) == 1


@pytest.mark.parametrize("failure", sorted(set(FailureClass) - {FailureClass.CREDENTIAL}))
async def test_a_bureau_that_cannot_say_changes_no_health(world: World, failure: FailureClass) -> None:
    world.bureau.fail("test_credentials", BureauFailure(failure=failure))
    done = await run_test(world)
    assert done.results == {WEB: Outcome.UNREACHABLE, PEFIN: Outcome.OK}
    assert done.integration.consultation == world.integration.consultation


async def test_a_missing_password_is_not_tried(world: World) -> None:
    await set_credential(world, PEFIN, state=CredentialState.MISSING, sealed=None)
    done = await run_test(world)
    assert done.results == {WEB: Outcome.OK, PEFIN: Outcome.MISSING}
    assert [call.key for call in world.bureau.calls] == ["CONSULTATION"]


async def test_a_password_that_is_being_changed_is_not_touched(world: World) -> None:
    await set_credential(world, WEB, state=CredentialState.ROTATING)
    before = await world.stored_integration()
    done = await run_test(world)
    assert done.results == {WEB: Outcome.ROTATING, PEFIN: Outcome.OK}
    assert done.integration.consultation == before.consultation
    assert [call.key for call in world.bureau.calls] == ["PEFIN"]


@pytest.mark.parametrize("refused_kind", [PEFIN, WEB])
async def test_a_refused_password_that_is_taken_again_is_valid_and_lets_go_what_waited(
    world: World, refused_kind: CredentialKind
) -> None:
    await set_credential(world, refused_kind, state=CredentialState.REFUSED)
    async with world.units_of_work.begin() as work:
        await work.outbox.put(make_intent(account=world.integration.id))
        await work.outbox.hold(world.integration.id, None)
    done = await run_test(world)
    assert done.results[refused_kind] is Outcome.OK
    assert done.integration.credential(refused_kind).state is CredentialState.VALID
    assert len(await world.queue.claim(10)) == 1


async def test_a_password_replaced_during_the_test_is_not_judged_by_it(world: World) -> None:
    pause = world.bureau.pause("test_credentials")
    refuse(world, PEFIN)
    going = asyncio.create_task(run_test(world))
    await pause.reached.wait()
    for kind in CredentialKind:
        await set_credential(world, kind, version=2, state=CredentialState.UNVERIFIED)
    pause.resumed.set()
    done = await going
    assert done.results == {WEB: Outcome.OK, PEFIN: Outcome.REFUSED}
    for kind in CredentialKind:
        assert done.integration.credential(kind).state is CredentialState.UNVERIFIED


@pytest.mark.parametrize("state", [CredentialState.ROTATING, CredentialState.MISSING])
async def test_what_began_during_the_test_is_not_touched(world: World, state: CredentialState) -> None:
    pause = world.bureau.pause("test_credentials")
    going = asyncio.create_task(run_test(world))
    await pause.reached.wait()
    for kind in CredentialKind:
        await set_credential(world, kind, state=state)
    pause.resumed.set()
    done = await going
    assert {done.integration.credential(kind).state for kind in CredentialKind} == {state}


async def test_the_trail_tells_what_came_of_it(world: World) -> None:
    refuse(world, PEFIN)
    await run_test(world)
    (event,) = await events_of(world, AuditAction.INTEGRATION_TESTED)
    assert event.details == {"number": world.integration.number, "consultation": "OK", "pefin": "REFUSED"}


async def test_an_environment_without_an_address_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_configured(account: BureauAccount, kind: CredentialKind) -> None:
        raise BureauNotConfigured(environment=account.environment)

    monkeypatch.setattr(world.bureau, "test_credentials", not_configured)
    with refused(world, BureauNotConfigured) as caught:
        await run_test(world)
    assert caught.value.environment is Environment.HOMOLOGATION


async def test_who_may_test_what(world: World) -> None:
    others = replace(world.caller, scopes=frozenset(Scope) - {Scope.CONFIGURE})
    with refused(world, Forbidden):
        await run_test(world, caller=others)
    with refused(world, NotFound):
        await run_test(world, caller=replace(world.caller, branch_ids=frozenset({new_id()})))
    with refused(world, NotFound):
        await run_test(world, integration_id=new_id())
