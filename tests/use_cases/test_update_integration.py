"""Changing an integration: what may change when, and what becomes of its passwords."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import BureauFailure, CredentialKind, Environment, FailureClass
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.integration import ActiveNegativations, Automation, BranchAlreadyIntegrated
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.plans import IntegrationPlan, PlanNotAllowed
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.integration_input import AutomationChanges
from core.use_cases.unlink_integration import UnlinkIntegration, UnlinkIntegrationCommand
from core.use_cases.update_integration import (
    UpdatedIntegration,
    UpdateIntegration,
    UpdateIntegrationCommand,
)
from support.builders import NOW, make_intent, make_negativation, new_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import PEFIN_PASSWORD, World

NEW_WEB, NEW_PEFIN = Secret("Zy9!abcd"), Secret("908172")


async def update(world: World, **changes: Any) -> UpdatedIntegration:
    command = UpdateIntegrationCommand(caller=world.caller, integration_id=world.integration.id)
    return await world.use_case(UpdateIntegration)(replace(command, **changes))


async def add_live(world: World, **changes: Any) -> None:
    async with world.units_of_work.begin() as work:
        await work.negativations.add(
            make_negativation(
                integration_id=world.integration.id, **{"status": NegativationStatus.ACTIVE, **changes}
            )
        )


async def set_credential(world: World, kind: CredentialKind, **changes: Any) -> None:
    integration = await world.stored_integration()
    async with world.units_of_work.begin() as work:
        changed = replace(integration.credential(kind), **changes)
        await work.integrations.save(integration.with_credential(changed))


async def unlink(world: World) -> None:
    command = UnlinkIntegrationCommand(
        caller=world.caller, branch_id=world.branch.id, integration_id=world.integration.id
    )
    await world.use_case(UnlinkIntegration)(command)


async def test_plain_fields_change_and_the_rest_stays(world: World) -> None:
    world.clock.advance(timedelta(hours=1))
    updated = await update(
        world,
        plan=IntegrationPlan.CREDNET_TOP,
        send_sms_on_inclusion=False,
        responsible_cpf=synthetic_cpf(9).number,
        automation=AutomationChanges(enabled=True),
    )
    expected = replace(
        world.integration,
        plan=IntegrationPlan.CREDNET_TOP,
        send_sms_on_inclusion=False,
        responsible_cpf=synthetic_cpf(9),
        automation=Automation(enabled=True, restriction_code="DP", clearing_code="01"),
        updated_at=world.clock.now(),
    )
    assert updated.integration == expected == await world.stored_integration()
    assert world.bureau.calls == []


async def test_nothing_given_changes_nothing(world: World) -> None:
    world.clock.advance(timedelta(hours=1))
    updated = await update(world, login=world.integration.login)
    assert updated == UpdatedIntegration(integration=world.integration)
    assert await events_of(world, AuditAction.INTEGRATION_UPDATED) == []


async def test_the_trail_names_the_fields_not_the_values(world: World) -> None:
    await update(world, login="another-login", pefin_password=NEW_PEFIN)
    (updated,) = await events_of(world, AuditAction.INTEGRATION_UPDATED)
    assert updated.details["fields"] == "login,consultation,pefin"
    (adopted,) = await events_of(world, AuditAction.CREDENTIALS_ADOPTED)
    assert adopted.details == {"kind": "PEFIN"}
    assert NEW_PEFIN.value not in repr((updated, adopted))
    assert "another-login" not in repr((updated, adopted))


async def test_codes_can_be_cleared(world: World) -> None:
    updated = await update(world, automation=AutomationChanges(restriction_code=None))
    assert updated.integration.automation == Automation(clearing_code="01")


async def test_every_problem_is_said_at_once(world: World) -> None:
    with refused(world, InvalidInput) as caught:
        await update(
            world,
            login="x" * 61,
            responsible_cpf=synthetic_cnpj(3).number,
            consultation_password=Secret(""),
            pefin_password=Secret(" 1"),
            automation=AutomationChanges(enabled=True, clearing_code=None, restriction_code=""),
        )
    assert problems_of(caught) == {
        ("login", "INVALID_TEXT"),
        ("responsibleCpf", "WRONG_DOCUMENT_KIND"),
        ("consultationPassword", "INVALID_PASSWORD"),
        ("pefinPassword", "INVALID_PASSWORD"),
        ("automation.restrictionCode", "RESTRICTION_CODE_REQUIRED"),
        ("automation.clearingCode", "CLEARING_CODE_REQUIRED"),
    }


async def test_a_discontinued_plan_is_refused_but_one_in_use_may_stay(world: World) -> None:
    await update(world, plan=IntegrationPlan.CREDNET_TOP)
    await world.set_parameters(deprecated_plans_end_on=date(2026, 3, 16))
    await update(world, login="another-login")
    with refused(world, PlanNotAllowed):
        await update(world, plan=IntegrationPlan.NEGATIVE_INDICATOR)


# passwords


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (CredentialKind.CONSULTATION, {"consultation_password": NEW_WEB}),
        (CredentialKind.PEFIN, {"pefin_password": NEW_PEFIN}),
    ],
)
async def test_a_given_password_is_adopted_unverified(
    world: World, kind: CredentialKind, given: dict[str, Secret]
) -> None:
    (new,) = given.values()
    updated = (await update(world, **given)).integration

    credential, before = updated.credential(kind), world.integration.credential(kind)
    assert credential.state is CredentialState.UNVERIFIED
    assert credential.version == before.version + 1
    assert credential.sealed is not None
    assert world.vault.open(credential.sealed, secret_context(updated.id, kind)) == new
    assert world.bureau.calls == []
    async with world.units_of_work.read() as work:
        history = await work.integrations.password_history(updated.id, kind)
    assert len(history) == 2
    assert await world.hasher.matches_any(new, [history[1].password_hash])


async def test_a_password_that_was_used_before_is_adopted_and_not_remembered_twice(world: World) -> None:
    updated = (await update(world, pefin_password=PEFIN_PASSWORD)).integration
    assert updated.pefin.state is CredentialState.UNVERIFIED
    async with world.units_of_work.read() as work:
        assert len(await work.integrations.password_history(updated.id, CredentialKind.PEFIN)) == 1


async def hold_with_a_promise(world: World) -> None:
    await set_credential(world, CredentialKind.PEFIN, state=CredentialState.REFUSED)
    async with world.units_of_work.begin() as work:
        await work.outbox.put(make_intent(account=world.integration.id))
        await work.outbox.hold(world.integration.id, None)
    assert await world.queue.claim(10) == []


@pytest.mark.parametrize("given", [{"pefin_password": NEW_PEFIN}, {"login": "right-login"}])
async def test_what_waited_for_the_pefin_password_goes_on(world: World, given: dict[str, Any]) -> None:
    await hold_with_a_promise(world)
    await update(world, **given)
    assert len(await world.queue.claim(10)) == 1


@pytest.mark.parametrize("given", [{"consultation_password": NEW_WEB}, {"send_sms_on_inclusion": False}])
async def test_it_goes_on_waiting_for_anything_else(world: World, given: dict[str, Any]) -> None:
    await hold_with_a_promise(world)
    await update(world, **given)
    assert await world.queue.claim(10) == []


async def test_another_login_makes_both_passwords_unverified(world: World) -> None:
    updated = (await update(world, login="another-login")).integration
    for kind in CredentialKind:
        before = world.integration.credential(kind)
        assert updated.credential(kind) == replace(
            before, state=CredentialState.UNVERIFIED, version=before.version + 1
        )


async def test_a_missing_password_stays_missing(world: World) -> None:
    await set_credential(world, CredentialKind.PEFIN, state=CredentialState.MISSING, sealed=None)
    updated = (await update(world, login="another-login")).integration
    assert updated.pefin.state is CredentialState.MISSING


@pytest.mark.parametrize(
    "given",
    [{"pefin_password": NEW_PEFIN}, {"login": "another"}, {"environment": Environment.PRODUCTION}],
)
async def test_a_password_that_is_being_changed_is_left_alone(world: World, given: dict[str, Any]) -> None:
    await set_credential(world, CredentialKind.PEFIN, state=CredentialState.ROTATING)
    calls = 2 if "environment" in given else 0
    with refused(world, Conflict, bureau_calls=calls) as caught:
        await update(world, **given)
    assert caught.value.reason == "ROTATION_IN_PROGRESS"


# environment


async def test_to_production_only_after_the_bureau_took_both_passwords(world: World) -> None:
    updated = (await update(world, environment=Environment.PRODUCTION)).integration
    assert updated.environment is Environment.PRODUCTION
    assert [call.operation for call in world.bureau.calls] == ["test_credentials"] * 2
    assert {call.account.environment for call in world.bureau.calls} == {Environment.PRODUCTION}
    for kind in CredentialKind:
        assert updated.credential(kind).state is CredentialState.VALID
        assert updated.credential(kind).version == world.integration.credential(kind).version + 1


async def test_to_production_with_new_passwords_tests_those(world: World) -> None:
    world.bureau.passwords[world.integration.login, CredentialKind.PEFIN] = NEW_PEFIN
    updated = (await update(world, environment=Environment.PRODUCTION, pefin_password=NEW_PEFIN)).integration
    assert updated.pefin.state is CredentialState.VALID


async def test_refused_by_the_bureau_it_stays_where_it_was(world: World) -> None:
    world.bureau.passwords[world.integration.login, CredentialKind.PEFIN] = NEW_PEFIN
    with refused(world, CredentialsRefused, bureau_calls=2) as caught:
        await update(world, environment=Environment.PRODUCTION)
    assert caught.value.credential is CredentialKind.PEFIN


async def test_while_the_bureau_cannot_say_it_stays_where_it_was(world: World) -> None:
    world.bureau.fail("test_credentials", BureauFailure(failure=FailureClass.UNDETERMINED))
    with refused(world, BureauFailure, bureau_calls=1):
        await update(world, environment=Environment.PRODUCTION)


async def test_production_needs_both_passwords(world: World) -> None:
    await set_credential(world, CredentialKind.PEFIN, state=CredentialState.MISSING, sealed=None)
    with refused(world, InvalidInput) as caught:
        await update(world, environment=Environment.PRODUCTION)
    assert problems_of(caught) == {("pefinPassword", "PASSWORD_REQUIRED")}


async def test_back_to_homologation_without_a_test_and_unverified(world: World) -> None:
    await update(world, environment=Environment.PRODUCTION)
    world.bureau.calls.clear()
    updated = (await update(world, environment=Environment.HOMOLOGATION)).integration
    assert world.bureau.calls == []
    assert updated.pefin.state is updated.consultation.state is CredentialState.UNVERIFIED


async def test_a_password_changed_during_the_test_makes_the_test_void(world: World) -> None:
    pause = world.bureau.pause("test_credentials")
    going = asyncio.create_task(update(world, environment=Environment.PRODUCTION))
    await pause.reached.wait()
    await update(world, consultation_password=NEW_WEB)
    pause.resumed.set()
    with pytest.raises(Conflict) as caught:
        await going
    assert caught.value.reason == "CHANGED_MEANWHILE"
    assert (await world.stored_integration()).environment is Environment.HOMOLOGATION


@pytest.mark.parametrize("status", NegativationStatus)
async def test_the_environment_stays_while_a_registration_is_live(
    world: World, status: NegativationStatus
) -> None:
    await add_live(world, status=status)
    if not status.live:
        await update(world, environment=Environment.PRODUCTION)
        return
    with refused(world, ActiveNegativations) as caught:
        await update(world, environment=Environment.PRODUCTION)
    assert caught.value.count == 1


async def test_a_registration_that_came_during_the_test_keeps_the_environment(world: World) -> None:
    pause = world.bureau.pause("test_credentials")
    going = asyncio.create_task(update(world, environment=Environment.PRODUCTION))
    await pause.reached.wait()
    await add_live(world)
    with refused(world, ActiveNegativations, bureau_calls=1):
        pause.resumed.set()
        await going


# branch


async def test_an_unlinked_integration_may_go_to_another_branch(world: World) -> None:
    await unlink(world)
    other = await world.add_branch()
    updated = (await update(world, branch_id=other.id)).integration
    assert updated.branch_id == other.id
    assert updated.pefin.state is CredentialState.VALID
    async with world.units_of_work.read() as work:
        assert await work.integrations.of_branch(world.branch.id) is None


async def test_a_linked_one_stays(world: World) -> None:
    other = await world.add_branch()
    with refused(world, Conflict) as caught:
        await update(world, branch_id=other.id)
    assert caught.value.reason == "INTEGRATION_LINKED"
    assert caught.value.params == {"branch": world.branch.number}


async def test_one_with_live_registrations_stays(world: World) -> None:
    await unlink(world)
    other = await world.add_branch()
    await add_live(world)
    await add_live(world)
    with refused(world, ActiveNegativations) as caught:
        await update(world, branch_id=other.id)
    assert caught.value.count == 2


async def test_the_other_branch_must_be_free(world: World) -> None:
    await unlink(world)
    other = await world.add_branch()
    await world.add_integration(other)
    with refused(world, BranchAlreadyIntegrated) as caught:
        await update(world, branch_id=other.id)
    assert caught.value.branch_number == other.number


async def test_the_other_branch_must_be_within_reach(world: World) -> None:
    await unlink(world)
    other = await world.add_branch()
    limited = replace(world.caller, branch_ids=frozenset({world.branch.id}))
    with refused(world, NotFound) as caught:
        await update(world, branch_id=other.id, caller=limited)
    assert caught.value.kind == "Branch"


# automation


async def test_switching_the_automation_off_counts_what_it_leaves_behind(world: World) -> None:
    await update(world, automation=AutomationChanges(enabled=True))
    await add_live(world, form=NegativationForm.AUTOMATIC)
    await add_live(world, form=NegativationForm.AUTOMATIC, status=NegativationStatus.CLEARING_REJECTED)
    await add_live(world, form=NegativationForm.AUTOMATIC, status=NegativationStatus.CLEARED)
    await add_live(world, form=NegativationForm.MANUAL)

    assert (await update(world, send_sms_on_inclusion=False)).automatic_live == 0
    updated = await update(world, automation=AutomationChanges(enabled=False))
    assert updated.automatic_live == 2
    assert not updated.integration.automation.enabled
    assert (await update(world, send_sms_on_inclusion=True)).automatic_live == 0


# who


async def test_out_of_reach_or_deleted_it_does_not_exist(world: World) -> None:
    stranger = replace(world.caller, branch_ids=frozenset({new_id()}))
    with refused(world, NotFound):
        await update(world, login="another", caller=stranger)
    with refused(world, NotFound):
        await update(world, login="another", integration_id=new_id())
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, deleted_at=NOW))
    with refused(world, NotFound) as caught:
        await update(world, login="another")
    assert (caught.value.kind, caught.value.path) == ("Integration", ("integrationId",))


async def test_it_needs_the_scope(world: World) -> None:
    others = replace(world.caller, scopes=frozenset(Scope) - {Scope.CONFIGURE})
    with refused(world, Forbidden):
        await update(world, login="another", caller=others)


async def test_another_account_is_read_from_the_beginning(world: World) -> None:
    await world.fetch_results()
    assert [call.key for call in world.bureau.called("events")] == [None]

    await update(world, login="outra")
    world.bureau.passwords["outra", CredentialKind.PEFIN] = PEFIN_PASSWORD
    await world.fetch_results()

    assert [call.key for call in world.bureau.called("events")] == [None, None]
