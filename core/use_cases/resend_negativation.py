"""Send again what ended in an error (reenvio de negativações com erro)."""

from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.calendar_rules import expires_on, local_date
from core.domain.code_tables import RESTRICTION_CODES, CodeTable
from core.domain.eligibility import debtor_of, reasons_against
from core.domain.errors import Conflict
from core.domain.integration import Integration
from core.domain.intents import Intent, IntentKind
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
    NotEligible,
    NotResendable,
    Trigger,
)
from core.domain.parameters import CreditAnalysisDisabled
from core.use_cases.assess_eligibility import case_of, read_portfolio
from core.use_cases.clear_negativation import request_clearing
from core.use_cases.repeatable import earlier_result, remember_result
from core.use_cases.transition import move
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

OPERATION = "resendNegativation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendNegativationCommand:
    """force: send even though nothing changed since the bureau refused it."""

    caller: Caller
    negativation_id: UUID
    force: bool = False
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendNegativation:
    """Policy.

    - Only errors are resent: a rejected inclusion or a rejected clearing. An undetermined one asks the bureau by itself.
    - An inclusion is sent with the customer's and the invoice's data as they are now; unchanged data needs `force`.
    - Everything that forbids a first registration forbids sending it again.

    Raises NotFound, NotResendable (WRONG_STATUS, NOTHING_CHANGED), NotEligible, CreditAnalysisDisabled, Conflict
    (NEGATIVATION_LIVE, INTEGRATION_CHANGED), IdempotencyConflict.
    """

    units_of_work: UnitsOfWork
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: ResendNegativationCommand) -> Negativation:
        """Queue it again, or answer with what the same idempotency key produced before."""
        command.caller.require(Scope.RESEND)
        inputs = (command.negativation_id, command.force)
        async with self.units_of_work.begin() as work:
            earlier_id = await earlier_result(
                work, self.vault, command.caller, command.idempotency_key, OPERATION, *inputs
            )
            path = ("Negativation", "negativationId")
            found = await get_visible(work.negativations, command.negativation_id, command.caller, *path)
            # The invoice before the registration, as when an invoice is closed: two must not wait for each other.
            await work.lock(f"invoice:{found.invoice_id}")
            negativation = await get_visible(
                work.negativations, command.negativation_id, command.caller, *path, lock=True
            )
            if earlier_id is not None:
                return negativation
            if (
                negativation.status is NegativationStatus.CLEARING_REJECTED
                and negativation.clearing is not None
            ):
                resent = await request_clearing(
                    work,
                    negativation,
                    negativation.clearing.code,
                    at=self.clock.now(),
                    actor=command.caller.name,
                )
            elif negativation.can(Trigger.RESENT):
                resent = await self._resend_inclusion(work, command, negativation)
            else:
                raise NotResendable(negativation=negativation, reason="WRONG_STATUS")
            await self._audit(work, command.caller, resent)
            await remember_result(
                work,
                self.vault,
                command.caller,
                command.idempotency_key,
                OPERATION,
                *inputs,
                result_id=resent.id,
                at=self.clock.now(),
            )
            return resent

    async def _resend_inclusion(
        self, work: UnitOfWork, command: ResendNegativationCommand, negativation: Negativation
    ) -> Negativation:
        portfolio = await read_portfolio(work, [negativation.invoice_id], to_be_acted_on=True)
        integration = await self._same_integration(work, negativation)
        if not portfolio.parameters.enabled:
            raise CreditAnalysisDisabled()
        now = self.clock.now()
        case = case_of(portfolio, negativation.invoice_id, negativation.restriction_code, local_date(now))
        cached = await work.code_tables.get(negativation.integration_id, CodeTable.RESTRICTION)
        reasons = reasons_against(case, cached.rows if cached else RESTRICTION_CODES)
        if reasons:
            raise NotEligible(reasons=reasons)
        as_now = replace(
            negativation,
            debtor=debtor_of(case.customer),
            contract=case.invoice.debt_reference,
            amount=case.invoice.amount,
            due_on=case.invoice.due_on,
            expires_on=expires_on(case.invoice.due_on),
            send_sms=integration.send_sms_on_inclusion,
            responsible_cpf=integration.responsible_cpf,
        )
        if as_now == negativation and not command.force:
            raise NotResendable(negativation=negativation, reason="NOTHING_CHANGED")
        earlier = await work.negativations.latest_of_invoices([negativation.invoice_id])
        generation = 1 + max(each.generation for each in (negativation, *earlier.values()))
        renewed = replace(as_now, generation=generation, clearing=None, protocol=None)
        resent = await move(work, renewed, Trigger.RESENT, at=now, actor=command.caller.name)
        await work.outbox.put(
            Intent(
                key=resent.inclusion_key,
                account=resent.integration_id,
                kind=IntentKind.REGISTER,
                subject_id=resent.id,
            )
        )
        return resent

    async def _same_integration(self, work: UnitOfWork, negativation: Negativation) -> Integration:
        """The integration it was first sent through, kept from being deleted or moved until it is live again.

        Raises Conflict INTEGRATION_CHANGED when another one took its place, or its branch or environment changed.
        """
        branch = await work.branches.get(negativation.branch_id)
        integration = await work.integrations.get(negativation.integration_id, lock=True)
        if (
            branch is None
            or integration is None
            or integration.deleted_at is not None
            or branch.integration_id not in (None, integration.id)
            or integration.branch_id != negativation.branch_id
            or integration.environment is not negativation.environment
        ):
            raise Conflict(reason="INTEGRATION_CHANGED")
        return integration

    async def _audit(self, work: UnitOfWork, caller: Caller, resent: Negativation) -> None:
        await work.audit.add(
            audited(
                caller,
                AuditAction.NEGATIVATION_RESENT,
                event_id=self.ids.new(),
                at=self.clock.now(),
                record=("Negativation", resent.id),
                branch_id=resent.branch_id,
                number=resent.number,
                status=resent.status.value,
            )
        )
