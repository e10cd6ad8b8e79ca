"""Branches."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.branch import MAX_DAILY_BUDGET, Branch
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.negativation import NegativationStatus
from core.domain.states import StateCode
from core.use_cases.save_branch import (
    BranchChanges,
    BranchFields,
    CreateBranch,
    CreateBranchCommand,
    UpdateBranch,
    UpdateBranchCommand,
)
from support.builders import NOW, make_negativation, new_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World

WHOLE = BranchFields(
    name=" Filial Norte ",
    document=synthetic_cnpj(701).formatted,
    state_code="rs",
    city="Caxias do Sul",
    requires_rescission=True,
    external_id="filial-2",
)


async def create(world: World, fields: BranchFields = WHOLE, **changes: Any) -> Branch:
    command = CreateBranchCommand(caller=world.caller, fields=fields)
    return await world.use_case(CreateBranch)(replace(command, **changes))


async def update(world: World, changes: BranchChanges, **given: Any) -> Branch:
    command = UpdateBranchCommand(caller=world.caller, branch_id=world.branch.id, changes=changes)
    return await world.use_case(UpdateBranch)(replace(command, **given))


async def test_a_branch_is_stored_as_it_is_kept(world: World) -> None:
    created = await create(world)
    async with world.units_of_work.read() as work:
        assert await work.branches.get(created.id) == created
    assert created == Branch(
        id=created.id,
        number=created.number,
        external_id="filial-2",
        name="Filial Norte",
        document=synthetic_cnpj(701),
        state_code=StateCode.RS,
        city="Caxias do Sul",
        integration_id=None,
        requires_rescission=True,
        daily_consultation_budget=None,
        created_at=NOW,
        updated_at=NOW,
    )
    (event,) = await events_of(world, AuditAction.RECORD_CREATED)
    assert (event.record_kind, event.branch_id) == ("Branch", created.id)


async def test_every_problem_is_said_at_once(world: World) -> None:
    fields = BranchFields(
        name="x" * 121, document=synthetic_cpf(1).number, state_code="", city=" ", external_id="x" * 101
    )
    with refused(world, InvalidInput) as caught:
        await create(world, fields)
    assert problems_of(caught) == {
        ("name", "INVALID_TEXT"),
        ("document", "WRONG_DOCUMENT_KIND"),
        ("stateCode", "INVALID_STATE_CODE"),
        ("city", "INVALID_TEXT"),
        ("externalId", "INVALID_TEXT"),
    }


async def test_the_same_sent_twice_at_once_is_one_branch(world: World) -> None:
    first, second = await asyncio.gather(create(world), create(world))
    assert first == second


async def test_the_same_sent_again_after_it_was_linked_is_the_same_branch(world: World) -> None:
    created = await create(world)
    linked = replace(created, integration_id=new_id())
    async with world.units_of_work.begin() as work:
        await work.branches.save(linked)
    assert await create(world) == linked


async def test_something_else_under_the_same_external_id_is_a_conflict(world: World) -> None:
    await create(world)
    with refused(world, Conflict) as caught:
        await create(world, replace(WHOLE, requires_rescission=False))
    assert caught.value.reason == "EXTERNAL_ID_TAKEN"


async def test_what_is_given_changes_and_the_rest_stays(world: World) -> None:
    world.clock.advance(timedelta(hours=1))
    updated = await update(world, BranchChanges(city="Indaial", external_id="filial-1"))
    now = world.clock.now()
    assert updated == replace(world.branch, city="Indaial", external_id="filial-1", updated_at=now)
    assert updated.integration_id == world.integration.id
    assert await update(world, BranchChanges(city="Indaial")) == updated
    assert len(await events_of(world, AuditAction.RECORD_UPDATED)) == 1


@pytest.mark.parametrize("status", NegativationStatus)
async def test_the_cnpj_stays_while_debts_are_registered_in_its_name(
    world: World, status: NegativationStatus
) -> None:
    async with world.units_of_work.begin() as work:
        await work.negativations.add(make_negativation(branch_id=world.branch.id, status=status))
    changes = BranchChanges(document=synthetic_cnpj(702).number)
    if not status.live:
        assert (await update(world, changes)).document == synthetic_cnpj(702)
        return
    with refused(world, Conflict) as caught:
        await update(world, changes)
    assert caught.value.reason == "BRANCH_NEGATIVATED"


async def test_only_a_caller_who_reaches_every_branch_adds_one(world: World) -> None:
    limited = replace(world.caller, branch_ids=frozenset({world.branch.id}))
    with refused(world, Forbidden) as caught:
        await create(world, caller=limited)
    assert caught.value.scope == "EVERY_BRANCH"
    assert (await update(world, BranchChanges(name="Matriz"), caller=limited)).name == "Matriz"


async def test_who_may_write(world: World) -> None:
    reader = replace(world.caller, scopes=frozenset(Scope) - {Scope.WRITE_RECORDS})
    with refused(world, Forbidden):
        await create(world, caller=reader)
    with refused(world, Forbidden):
        await update(world, BranchChanges(name="x"), caller=reader)
    with refused(world, NotFound) as caught:
        stranger = replace(world.caller, branch_ids=frozenset({new_id()}))
        await update(world, BranchChanges(name="x"), caller=stranger)
    assert (caught.value.kind, caught.value.path) == ("Branch", ("branchId",))


async def test_what_may_be_spent_is_set_by_those_who_configure(world: World) -> None:
    clerk = replace(world.caller, scopes=frozenset(Scope) - {Scope.CONFIGURE})
    for budget in (5, None):
        with refused(world, Forbidden) as caught:
            await update(world, BranchChanges(daily_consultation_budget=budget), caller=clerk)
        assert caught.value.scope == "CONFIGURE"
    assert (await update(world, BranchChanges(city="Gaspar"), caller=clerk)).city == "Gaspar"


@pytest.mark.parametrize("budget", [0, 1, MAX_DAILY_BUDGET, None])
async def test_a_budget_is_set_and_lifted(world: World, budget: int | None) -> None:
    updated = await update(world, BranchChanges(daily_consultation_budget=budget))
    assert updated.daily_consultation_budget == budget
    assert (await update(world, BranchChanges(city="Gaspar"))).daily_consultation_budget == budget


@pytest.mark.parametrize("budget", [-1, MAX_DAILY_BUDGET + 1])
async def test_a_budget_out_of_range_is_refused(world: World, budget: int) -> None:
    with refused(world, InvalidInput) as caught:
        await update(world, BranchChanges(daily_consultation_budget=budget))
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == (("dailyConsultationBudget",), "INVALID_BUDGET")


async def test_the_same_sent_again_after_a_budget_was_set_is_the_same_branch(world: World) -> None:
    created = await create(world)
    budgeted = replace(created, daily_consultation_budget=3)
    async with world.units_of_work.begin() as work:
        await work.branches.save(budgeted)
    assert await create(world) == budgeted
