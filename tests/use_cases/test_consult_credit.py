"""Consulting: what is refused before it costs, what is warned of, and that nothing is billed twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.bureau import (
    BureauFailure,
    CredentialKind,
    Environment,
    FailureClass,
)
from core.domain.consultation import Consultation, ConsultationOutcome, RepeatConsultation
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.errors import Forbidden, IdempotencyConflict, InvalidInput, NotFound
from core.domain.integration import IntegrationNotLinked
from core.domain.listing import AuditFilter, AuditOrder, ConsultationFilter, ConsultationOrderField
from core.domain.paging import Direction, Order, Window
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import ConsultationPlan, IntegrationPlan, PlanNotAllowed, PlanRequired
from core.domain.report import Score
from core.domain.secret import Secret
from core.domain.subjects import SubjectKind
from core.use_cases.consult_credit import BLOCKS_FOR, LEASE, PATIENCE, ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject, DocumentSubject, LeadSubject, ProspectSubject
from core.use_cases.recover_consultation import GIVE_UP_AFTER
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.builders import make_branch, make_caller, make_lead, make_prospect
from support.documents import synthetic_cnpj, synthetic_cpf
from support.world import World

PLAN = ConsultationPlan.REPORT_AND_SCORE


async def consult(world: World, **changes: Any) -> Consultation:
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=PLAN)
    return await world.use_case(ConsultCredit)(replace(command, **changes))


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


async def test_inside_the_interval_the_answer_is_a_warning_with_the_earlier_consultation(
    world: World,
) -> None:
    first = await consult(world)
    world.clock.advance(timedelta(days=29))

    with pytest.raises(RepeatConsultation) as raised:
        await consult(world, plan=ConsultationPlan.CREDNET_TOP)

    assert raised.value.last == first
    assert raised.value.available_on == date(2026, 4, 15)
    assert len(world.bureau.called("consult")) == 1
    events = await audited_actions(world)
    assert events == [AuditAction.CONSULTATION_WARNED, AuditAction.CONSULTATION_PERFORMED]


async def audited_actions(world: World) -> list[AuditAction]:
    async with world.units_of_work.read() as work:
        page = await work.audit.page(
            AuditFilter(), Order(AuditOrder.NUMBER, Direction.DESC), Window(size=100)
        )
    return [edge.record.action for edge in page.edges]


async def test_confirmed_it_is_consulted_again(world: World) -> None:
    await consult(world)

    again = await consult(world, confirm_repeat=True)

    assert again.repeat_confirmed
    assert len(world.bureau.billed) == 2


@pytest.mark.parametrize("interval", [None, 0])
async def test_without_an_interval_there_is_no_warning(world: World, interval: int | None) -> None:
    await world.set_parameters(repeat_interval_days=interval)
    await consult(world)

    await consult(world)

    assert len(world.bureau.billed) == 2


async def test_the_interval_counts_the_whole_company_but_not_the_other_environment(world: World) -> None:
    other = make_branch()
    integration = await world.add_integration(other)
    production = make_branch()
    real = await world.add_integration(production, environment=Environment.PRODUCTION)
    async with world.units_of_work.begin() as work:
        await work.branches.add(replace(other, integration_id=integration.id))
        await work.branches.add(replace(production, integration_id=real.id))
    await consult(world)
    number = world.customer.document.number

    with pytest.raises(RepeatConsultation):
        await consult(world, subject=DocumentSubject(other.id, number, "SC"))
    await consult(world, subject=DocumentSubject(production.id, number, "SC"))


async def test_failed_consultations_do_not_count_for_the_interval(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.TRANSIENT))
    with pytest.raises(BureauFailure):
        await consult(world)

    assert (await consult(world)).outcome is ConsultationOutcome.SUCCEEDED


async def test_equal_requests_at_the_same_moment_are_one_order(world: World) -> None:
    consultations = await asyncio.gather(*(consult(world) for _ in range(5)))

    assert len({consultation.id for consultation in consultations}) == 1
    assert list(world.bureau.billed.values()) == [1]


async def test_a_different_request_at_the_same_moment_waits_and_is_warned(world: World) -> None:
    pause = world.bureau.pause("consult")
    first = asyncio.create_task(consult(world))
    await pause.reached.wait()
    bare = DocumentSubject(world.branch.id, world.customer.document.number, "SC")
    second = asyncio.create_task(consult(world, subject=bare))
    await asyncio.sleep(0)
    pause.resumed.set()

    assert (await first).outcome is ConsultationOutcome.SUCCEEDED
    with pytest.raises(RepeatConsultation):
        await second
    assert list(world.bureau.billed.values()) == [1]


async def test_the_same_key_gives_the_same_answer_and_another_input_a_conflict(world: World) -> None:
    first = await consult(world, idempotency_key="k1")

    assert await consult(world, idempotency_key="k1") == first
    with pytest.raises(IdempotencyConflict):
        await consult(world, idempotency_key="k1", confirm_repeat=True)
    assert len(world.bureau.called("consult")) == 1


async def test_a_failure_is_repeated_to_the_same_key(world: World) -> None:
    refusal = BureauFailure(failure=FailureClass.LEGAL_BLOCK, code="900", message="CPF de menor")
    world.bureau.fail("consult", refusal)

    for _ in range(2):
        with pytest.raises(BureauFailure) as raised:
            await consult(world, idempotency_key="k1")
        assert (raised.value.code, raised.value.message) == ("900", "CPF de menor")
    assert len(world.bureau.called("consult")) == 1


async def test_an_empty_key_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput) as raised:
        await consult(world, idempotency_key=" ")
    assert raised.value.problems[0].path == ("idempotencyKey",)


async def test_a_lost_answer_is_asked_for_and_billed_once(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED), recorded=True)

    consultation = await consult(world)

    assert consultation.outcome is ConsultationOutcome.SUCCEEDED
    assert list(world.bureau.billed.values()) == [1]


async def test_a_lost_answer_that_cannot_be_asked_for_is_learnt_by_the_dispatcher(world: World) -> None:
    lost = BureauFailure(failure=FailureClass.UNDETERMINED)
    world.bureau.fail("consult", lost, recorded=True)
    world.bureau.fail("find_consultation", lost)
    with pytest.raises(BureauFailure):
        await consult(world, idempotency_key="k1")

    world.clock.advance(timedelta(seconds=30))
    assert await world.deliver() == 1

    assert (await consult(world, idempotency_key="k1")).outcome is ConsultationOutcome.SUCCEEDED
    assert list(world.bureau.billed.values()) == [1]


async def test_a_crash_after_the_order_is_cleared_up_by_the_dispatcher(world: World) -> None:
    pause = world.bureau.pause("consult")
    crashed = asyncio.create_task(consult(world))
    await pause.reached.wait()
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)

    assert await world.deliver() == 0
    world.clock.advance(LEASE)
    await world.deliver()
    assert len(world.bureau.called("find_consultation")) == 1
    world.clock.advance(GIVE_UP_AFTER)
    await world.deliver()

    async with world.units_of_work.read() as work:
        assert await work.consultations.open_ones(world.customer.document, Environment.HOMOLOGATION) == []
    assert world.bureau.billed == {}
    assert len(world.bureau.called("consult")) == 1


async def test_an_order_that_stays_open_is_not_repeated_but_reported_as_unavailable(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED))
    with pytest.raises(BureauFailure):
        await consult(world)

    before = world.clock.now()
    with pytest.raises(BureauFailure) as raised:
        await consult(world)

    assert raised.value.failure is FailureClass.UNDETERMINED
    assert PATIENCE <= world.clock.now() - before < PATIENCE + timedelta(seconds=1)
    assert len(world.bureau.called("consult")) == 1


async def test_a_refused_password_stops_further_calls(world: World) -> None:
    login = (world.integration.login, CredentialKind.CONSULTATION)
    world.bureau.passwords[login] = replace(world.bureau.passwords[login], value="Outra12@")

    for _ in range(2):
        with pytest.raises(CredentialsRefused):
            await consult(world)

    assert len(world.bureau.called("consult")) == 1
    stored = await world.stored_integration()
    assert stored.consultation.state is CredentialState.REFUSED
    assert AuditAction.CREDENTIALS_REFUSED in await audited_actions(world)


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


async def test_a_document_of_somebody_else_is_not_part_of_the_interval(world: World) -> None:
    await consult(world)

    await consult(world, subject=DocumentSubject(world.branch.id, synthetic_cpf(4711).number, "SC"))

    assert len(world.bureau.billed) == 2


async def test_an_outcome_that_nobody_can_ask_for_any_more_does_not_block_the_document(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED))
    with pytest.raises(BureauFailure):
        await consult(world)
    gone = replace(world.integration, deleted_at=world.clock.now())
    async with world.units_of_work.begin() as work:
        await work.integrations.save(gone.with_credential(gone.consultation.destroyed()))

    world.clock.advance(timedelta(minutes=1))
    await world.deliver()

    async with world.units_of_work.read() as work:
        page = await work.consultations.page(
            ConsultationFilter(),
            Order(ConsultationOrderField.NUMBER, Direction.ASC),
            Window(size=10),
        )
    assert [edge.record.outcome for edge in page.edges] == [ConsultationOutcome.FAILED]


async def test_a_key_that_joined_an_equal_order_stands_for_it(world: World) -> None:
    await world.set_parameters(repeat_interval_days=None)
    pause = world.bureau.pause("consult")
    first = asyncio.create_task(consult(world, idempotency_key="k1"))
    await pause.reached.wait()
    second = asyncio.create_task(consult(world, idempotency_key="k2"))
    await asyncio.sleep(0)
    pause.resumed.set()

    assert await first == await second == await consult(world, idempotency_key="k2")
    assert list(world.bureau.billed.values()) == [1]


async def test_an_order_that_stays_open_for_long_blocks_nobody(world: World) -> None:
    world.bureau.fail("consult", BureauFailure(failure=FailureClass.UNDETERMINED))
    with pytest.raises(BureauFailure):
        await consult(world)

    world.clock.advance(BLOCKS_FOR)

    assert (await consult(world)).outcome is ConsultationOutcome.SUCCEEDED


async def test_an_order_is_not_placed_when_its_lease_is_about_to_end(world: World) -> None:
    use_case = world.use_case(ConsultCredit)
    suspended = replace(use_case, units_of_work=Suspended(world))
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=PLAN)

    with pytest.raises(BureauFailure):
        await suspended(command)

    assert world.bureau.called("consult") == []


class Suspended(UnitsOfWork):
    """Units of work of a process that sleeps for a minute after each one."""

    def __init__(self, world: World) -> None:
        self._world = world

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with self._world.units_of_work.begin() as work:
            yield work
        self._world.clock.advance(timedelta(minutes=1))

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._world.units_of_work.read()
