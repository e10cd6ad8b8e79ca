"""Consulting: who and what is consulted, by which plan, and what is refused before it costs."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import CredentialKind
from core.domain.consultation import ConsultationOutcome
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.errors import Forbidden, InvalidInput, NotFound
from core.domain.integration import IntegrationNotLinked
from core.domain.listing import ConsultationFilter
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import ConsultationPlan, IntegrationPlan, PlanNotAllowed, PlanRequired
from core.domain.report import Score
from core.domain.secret import Secret
from core.domain.subjects import SubjectKind
from core.use_cases.consultation_subject import CustomerSubject, DocumentSubject, LeadSubject, ProspectSubject
from support.builders import make_branch, make_caller, make_lead, make_prospect
from support.consulting import consult
from support.documents import synthetic_cnpj
from support.trail import actions_of
from support.world import World


async def stored_count(world: World) -> int:
    async with world.units_of_work.read() as work:
        return await work.consultations.count(ConsultationFilter())


async def test_a_customer_is_consulted_with_the_documents_and_state_of_the_record(world: World) -> None:
    consultation = await consult(world)

    assert consultation.outcome is ConsultationOutcome.SUCCEEDED
    assert (consultation.subject_kind, consultation.subject_id) == (SubjectKind.CUSTOMER, world.customer.id)
    assert consultation.document == world.customer.document
    assert consultation.state_code == world.customer.address.state_code
    assert consultation.billable
    assert consultation.cost is not None
    assert world.bureau.billed == {consultation.key: 1}
    async with world.units_of_work.read() as work:
        report = (await work.consultations.reports([consultation.id]))[consultation.id]
        original = await work.consultations.original(consultation.id)
    assert report.score == Score(700)
    assert original == (world.bureau.reports[consultation.key].original, "text/html; charset=utf-8")


async def test_leads_prospects_and_bare_documents_are_consulted(world: World) -> None:
    lead = make_lead(branch_id=world.branch.id)
    prospect = make_prospect(branch_id=world.branch.id, state_code=None)
    async with world.units_of_work.begin() as work:
        await work.leads.add(lead)
        await work.prospects.add(prospect)
    document = synthetic_cnpj(77, letters=True)

    of_lead = await consult(world, subject=LeadSubject(lead.id))
    of_prospect = await consult(world, subject=ProspectSubject(prospect.id))
    bare = await consult(world, subject=DocumentSubject(world.branch.id, document.formatted.lower()))

    kinds = [of_lead.subject_kind, of_prospect.subject_kind, bare.subject_kind]
    assert kinds == [SubjectKind.LEAD, SubjectKind.PROSPECT, SubjectKind.CNPJ]
    assert bare.document == document


@pytest.mark.parametrize(
    ("number", "state_code", "codes"),
    [
        ("111.111.111-11", "SC", ["INVALID_DOCUMENT"]),
        ("529.982.247-25", None, ["STATE_CODE_REQUIRED"]),
        ("529.982.247-25", "XX", ["INVALID_STATE_CODE"]),
        ("123", "XX", ["INVALID_DOCUMENT", "INVALID_STATE_CODE"]),
    ],
)
async def test_a_wrong_document_or_state_costs_nothing_and_all_of_it_is_said(
    world: World, number: str, state_code: str | None, codes: list[str]
) -> None:
    with pytest.raises(InvalidInput) as raised:
        await consult(world, subject=DocumentSubject(world.branch.id, number, state_code))

    assert [problem.code for problem in raised.value.problems] == codes
    assert world.bureau.calls == []
    assert await stored_count(world) == 0


async def test_a_lead_without_document_and_state_is_told_so(world: World) -> None:
    lead = make_lead(branch_id=world.branch.id, document=None, state_code=None)
    async with world.units_of_work.begin() as work:
        await work.leads.add(lead)

    with pytest.raises(InvalidInput) as raised:
        await consult(world, subject=LeadSubject(lead.id))

    assert [problem.code for problem in raised.value.problems] == ["DOCUMENT_MISSING", "STATE_CODE_MISSING"]


async def test_switched_off_nothing_is_consulted(world: World) -> None:
    await world.set_parameters(enabled=False)

    with pytest.raises(CreditAnalysisDisabled):
        await consult(world)
    assert world.bureau.calls == []


async def test_a_branch_without_a_link_cannot_consult(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(world.branch, integration_id=None))

    with pytest.raises(IntegrationNotLinked) as raised:
        await consult(world)
    assert raised.value.branch_number == world.branch.number


async def test_what_is_out_of_reach_does_not_exist(world: World) -> None:
    stranger = make_caller(branch_ids=frozenset({make_branch().id}))

    for subject in (
        CustomerSubject(world.customer.id),
        DocumentSubject(world.branch.id, "52998224725", "SC"),
    ):
        with pytest.raises(NotFound):
            await consult(world, caller=stranger, subject=subject)
    with pytest.raises(NotFound):
        await consult(world, subject=CustomerSubject(UUID(int=1)))


async def test_the_scope_is_needed(world: World) -> None:
    with pytest.raises(Forbidden):
        await consult(world, caller=make_caller(scopes=frozenset(Scope) - {Scope.CONSULT}))


async def test_set_to_all_the_plan_must_be_said(world: World) -> None:
    with pytest.raises(PlanRequired) as raised:
        await consult(world, plan=None)
    assert raised.value.allowed == tuple(ConsultationPlan)


async def test_a_fixed_plan_is_used_and_never_switched_silently() -> None:
    world = await World().populate(plan=IntegrationPlan.CREDNET_TOP)

    with pytest.raises(PlanNotAllowed):
        await consult(world, plan=ConsultationPlan.REPORT_AND_SCORE)
    assert (await consult(world, plan=None)).plan is ConsultationPlan.CREDNET_TOP


async def test_a_discontinued_plan_is_refused_from_its_last_day_on(world: World) -> None:
    await world.set_parameters(deprecated_plans_end_on=date(2026, 3, 17))
    await consult(world, plan=ConsultationPlan.CREDNET_TOP)

    world.clock.advance(timedelta(days=1))
    with pytest.raises(PlanNotAllowed) as raised:
        await consult(world, plan=ConsultationPlan.CREDNET_TOP, confirm_repeat=True)
    assert raised.value.ended_on == date(2026, 3, 17)


async def test_a_refused_password_stops_further_calls(world: World) -> None:
    login = (world.integration.login, CredentialKind.CONSULTATION)
    world.bureau.passwords[login] = replace(world.bureau.passwords[login], value="Outra12@")

    for _ in range(2):
        with pytest.raises(CredentialsRefused):
            await consult(world)

    assert len(world.bureau.called("consult")) == 1
    stored = await world.stored_integration()
    assert stored.consultation.state is CredentialState.REFUSED
    assert AuditAction.CREDENTIALS_REFUSED in await actions_of(world)


async def test_while_a_password_is_changed_consultations_wait(world: World) -> None:
    sealed = world.vault.seal(Secret("Nova123@"), "elsewhere")
    rotating = world.integration.consultation.rotating(sealed, world.clock.now())
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration.with_credential(rotating))
    waiting = asyncio.create_task(consult(world))
    await asyncio.sleep(0)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(world.integration)

    assert (await waiting).outcome is ConsultationOutcome.SUCCEEDED
    assert world.clock.slept
