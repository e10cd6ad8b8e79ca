"""Changing a password: every broken criterion at once, in step with the provider, cleared up after a crash."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialsRefused, CredentialState, PasswordRefused
from core.domain.errors import Conflict, Forbidden, IdempotencyConflict, NotFound
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.negativation import NegativationStatus
from core.domain.paging import Direction, Order, Window
from core.domain.secret import Secret
from core.use_cases.adopt_credentials import AdoptCredentials, AdoptCredentialsCommand
from core.use_cases.bureau_access import secret_context
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from core.use_cases.rotate_credentials import (
    LEASE,
    RotateCredentials,
    RotateCredentialsCommand,
    RotationDone,
)
from support.builders import make_branch, make_caller
from support.world import CONSULTATION_PASSWORD, PEFIN_PASSWORD, World

NEW = Secret("864209")
PEFIN = CredentialKind.PEFIN
LOST = BureauFailure(failure=FailureClass.UNDETERMINED)
DOWN = BureauFailure(failure=FailureClass.TRANSIENT)
LOCKED = BureauFailure(failure=FailureClass.QUOTA, code="CREDENCIAL_BLOQUEADA")


async def rotate(world: World, new: Secret = NEW, **changes: Any) -> RotationDone:
    world.clock.advance(timedelta(seconds=1))
    command = RotateCredentialsCommand(
        caller=world.caller,
        integration_id=world.integration.id,
        kind=PEFIN,
        new_password=new,
        confirmation=new,
    )
    return await world.use_case(RotateCredentials)(replace(command, **changes))


async def rotate_in_doubt(world: World, *, recorded: bool = True, **changes: Any) -> None:
    """A change whose answer is lost: nobody tries anything yet, for the bureau may still be at it."""
    world.bureau.fail("change_password", LOST, recorded=recorded)
    with pytest.raises(BureauFailure) as raised:
        await rotate(world, **changes)
    assert raised.value.failure is FailureClass.UNDETERMINED
    assert await state(world) is CredentialState.ROTATING
    assert world.bureau.called("test_credentials") == []


async def find_out(world: World) -> None:
    """What the dispatcher does once the bureau has had its time."""
    assert await world.deliver() == 0
    world.clock.advance(LEASE)
    assert await world.deliver() == 1


async def adopt(world: World, new: Secret, kind: CredentialKind = PEFIN) -> RotationDone:
    command = AdoptCredentialsCommand(
        caller=world.caller,
        integration_id=world.integration.id,
        kind=kind,
        new_password=new,
        confirmation=new,
    )
    return await world.use_case(AdoptCredentials)(command)


def at_the_bureau(world: World, kind: CredentialKind = PEFIN) -> Secret:
    return world.bureau.passwords[world.integration.login, kind]


async def stored(world: World, kind: CredentialKind = PEFIN) -> Secret:
    credential = (await world.stored_integration()).credential(kind)
    assert credential.sealed is not None
    return world.vault.open(credential.sealed, secret_context(world.integration.id, kind))


async def state(world: World) -> CredentialState:
    return (await world.stored_integration()).pefin.state


async def actions(world: World) -> list[AuditAction]:
    async with world.units_of_work.read() as work:
        order = Order(AuditOrder.NUMBER, Direction.ASC)
        page = await work.audit.page(AuditFilter(), order, Window(size=100))
    return [edge.record.action for edge in page.edges]


async def test_the_password_changes_here_and_at_the_provider(world: World) -> None:
    done = await rotate(world)

    assert done.integration.pefin.state is CredentialState.VALID
    assert done.integration.pefin.version == 2
    assert await stored(world) == at_the_bureau(world) == NEW
    assert (await stored(world, CredentialKind.CONSULTATION)) == CONSULTATION_PASSWORD
    assert await actions(world) == [AuditAction.CREDENTIALS_ROTATED]
    assert world.bureau.called("change_password")[0].account.password == PEFIN_PASSWORD


async def test_the_web_password_changes_too(world: World) -> None:
    await rotate(world, Secret("Ab1@xyzW"), kind=CredentialKind.CONSULTATION)

    assert await stored(world, CredentialKind.CONSULTATION) == Secret("Ab1@xyzW")
    assert at_the_bureau(world, CredentialKind.CONSULTATION) == Secret("Ab1@xyzW")


async def test_every_broken_criterion_is_said_at_once_and_nothing_is_asked(world: World) -> None:
    with pytest.raises(PasswordRefused) as raised:
        await rotate(world, Secret("a1234"), confirmation=Secret("x"))

    assert [(problem.path[0], problem.code) for problem in raised.value.problems] == [
        ("newPassword", "LENGTH_6"),
        ("newPassword", "DIGITS_ONLY"),
        ("newPassword", "NO_SEQUENCE"),
        ("confirmation", "CONFIRMATION_DIFFERS"),
    ]
    assert world.bureau.calls == []
    assert await state(world) is CredentialState.VALID


async def test_no_earlier_password_is_ever_taken_again(world: World) -> None:
    await rotate(world)
    await rotate(world, Secret("975310"))

    for used in (PEFIN_PASSWORD, NEW, Secret("975310")):
        with pytest.raises(PasswordRefused) as raised:
            await rotate(world, used)
        assert [problem.code for problem in raised.value.problems] == ["NEVER_USED"]


async def test_weak_and_personal_passwords_are_warned_of(world: World) -> None:
    digits = world.integration.responsible_cpf.number
    personal = next(
        Secret(digits[i : i + 6])
        for i in range(5)
        if digits[i : i + 6] not in ("000000", PEFIN_PASSWORD.value)
    )
    assert (await rotate(world, Secret("111111"))).warnings == ("REPEATED_DIGITS",)
    assert "PERSONAL_DATA" in (await rotate(world, personal)).warnings


async def test_a_password_that_another_integration_uses_is_warned_of(world: World) -> None:
    branch = make_branch()
    other = await world.add_integration(branch)
    shared = world.vault.seal(NEW, secret_context(other.id, PEFIN))
    async with world.units_of_work.begin() as work:
        await work.branches.add(replace(branch, integration_id=other.id))
        await work.integrations.save(other.with_credential(replace(other.pefin, sealed=shared)))

    assert (await rotate(world)).warnings == ("USED_ELSEWHERE",)


def let_the_bureau_take(world: World, password: Secret) -> None:
    world.bureau.passwords[world.integration.login, PEFIN] = password


@pytest.mark.parametrize("recorded", [True, False])
async def test_after_a_lost_answer_whichever_password_works_is_kept(world: World, recorded: bool) -> None:
    await rotate_in_doubt(world, recorded=recorded)
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    queued = await world.use_case(NegativateDebtor)(command)
    assert await world.deliver() == 1

    await find_out(world)

    assert await world.deliver() == 1
    assert (await world.negativation(queued)).status is NegativationStatus.SENT
    assert await state(world) is CredentialState.VALID
    assert await stored(world) == at_the_bureau(world) == (NEW if recorded else PEFIN_PASSWORD)
    assert len(world.bureau.called("test_credentials")) == (1 if recorded else 2)


async def test_when_neither_works_the_credential_is_refused_and_the_trail_says_so(world: World) -> None:
    await rotate_in_doubt(world)
    world.bureau.fail("test_credentials", *[BureauFailure(failure=FailureClass.CREDENTIAL)] * 2)

    await find_out(world)

    assert await state(world) is CredentialState.REFUSED
    assert await actions(world) == [AuditAction.CREDENTIALS_REFUSED]
    assert len(world.bureau.called("test_credentials")) == 2


@pytest.mark.parametrize("failure", [DOWN, LOCKED])
async def test_when_the_bureau_cannot_be_asked_the_dispatcher_finds_out_later(
    world: World, failure: BureauFailure
) -> None:
    await rotate_in_doubt(world)
    world.bureau.fail("test_credentials", failure)
    await find_out(world)
    assert await state(world) is CredentialState.ROTATING
    with pytest.raises(Conflict):
        await rotate(world, Secret("975310"))

    world.clock.advance(timedelta(minutes=1))
    await world.deliver()

    assert await state(world) is CredentialState.VALID
    assert await stored(world) == NEW


async def test_an_old_password_that_cannot_be_tried_is_left_unverified_so_that_nothing_loops(
    world: World,
) -> None:
    await rotate_in_doubt(world, recorded=False)
    world.bureau.fail("test_credentials", BureauFailure(failure=FailureClass.CREDENTIAL), LOST)
    await find_out(world)

    assert await state(world) is CredentialState.UNVERIFIED
    assert await stored(world) == PEFIN_PASSWORD
    world.clock.advance(timedelta(hours=1))
    assert await world.deliver() == 0


@pytest.mark.parametrize("operation_done", [True, False])
async def test_a_crash_in_the_middle_is_cleared_up_by_the_dispatcher(
    world: World, operation_done: bool
) -> None:
    pause = world.bureau.pause("change_password")
    crashed = asyncio.create_task(rotate(world))
    await pause.reached.wait()
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)
    if operation_done:
        let_the_bureau_take(world, NEW)

    assert await world.deliver() == 0
    world.clock.advance(LEASE + timedelta(seconds=1))
    await world.deliver()

    assert await state(world) is CredentialState.VALID
    assert await stored(world) == at_the_bureau(world)


async def test_a_refusal_of_the_new_password_keeps_the_old_one(world: World) -> None:
    refusal = BureauFailure(failure=FailureClass.VALIDATION, code="S1", message="Senha fraca")
    world.bureau.fail("change_password", refusal)

    with pytest.raises(BureauFailure) as raised:
        await rotate(world)

    assert raised.value.code == "S1"
    assert await state(world) is CredentialState.VALID
    assert await stored(world) == PEFIN_PASSWORD
    await rotate(world)


async def test_a_refused_old_password_must_be_adopted_first(world: World) -> None:
    let_the_bureau_take(world, Secret("975310"))

    with pytest.raises(CredentialsRefused):
        await rotate(world)
    assert await state(world) is CredentialState.REFUSED
    with pytest.raises(CredentialsRefused):
        await rotate(world)
    assert len(world.bureau.called("change_password")) == 1

    await adopt(world, Secret("975310"))
    await rotate(world)
    assert await stored(world) == NEW


async def test_two_changes_at_once_are_one_change_and_one_conflict(world: World) -> None:
    results = await asyncio.gather(rotate(world), rotate(world, Secret("975310")), return_exceptions=True)

    assert [type(result) for result in results] == [RotationDone, Conflict]
    assert await stored(world) == at_the_bureau(world)


async def test_the_same_key_changes_once(world: World) -> None:
    await rotate(world, idempotency_key="k1")

    await rotate(world, idempotency_key="k1")

    assert len(world.bureau.called("change_password")) == 1
    with pytest.raises(IdempotencyConflict):
        await rotate(world, Secret("975310"), idempotency_key="k1")


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("adopted", [False, True])
async def test_the_same_key_tells_of_its_change_when_another_password_has_replaced_it_since(
    world: World, in_doubt: bool, adopted: bool
) -> None:
    if in_doubt:
        await rotate_in_doubt(world, idempotency_key="k1")
        await find_out(world)
    else:
        await rotate(world, idempotency_key="k1")
    later = Secret("975310")
    if adopted:
        let_the_bureau_take(world, later)
        await adopt(world, later)
    else:
        await rotate(world, later, idempotency_key="k2")
    asked = len(world.bureau.calls)

    repeated = await rotate(world, idempotency_key="k1")

    assert repeated == RotationDone(integration=await world.stored_integration(), warnings=("REPLACED",))
    assert await stored(world) == at_the_bureau(world) == later
    assert len(world.bureau.calls) == asked


async def test_the_same_key_does_what_has_not_been_done_also_after_a_later_change(world: World) -> None:
    world.bureau.fail("change_password", DOWN)
    with pytest.raises(BureauFailure):
        await rotate(world, idempotency_key="k1")
    await rotate(world, Secret("975310"), idempotency_key="k2")

    assert (await rotate(world, idempotency_key="k1")).warnings == ()

    assert await stored(world) == at_the_bureau(world) == NEW


async def test_what_a_key_produced_is_told_to_nobody_who_does_not_reach_the_integration(world: World) -> None:
    await rotate(world, idempotency_key="k1")

    elsewhere = replace(world.caller, branch_ids=frozenset({make_branch().id}))
    with pytest.raises(NotFound):
        await rotate(world, caller=elsewhere, idempotency_key="k1")


@pytest.mark.parametrize("recorded", [True, False])
async def test_the_same_key_has_the_new_password_in_the_end_also_when_it_was_in_doubt(
    world: World, recorded: bool
) -> None:
    await rotate_in_doubt(world, recorded=recorded, idempotency_key="k1")
    with pytest.raises(Conflict):
        await rotate(world, idempotency_key="k1")
    await find_out(world)

    await rotate(world, idempotency_key="k1")

    assert await stored(world) == at_the_bureau(world) == NEW
    assert len(world.bureau.called("change_password")) == (1 if recorded else 2)


async def test_what_is_out_of_reach_does_not_exist(world: World) -> None:
    with pytest.raises(NotFound):
        await rotate(world, caller=make_caller(branch_ids=frozenset({make_branch().id})))
    with pytest.raises(Forbidden):
        await rotate(world, caller=make_caller(scopes=frozenset(Scope) - {Scope.ROTATE_CREDENTIALS}))


async def test_adopting_stores_here_only_and_tries_once(world: World) -> None:
    let_the_bureau_take(world, Secret("975310"))

    done = await adopt(world, Secret("975310"))

    assert done.integration.pefin.state is CredentialState.VALID
    assert world.bureau.called("change_password") == []
    assert len(world.bureau.called("test_credentials")) == 1


async def test_an_adopted_password_that_is_refused_stays_stored_and_marked(world: World) -> None:
    with pytest.raises(CredentialsRefused):
        await adopt(world, Secret("975310"))

    assert await state(world) is CredentialState.REFUSED
    assert await stored(world) == Secret("975310")


@pytest.mark.parametrize("failure", [LOST, LOCKED])
async def test_an_adopted_password_that_cannot_be_tried_stays_unverified(
    world: World, failure: BureauFailure
) -> None:
    world.bureau.fail("test_credentials", failure)

    done = await adopt(world, Secret("975310"))

    assert "UNVERIFIED" in done.warnings
    assert await state(world) is CredentialState.UNVERIFIED


async def test_an_adopted_password_may_be_an_earlier_one_but_must_meet_the_criteria(world: World) -> None:
    await rotate(world)
    let_the_bureau_take(world, PEFIN_PASSWORD)
    assert (await adopt(world, PEFIN_PASSWORD)).integration.pefin.state is CredentialState.VALID

    with pytest.raises(PasswordRefused):
        await adopt(world, Secret("123456"))
