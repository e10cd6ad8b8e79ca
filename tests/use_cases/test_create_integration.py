"""Creating an integration: one per branch, all problems at once, and for production only what the bureau takes."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.branch import Branch
from core.domain.bureau import (
    BureauAccount,
    BureauFailure,
    BureauNotConfigured,
    CredentialKind,
    Environment,
    FailureClass,
)
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.errors import Forbidden, InvalidInput, NotFound
from core.domain.integration import BranchAlreadyIntegrated, Integration, Intermediary
from core.domain.listing import IntegrationFilter
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import ConsultationPlan, IntegrationPlan, PlanNotAllowed
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from core.use_cases.create_integration import CreateIntegration, CreateIntegrationCommand
from core.use_cases.fetch_results import PREFIX, results_routine
from core.use_cases.integration_input import AutomationFields
from support.builders import NOW, new_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World

WEB, PEFIN = Secret("Ab1@xyzW"), Secret("135790")


@pytest.fixture
async def branch(world: World) -> Branch:
    """A second branch, without an integration."""
    return await world.add_branch()


def command_for(world: World, branch: Branch, **changes: Any) -> CreateIntegrationCommand:
    command = CreateIntegrationCommand(
        caller=world.caller,
        branch_id=branch.id,
        environment=Environment.HOMOLOGATION,
        login="fiador-norte",
        responsible_cpf=synthetic_cpf(7).formatted,
        consultation_password=WEB,
        pefin_password=PEFIN,
    )
    return replace(command, **changes)


async def create(world: World, branch: Branch, **changes: Any) -> Integration:
    return await world.use_case(CreateIntegration)(command_for(world, branch, **changes))


async def test_all_thirteen_fields_are_stored(world: World, branch: Branch) -> None:
    automation = AutomationFields(enabled=True, restriction_code=" OO ", clearing_code="01")
    created = await create(
        world,
        branch,
        login="  fiador-norte ",
        plan=IntegrationPlan.ALL,
        send_sms_on_inclusion=True,
        automation=automation,
    )

    async with world.units_of_work.read() as work:
        assert await work.integrations.get(created.id) == created
    assert created.number > 0
    assert created.intermediary is Intermediary.CONNECT
    assert (created.branch_id, created.environment) == (branch.id, Environment.HOMOLOGATION)
    assert created.login == "fiador-norte"
    assert created.plan is IntegrationPlan.ALL
    assert created.send_sms_on_inclusion
    assert created.responsible_cpf == synthetic_cpf(7)
    assert created.automation.enabled
    assert (created.automation.restriction_code, created.automation.clearing_code) == ("OO", "01")
    for kind, password in ((CredentialKind.CONSULTATION, WEB), (CredentialKind.PEFIN, PEFIN)):
        sealed = created.credential(kind).sealed
        assert sealed is not None
        assert world.vault.open(sealed, secret_context(created.id, kind)) == password


async def test_it_is_not_linked_by_being_created(world: World, branch: Branch) -> None:
    await create(world, branch)
    async with world.units_of_work.read() as work:
        stored = await work.branches.get(branch.id)
    assert stored is not None
    assert stored.integration_id is None


async def test_the_plan_is_report_and_score_unless_another_is_named(world: World, branch: Branch) -> None:
    assert (await create(world, branch)).plan is IntegrationPlan.REPORT_AND_SCORE


async def test_in_homologation_passwords_are_stored_untried(world: World, branch: Branch) -> None:
    created = await create(world, branch, pefin_password=None)
    assert created.consultation.state is CredentialState.UNVERIFIED
    assert created.consultation.last_success_at is None
    assert (created.pefin.state, created.pefin.sealed) == (CredentialState.MISSING, None)
    assert world.bureau.calls == []


async def test_the_first_passwords_join_the_history(world: World, branch: Branch) -> None:
    created = await create(world, branch)
    async with world.units_of_work.read() as work:
        for kind, password in ((CredentialKind.CONSULTATION, WEB), (CredentialKind.PEFIN, PEFIN)):
            (used,) = await work.integrations.password_history(created.id, kind)
            assert await world.hasher.matches_any(password, [used.password_hash])
            assert password.value not in used.password_hash


async def test_its_results_are_fetched_from_now_on(world: World, branch: Branch) -> None:
    created = await create(world, branch)
    taken = []
    async with world.units_of_work.begin() as work:
        while routine := await work.routines.take(PREFIX, now=NOW, leased_until=NOW + timedelta(minutes=1)):
            taken.append(routine.name)
    assert results_routine(created.id) in taken


async def test_the_trail_tells_of_it_without_secrets(world: World, branch: Branch) -> None:
    created = await create(world, branch)
    (event,) = await events_of(world, AuditAction.INTEGRATION_CREATED)
    assert (event.record_id, event.branch_id) == (created.id, branch.id)
    assert WEB.value not in repr(event)
    assert PEFIN.value not in repr(event)


async def test_production_is_tested_first_free_of_charge(world: World, branch: Branch) -> None:
    created = await create(world, branch, environment=Environment.PRODUCTION)
    assert [(call.operation, call.key) for call in world.bureau.calls] == [
        ("test_credentials", "CONSULTATION"),
        ("test_credentials", "PEFIN"),
    ]
    account = BureauAccount(
        integration_id=created.id,
        environment=Environment.PRODUCTION,
        login="fiador-norte",
        password=PEFIN,
    )
    assert world.bureau.calls[1].account == account
    for kind in CredentialKind:
        assert created.credential(kind).state is CredentialState.VALID
        assert created.credential(kind).last_success_at == NOW


@pytest.mark.parametrize("kind", CredentialKind)
async def test_a_password_that_the_bureau_refuses_creates_nothing(
    world: World, branch: Branch, kind: CredentialKind
) -> None:
    world.bureau.passwords["fiador-norte", kind] = Secret("another")
    calls = 1 if kind is CredentialKind.CONSULTATION else 2
    with refused(world, CredentialsRefused, bureau_calls=calls) as caught:
        await create(world, branch, environment=Environment.PRODUCTION)
    assert caught.value.credential is kind


@pytest.mark.parametrize("failure", [FailureClass.TRANSIENT, FailureClass.UNDETERMINED])
async def test_a_bureau_that_cannot_say_creates_nothing(
    world: World, branch: Branch, failure: FailureClass
) -> None:
    world.bureau.fail("test_credentials", BureauFailure(failure=failure))
    with refused(world, BureauFailure, bureau_calls=1) as caught:
        await create(world, branch, environment=Environment.PRODUCTION)
    assert caught.value.failure is FailureClass.TRANSIENT


async def test_an_environment_without_an_address_is_a_problem_of_the_input(
    world: World, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_configured(account: BureauAccount, kind: CredentialKind) -> None:
        raise BureauNotConfigured(environment=account.environment)

    monkeypatch.setattr(world.bureau, "test_credentials", not_configured)
    with refused(world, InvalidInput) as caught:
        await create(world, branch, environment=Environment.PRODUCTION)
    assert problems_of(caught) == {("environment", "ENVIRONMENT_NOT_CONFIGURED")}


async def test_every_problem_is_said_at_once(world: World, branch: Branch) -> None:
    with refused(world, InvalidInput) as caught:
        await create(
            world,
            branch,
            environment=Environment.PRODUCTION,
            login=" ",
            responsible_cpf=synthetic_cnpj(1).formatted,
            consultation_password=Secret("with space "),
            pefin_password=None,
            automation=AutomationFields(enabled=True, restriction_code=" "),
        )
    assert problems_of(caught) == {
        ("login", "INVALID_TEXT"),
        ("responsibleCpf", "WRONG_DOCUMENT_KIND"),
        ("consultationPassword", "INVALID_PASSWORD"),
        ("pefinPassword", "PASSWORD_REQUIRED"),
        ("automation.restrictionCode", "RESTRICTION_CODE_REQUIRED"),
        ("automation.clearingCode", "CLEARING_CODE_REQUIRED"),
    }


@pytest.mark.parametrize("password", ["", " Ab1@xyz", "Ab1@xyz\n", "Ab1\x00xyz", "x" * 65])
async def test_what_cannot_be_a_password_is_refused(world: World, branch: Branch, password: str) -> None:
    with refused(world, InvalidInput) as caught:
        await create(world, branch, pefin_password=Secret(password))
    assert problems_of(caught) == {("pefinPassword", "INVALID_PASSWORD")}
    assert password.strip() == "" or password not in repr(caught.value.problems)


async def test_the_longest_password_is_taken(world: World, branch: Branch) -> None:
    created = await create(world, branch, pefin_password=Secret("x" * 64))
    assert created.pefin.sealed is not None


async def test_codes_are_optional_without_automation(world: World, branch: Branch) -> None:
    created = await create(world, branch, automation=AutomationFields(restriction_code="OO"))
    assert not created.automation.enabled
    assert (created.automation.restriction_code, created.automation.clearing_code) == ("OO", None)


async def test_analysis_switched_off_refuses_it_before_the_bureau_is_asked(
    world: World, branch: Branch
) -> None:
    await world.set_parameters(enabled=False)
    with refused(world, CreditAnalysisDisabled):
        await create(world, branch, environment=Environment.PRODUCTION)


async def test_analysis_switched_off_while_the_bureau_is_asked_refuses_it(
    world: World, branch: Branch
) -> None:
    pause = world.bureau.pause("test_credentials")
    going = asyncio.create_task(create(world, branch, environment=Environment.PRODUCTION))
    await pause.reached.wait()
    await world.set_parameters(enabled=False)
    with refused(world, CreditAnalysisDisabled, bureau_calls=1):
        pause.resumed.set()
        await going


@pytest.mark.parametrize(
    ("plan", "ended_on", "allowed"),
    [
        (IntegrationPlan.CREDNET_TOP, date(2026, 3, 16), False),
        (IntegrationPlan.NEGATIVE_INDICATOR, date(2026, 1, 1), False),
        (IntegrationPlan.CREDNET_TOP, date(2026, 3, 17), True),
        (IntegrationPlan.CREDNET_TOP, None, True),
        (IntegrationPlan.REPORT_AND_SCORE, date(2026, 1, 1), True),
        (IntegrationPlan.ALL, date(2026, 1, 1), True),
    ],
)
async def test_a_discontinued_plan_is_refused_from_its_end_on(
    world: World, branch: Branch, plan: IntegrationPlan, ended_on: date | None, allowed: bool
) -> None:
    await world.set_parameters(deprecated_plans_end_on=ended_on)
    if allowed:
        assert (await create(world, branch, plan=plan)).plan is plan
        return
    with refused(world, PlanNotAllowed) as caught:
        await create(world, branch, plan=plan)
    assert caught.value.allowed == (ConsultationPlan.REPORT_AND_SCORE,)
    assert caught.value.ended_on == ended_on


async def test_a_branch_has_one_integration(world: World) -> None:
    with refused(world, BranchAlreadyIntegrated) as caught:
        await create(world, world.branch, environment=Environment.PRODUCTION)
    assert caught.value.branch_number == world.branch.number


async def test_of_two_at_once_one_wins(world: World, branch: Branch) -> None:
    outcomes = await asyncio.gather(create(world, branch), create(world, branch), return_exceptions=True)
    errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in errors] == [BranchAlreadyIntegrated]
    async with world.units_of_work.read() as work:
        of_branch = IntegrationFilter(branch_ids=frozenset({branch.id}), deleted=True)
        assert await work.integrations.count(of_branch) == 1


async def test_of_two_at_once_one_wins_also_when_both_wait_for_the_bureau(
    world: World, branch: Branch
) -> None:
    pause = world.bureau.pause("test_credentials")
    production = Environment.PRODUCTION
    tasks = [asyncio.create_task(create(world, branch, environment=production)) for _ in range(2)]
    await pause.reached.wait()
    pause.resumed.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "BranchAlreadyIntegrated",
        "Integration",
    ]


async def test_a_branch_out_of_reach_does_not_exist(world: World, branch: Branch) -> None:
    stranger = replace(world.caller, branch_ids=frozenset({world.branch.id}))
    for changes in ({"caller": stranger}, {"branch_id": new_id()}):
        with refused(world, NotFound) as caught:
            await create(world, branch, **changes)
        assert (caught.value.kind, caught.value.path) == ("Branch", ("branchId",))


async def test_it_needs_the_scope(world: World, branch: Branch) -> None:
    others = replace(world.caller, scopes=frozenset(Scope) - {Scope.CONFIGURE})
    with refused(world, Forbidden) as caught:
        await create(world, branch, caller=others)
    assert caught.value.scope == "CONFIGURE"
