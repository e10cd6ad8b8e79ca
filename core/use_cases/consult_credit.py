"""Consult a CPF or CNPJ at the credit bureau (consultar CPF/CNPJ). Every successful consultation costs money."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.branch import Branch
from core.domain.bureau import (
    BureauAccount,
    BureauFailure,
    BureauNotConfigured,
    BureauReport,
    ConsultationOrder,
    CredentialKind,
    FailureClass,
)
from core.domain.calendar_rules import local_date, start_of_day
from core.domain.consultation import (
    Consultation,
    ConsultationBudgetExceeded,
    ConsultationOutcome,
    ConsultationPurpose,
    RepeatConsultation,
)
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.errors import Conflict
from core.domain.integration import Integration
from core.domain.intents import Claim, Intent, IntentKind, consultation_recovery_key, recovery_account
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import ConsultationPlan, resolve_plan
from core.use_cases.bureau_access import open_account, refusal_noted
from core.use_cases.consultation_subject import ConsultationSubject, Subject, resolve_subject
from core.use_cases.lookout import Lookout
from core.use_cases.repeatable import earlier_result, remember_result
from core.use_cases.settle_consultation import Consulted, SettleConsultation
from core.use_cases.turns import Turns
from core.use_cases.visible import get_branch, linked_integration
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

OPERATION = "consultCredit"
LEASE = timedelta(seconds=20)
"""How long an order is this call's own business unless it says that it is still at it. After a crash the dispatcher asks
the bureau what became of the order, so that whoever repeats the request has the answer soon."""

RENEWED_EVERY = timedelta(seconds=5)
"""How often a call that waits for a slow bureau says so."""

PATIENCE = timedelta(seconds=45)
"""How long to wait for an equal order that is under way, or for a change of password."""

SENT_WITHIN = timedelta(seconds=15)
"""An order leaves so soon after it was written down, or never: it may be given up as not received minutes later."""

BLOCKS_FOR = timedelta(minutes=15)
"""How long an order whose answer is awaited keeps others of the same document waiting: longer than any is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultCreditCommand:
    """plan: needed when the integration is set to ALL (Todos). confirm_repeat: consult in spite of the warning.

    purpose: why (finalidade), for the record; equal requests at the same moment share the order of the first one.
    """

    caller: Caller
    subject: ConsultationSubject
    plan: ConsultationPlan | None = None
    confirm_repeat: bool = False
    purpose: ConsultationPurpose = ConsultationPurpose.CREDIT_GRANTING
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    consultation: Consultation
    integration: Integration
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """An order under way must end first, or a change of password (`consultation_id` is None then).

    join: whether the order's answer is the answer to this request too.
    """

    integration_id: UUID
    consultation_id: UUID | None = None
    join: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultCredit:
    """Policy.

    - Whatever can be seen to be wrong is refused before the bureau is asked, so a mistake costs nothing.
    - Inside the repeat interval the answer is a warning, unless the caller confirms.
    - A branch with a daily budget orders no more than that; what may still be billed counts as billed.
    - Equal requests at the same moment are one order: the bureau bills one key once, and the others get its answer. One
      of another kind waits until it is known whether it would be a repetition.
    - An order is sent once, by the call that wrote it down. Whoever else wants to know asks the bureau for it.

    Raises CreditAnalysisDisabled, IntegrationNotLinked, NotFound, InvalidInput, PlanRequired, PlanNotAllowed,
    RepeatConsultation, ConsultationBudgetExceeded, CredentialsRefused, IdempotencyConflict, Conflict ROTATION_IN_PROGRESS,
    BureauNotConfigured, and BureauFailure for what the bureau refused or could not do.
    """

    units_of_work: UnitsOfWork
    bureau: CreditBureau
    vault: Vault
    clock: Clock
    ids: Ids
    settle: SettleConsultation
    lookout: Lookout
    turns: Turns

    async def __call__(self, command: ConsultCreditCommand) -> Consulted:
        """Consult, or answer with what an equal request was answered."""
        command.caller.require(Scope.CONSULT)
        deadline = self.clock.now() + PATIENCE
        while True:
            async with self.turns.of(command.subject):
                step = await self._prepare(command)
            if isinstance(step, RepeatConsultation):
                raise step
            if isinstance(step, Consultation):
                return _answer(Consulted(step))
            if isinstance(step, _Order):
                return _answer(await self._deliver(step))
            ended = await self._ended(step, deadline)
            if step.join and isinstance(ended, Consultation):
                return _answer(Consulted(ended))

    async def _prepare(
        self, command: ConsultCreditCommand
    ) -> "_Order | _Wait | Consultation | RepeatConsultation":
        async with self.units_of_work.begin() as work:
            earlier_id = await earlier_result(
                work, self.vault, command.caller, command.idempotency_key, OPERATION, *_inputs(command)
            )
            if earlier_id is not None:
                earlier = await work.consultations.get(earlier_id)
                if earlier is not None:
                    # Told to nobody who does not reach its branch, or does so no more.
                    await get_branch(work, earlier.branch_id, command.caller, "subject")
                    return _wait_for(earlier, join=True) if earlier.outcome.open else earlier
            parameters = await work.parameters.credit()
            if not parameters.enabled:
                raise CreditAnalysisDisabled()
            subject = await resolve_subject(work, command.subject, command.caller)
            branch = await get_branch(work, subject.branch_id, command.caller, "subject")
            integration = await linked_integration(work, branch)
            now = self.clock.now()
            plan = resolve_plan(
                integration.plan,
                command.plan,
                today=local_date(now),
                deprecated_plans_end_on=parameters.deprecated_plans_end_on,
            )
            if integration.consultation.state is CredentialState.ROTATING:
                return _Wait(integration_id=integration.id)
            if not integration.consultation.usable:
                raise CredentialsRefused(credential=CredentialKind.CONSULTATION)
            await work.lock(f"document:{subject.document.number}")
            for under_way in await work.consultations.open_ones(subject.document, integration.environment):
                if now - under_way.performed_at >= BLOCKS_FOR:
                    continue
                if under_way.plan is plan:
                    if _equal(under_way, subject):
                        await self._remember(work, command, under_way)
                    return _wait_for(under_way, join=_equal(under_way, subject))
                if parameters.warns(under_way.performed_at, now) and not command.confirm_repeat:
                    return _wait_for(under_way)
            last = await work.consultations.last_successful(subject.document, integration.environment)
            if last is not None and parameters.warns(last.performed_at, now) and not command.confirm_repeat:
                await self._audit_warning(work, command.caller, last)
                return RepeatConsultation(last=last, available_on=parameters.available_on(last.performed_at))
            await self._hold_to_budget(work, branch, now)
            order = await self._place(
                work,
                command,
                subject,
                integration,
                plan,
                repeated=last is not None and command.confirm_repeat,
            )
            await self._remember(work, command, order.consultation)
            return order

    async def _hold_to_budget(self, work: UnitOfWork, branch: Branch, now: datetime) -> None:
        """Raise ConsultationBudgetExceeded when the branch may order no more today.

        Orders of a branch with a budget are placed one after the other, so that two cannot both be its last.
        """
        limit = branch.daily_consultation_budget
        if limit is None:
            return
        await work.lock(f"consultation-budget:{branch.id}")
        today = local_date(now)
        used = await work.consultations.billed_on(branch.id, today)
        if used >= limit:
            resets_at = start_of_day(today + timedelta(days=1)).astimezone(UTC)
            raise ConsultationBudgetExceeded(limit=limit, used=used, resets_at=resets_at)

    async def _remember(
        self, work: UnitOfWork, command: ConsultCreditCommand, consultation: Consultation
    ) -> None:
        """Let the caller's key stand for this consultation, whether it made it or joined it."""
        await remember_result(
            work,
            self.vault,
            command.caller,
            command.idempotency_key,
            OPERATION,
            *_inputs(command),
            result_id=consultation.id,
            at=self.clock.now(),
        )

    async def _place(
        self,
        work: UnitOfWork,
        command: ConsultCreditCommand,
        subject: Subject,
        integration: Integration,
        plan: ConsultationPlan,
        *,
        repeated: bool,
    ) -> _Order:
        """Write down that the bureau will be asked, before it is: a crash from here on is found and cleared up."""
        consultation_id = self.ids.new()
        consultation = await work.consultations.add(
            Consultation(
                id=consultation_id,
                number=0,
                key=f"{consultation_id}:consultation",
                subject_kind=subject.kind,
                subject_id=subject.record_id,
                document=subject.document,
                state_code=subject.state_code,
                plan=plan,
                environment=integration.environment,
                integration_id=integration.id,
                branch_id=subject.branch_id,
                outcome=ConsultationOutcome.PENDING,
                performed_at=self.clock.now(),
                performed_by=command.caller.name,
                repeat_confirmed=repeated,
                purpose=command.purpose,
            )
        )
        intent = Intent(
            key=consultation_recovery_key(consultation.key),
            account=recovery_account(integration.id),
            kind=IntentKind.RECOVER_CONSULTATION,
            subject_id=consultation.id,
        )
        claim = await work.outbox.put_leased(intent, LEASE)
        await work.audit.add(
            audited(
                command.caller,
                AuditAction.CONSULTATION_PERFORMED,
                event_id=self.ids.new(),
                at=consultation.performed_at,
                record=("Consultation", consultation.id),
                branch_id=consultation.branch_id,
                number=consultation.number,
                plan=plan.value,
                purpose=command.purpose.value,
                repeatConfirmed=repeated,
            )
        )
        return _Order(consultation=consultation, integration=integration, claim=claim)

    async def _deliver(self, order: _Order) -> Consulted:
        consultation, integration = order.consultation, order.integration
        kind, version = CredentialKind.CONSULTATION, integration.consultation.version
        account = open_account(self.vault, integration, kind)
        wanted = ConsultationOrder(
            key=consultation.key,
            document=consultation.document,
            state_code=consultation.state_code,
            plan=consultation.plan,
        )
        if self.clock.now() - consultation.performed_at > SENT_WITHIN:
            # This process was suspended: the dispatcher may have given the order up already.
            late = BureauFailure(failure=FailureClass.TRANSIENT)
            return await self.settle.failed(order.claim, consultation.id, late, version)
        try:
            delivered = await self._ask(account, wanted, order.claim)
        except BureauNotConfigured:
            not_asked = BureauFailure(failure=FailureClass.TRANSIENT)
            await self.settle.failed(order.claim, consultation.id, not_asked, version)
            raise
        except BureauFailure as failure:
            if failure.failure is not FailureClass.UNDETERMINED:
                return await self.settle.failed(order.claim, consultation.id, failure, version)
            try:
                async with refusal_noted(self.units_of_work, self.ids, self.clock, integration, kind):
                    found = await self.bureau.find_consultation(account, consultation.key)
            except (BureauFailure, CredentialsRefused):
                found = None
            if found is None:
                return await self.settle.unknown(order.claim, consultation.id)
            delivered = found
        return await self.settle.delivered(order.claim, consultation.id, delivered, integration.consultation)

    async def _ask(self, account: BureauAccount, wanted: ConsultationOrder, claim: Claim) -> BureauReport:
        """Place the order. While the bureau takes its time the lease is renewed, so that it can be short."""
        asking = asyncio.create_task(self.bureau.consult(account, wanted))
        try:
            while not (await asyncio.wait({asking}, timeout=RENEWED_EVERY.total_seconds()))[0]:
                # What is waited for costs money: a renewal that fails must not end the waiting.
                with contextlib.suppress(Exception):
                    async with self.units_of_work.begin() as work:
                        await work.outbox.retry(claim, LEASE)
            return await asking
        finally:
            asking.cancel()

    async def _ended(self, wait: _Wait, deadline: datetime) -> Consultation | Integration:
        """Wait until the order or the change of password ended; the consultation, or the integration, as it is then.

        Raises Conflict and BureauFailure at the deadline.
        """

        async def look() -> Consultation | Integration | None:
            async with self.units_of_work.read() as work:
                if wait.consultation_id is not None:
                    consultation = await work.consultations.get(wait.consultation_id)
                    return None if consultation is None or consultation.outcome.open else consultation
                integration = await work.integrations.get(wait.integration_id)
                rotating = integration and integration.consultation.state is CredentialState.ROTATING
                return None if rotating else integration

        what = wait.consultation_id or wait.integration_id
        ended: Consultation | Integration | None = await self.lookout.wait(what, look, deadline)
        if ended is None:
            raise _still_under_way(wait)
        return ended

    async def _audit_warning(self, work: UnitOfWork, caller: Caller, last: Consultation) -> None:
        await work.audit.add(
            audited(
                caller,
                AuditAction.CONSULTATION_WARNED,
                event_id=self.ids.new(),
                at=self.clock.now(),
                record=("Consultation", last.id),
                branch_id=last.branch_id,
                number=last.number,
            )
        )


def _inputs(command: ConsultCreditCommand) -> tuple[object, ...]:
    """What an idempotency key stands for. Keys from before there were purposes go on to stand for the first one."""
    first = command.purpose is ConsultationPurpose.CREDIT_GRANTING
    return (command.subject, command.plan, command.confirm_repeat, *(() if first else (command.purpose,)))


def _wait_for(under_way: Consultation, *, join: bool = False) -> _Wait:
    return _Wait(integration_id=under_way.integration_id, consultation_id=under_way.id, join=join)


def _equal(under_way: Consultation, subject: Subject) -> bool:
    theirs = (under_way.subject_kind, under_way.subject_id, under_way.branch_id, under_way.state_code)
    return theirs == (subject.kind, subject.record_id, subject.branch_id, subject.state_code)


def _answer(consulted: Consulted) -> Consulted:
    """The consultation, or what it failed by, raised; the same for the request that made it and for one that repeats it."""
    consultation = consulted.consultation
    if consultation.outcome is ConsultationOutcome.SUCCEEDED:
        return consulted
    if consultation.failure is FailureClass.CREDENTIAL:
        raise CredentialsRefused(credential=CredentialKind.CONSULTATION)
    raise BureauFailure(
        failure=consultation.failure or FailureClass.UNDETERMINED,
        code=consultation.bureau_code,
        message=consultation.bureau_message,
        billable=consultation.billable,
    )


def _still_under_way(wait: _Wait) -> Exception:
    if wait.consultation_id is None:
        return Conflict(reason="ROTATION_IN_PROGRESS")
    return BureauFailure(failure=FailureClass.UNDETERMINED)
