"""Register an overdue invoice at the credit bureau (negativar): one invoice, one registration in PEFIN."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.bureau import BureauCode, CredentialKind
from core.domain.calendar_rules import local_date
from core.domain.code_tables import CodeTable
from core.domain.credentials import CredentialsRefused, CredentialState
from core.domain.eligibility import Case, reasons_against
from core.domain.errors import NotFound
from core.domain.integration import Integration, IntegrationNotLinked
from core.domain.negativation import (
    AlreadyNegativated,
    Negativation,
    NegativationForm,
    NotEligible,
)
from core.domain.parameters import CreditAnalysisDisabled
from core.use_cases.assess_eligibility import case_of, read_portfolio
from core.use_cases.bureau_codes import BureauCodes
from core.use_cases.place_registration import place_registrations
from core.use_cases.repeatable import earlier_result, remember_result
from core.use_cases.turns import Turns
from core.use_cases.visible import get_visible
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

OPERATION = "negativateDebtor"
_PATH = ("invoiceId",)


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativateDebtorCommand:
    """restriction_code: why (código de restrição); None for the integration's default."""

    caller: Caller
    invoice_id: UUID
    restriction_code: str | None = None
    idempotency_key: str | None = None
    form: NegativationForm = NegativationForm.MANUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativateDebtor:
    """Policy.

    - A debt that must not be registered is refused with every reason at once, before anything is sent.
    - An invoice has at most one live registration.
    - The registration and the promise to send it are stored in one transaction; the dispatcher keeps the promise.

    Raises NotFound, CreditAnalysisDisabled, IntegrationNotLinked, CredentialsRefused, AlreadyNegativated, NotEligible,
    IdempotencyConflict, InvalidInput.
    """

    units_of_work: UnitsOfWork
    codes: BureauCodes
    vault: Vault
    clock: Clock
    ids: Ids
    turns: Turns

    async def __call__(self, command: NegativateDebtorCommand) -> Negativation:
        """Register, or answer with what the same idempotency key produced before."""
        command.caller.require(Scope.NEGATIVATE)
        asked_for: dict[UUID, Sequence[BureauCode]] = {}
        while True:
            async with self.turns.of(command.invoice_id), self.units_of_work.begin() as work:
                step = await self._register(work, command, asked_for)
            if isinstance(step, Negativation):
                return step
            # Outside of the transaction: the bureau may take a while.
            asked_for[step.id] = await self.codes.of(step, CodeTable.RESTRICTION)

    async def _register(
        self,
        work: UnitOfWork,
        command: NegativateDebtorCommand,
        asked_for: Mapping[UUID, Sequence[BureauCode]],
    ) -> Negativation | Integration:
        """The registration; or, with nothing done, the integration whose restriction codes must be asked for first.

        asked_for: the codes that were asked for, of each integration.
        """
        inputs = (command.invoice_id, command.restriction_code)
        if command.idempotency_key is not None:
            # Whatever the key produced before is told to nobody who does not reach the invoice.
            await get_visible(work.invoices, command.invoice_id, command.caller, "Invoice", *_PATH)
            earlier_id = await earlier_result(
                work, self.vault, command.caller, command.idempotency_key, OPERATION, *inputs
            )
            earlier = await work.negativations.get(earlier_id) if earlier_id else None
            if earlier is not None:
                return earlier
        await work.lock(f"invoice:{command.invoice_id}")
        portfolio = await read_portfolio(work, [command.invoice_id], to_be_acted_on=True)
        invoice = portfolio.invoices.get(command.invoice_id)
        if invoice is None or not command.caller.reaches(invoice.branch_id):
            raise NotFound(kind="Invoice", path=_PATH)
        case = case_of(portfolio, invoice.id, command.restriction_code, local_date(self.clock.now()))
        integration = _refuse_what_is_not_set_up(case)
        if case.invoice_is_live:
            # The latest, not the live one: it may have ended since the portfolio was read.
            latest = await work.negativations.latest_of_invoices([invoice.id])
            raise AlreadyNegativated(negativation=latest[invoice.id])
        known_codes = asked_for.get(integration.id)
        if known_codes is None:
            known_codes = await self.codes.fetched(work, integration, CodeTable.RESTRICTION)
        if known_codes is None:
            return integration
        reasons = reasons_against(case, known_codes)
        if reasons:
            raise NotEligible(reasons=reasons)
        ((number, placed),) = await place_registrations(
            work,
            [case],
            integration,
            form=command.form,
            caller=command.caller,
            ids=self.ids,
            at=self.clock.now(),
        )
        await remember_result(
            work,
            self.vault,
            command.caller,
            command.idempotency_key,
            OPERATION,
            *inputs,
            result_id=placed.id,
            at=placed.created_at,
        )
        return replace(placed, number=number)


def _refuse_what_is_not_set_up(case: Case) -> Integration:
    if not case.parameters.enabled:
        raise CreditAnalysisDisabled()
    if case.integration is None:
        raise IntegrationNotLinked(branch_number=case.branch.number)
    if case.integration.pefin.state in (CredentialState.REFUSED, CredentialState.MISSING):
        raise CredentialsRefused(credential=CredentialKind.PEFIN)
    return case.integration
