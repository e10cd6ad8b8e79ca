"""How each error type comes about, and what it carries."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core.domain.bureau import BureauFailure, BureauNotConfigured, CredentialKind, Environment, FailureClass
from core.domain.credentials import CredentialState
from core.domain.plans import IntegrationPlan
from core.use_cases.cancel_invoice import CancelInvoice, CancelInvoiceCommand
from core.use_cases.clear_negativation import ClearNegativation, ClearNegativationCommand
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.builders import TODAY, make_credential
from support.desk import global_id
from support.tour import watch_company
from support.world import World

Arrange = Callable[[World], Awaitable[object]]
Input = Callable[[World], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ErrorCase:
    """How an error comes about: the mutation, its input, the fields to ask for, and what is answered."""

    mutation: str
    given: Input
    arrange: Arrange
    fields: str
    expected: dict[str, Any]
    portuguese: str
    english: str


async def _nothing(world: World) -> None:
    pass


async def switched_off(world: World) -> None:
    """Credit analysis is off."""
    await world.set_parameters(enabled=False)


async def unlinked(world: World) -> None:
    """The branch has no linked integration."""
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(world.branch, integration_id=None))


async def _budget_used(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(world.branch, daily_consultation_budget=0))


async def _change_integration(world: World, **changes: Any) -> None:
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(await world.stored_integration(), **changes))


async def _fixed_plan(world: World) -> None:
    await _change_integration(world, plan=IntegrationPlan.REPORT_AND_SCORE)


async def _plan_that_ended(world: World) -> None:
    await world.set_parameters(deprecated_plans_end_on=TODAY - timedelta(days=1))


async def _consulted(world: World) -> None:
    plan = IntegrationPlan.ALL.allowed[2]
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=plan)
    await world.use_case(ConsultCredit)(command)


async def _negativated(world: World) -> None:
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    await world.use_case(NegativateDebtor)(command)


async def cancelled(world: World) -> None:
    """The invoice has a negativation that was cancelled before it was sent."""
    await _negativated(world)
    command = ClearNegativationCommand(caller=world.caller, negativation_id=await _negativation_id(world))
    await world.use_case(ClearNegativation)(command)


async def _password_refused(world: World) -> None:
    kind = CredentialKind.PEFIN
    refused = make_credential(kind, state=CredentialState.REFUSED)
    await _change_integration(world, pefin=refused)


async def _gaps(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, mobile=None, born_on=None))


def _failing(**failure: Any) -> Arrange:
    async def arrange(world: World) -> None:
        world.bureau.fail("consult", BureauFailure(**failure))
        world.bureau.fail("find_consultation", BureauFailure(**failure))

    return arrange


async def _asked_too_often(world: World) -> None:
    failure = BureauFailure(failure=FailureClass.QUOTA, retry_after_seconds=60)
    world.bureau.fail("test_credentials", failure, failure)


async def _not_configured(world: World) -> None:
    world.bureau.fail("consult", BureauNotConfigured(environment=Environment.PRODUCTION))


async def _settled(world: World) -> None:
    await world.use_case(CancelInvoice)(
        CancelInvoiceCommand(caller=world.caller, invoice_id=world.invoice.id)
    )


async def _negativation_id(world: World) -> Any:
    async with world.units_of_work.read() as work:
        latest = await work.negativations.latest_of_invoices([world.invoice.id])
    return latest[world.invoice.id].id


def consult(**changes: Any) -> Input:
    """The input of a consultation of the customer."""
    return lambda world: {
        "subject": {"customerId": global_id(world.customer)},
        "plan": "REPORT_AND_SCORE",
        **changes,
    }


def invoice_of(world: World) -> dict[str, Any]:
    """The input of what is done to the invoice."""
    return {"invoiceId": global_id(world.invoice)}


def _integration(world: World) -> dict[str, Any]:
    return {"integrationId": global_id(world.integration)}


ERROR_CASES = {
    "RepeatConsultationWarning": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=_consulted,
        fields="availableOn lastPerformedAt lastConsultation { number performedBy }",
        expected={
            "code": "REPEAT_CONSULTATION",
            "availableOn": "2026-04-15",
            "lastPerformedAt": "2026-03-16T15:00:00Z",
            "lastConsultation": {"number": 1, "performedBy": "Tests"},
        },
        portuguese="15/04/2026",
        english="2026-04-15",
    ),
    "ConsultationBudgetExceededError": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=_budget_used,
        fields="limit used resetsAt",
        expected={
            "code": "CONSULTATION_BUDGET_EXCEEDED",
            "limit": 0,
            "used": 0,
            "resetsAt": "2026-03-17T03:00:00Z",
        },
        portuguese="orçamento de 0 consultas por dia",
        english="budget of 0 consultations a day",
    ),
    "PlanRequiredError": ErrorCase(
        mutation="consult_credit",
        given=consult(plan=None),
        arrange=_nothing,
        fields="allowed",
        expected={
            "code": "PLAN_REQUIRED",
            "allowed": ["NEGATIVE_INDICATOR", "CREDNET_TOP", "REPORT_AND_SCORE"],
        },
        portuguese="plano Todos",
        english="name one of these",
    ),
    "PlanNotAllowedError": ErrorCase(
        mutation="consult_credit",
        given=consult(plan="CREDNET_TOP"),
        arrange=_fixed_plan,
        fields="plan allowed endedOn",
        expected={
            "code": "PLAN_NOT_ALLOWED",
            "plan": "CREDNET_TOP",
            "allowed": ["REPORT_AND_SCORE"],
            "endedOn": None,
        },
        portuguese="Planos aceitos: REPORT_AND_SCORE",
        english="Plans accepted: REPORT_AND_SCORE",
    ),
    "PlanNotAllowedError, discontinued": ErrorCase(
        mutation="consult_credit",
        given=consult(plan="CREDNET_TOP"),
        arrange=_plan_that_ended,
        fields="endedOn",
        expected={"code": "PLAN_NOT_ALLOWED", "endedOn": "2026-03-15"},
        portuguese="descontinuado em 15/03/2026",
        english="discontinued on 2026-03-15",
    ),
    "CreditAnalysisDisabledError": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=switched_off,
        fields="",
        expected={"code": "CREDIT_ANALYSIS_DISABLED"},
        portuguese="desabilitada nos parâmetros gerais",
        english="switched off",
    ),
    "IntegrationNotLinkedError": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=unlinked,
        fields="branchNumber",
        expected={"code": "INTEGRATION_NOT_LINKED", "branchNumber": 1},
        portuguese="A filial ID 1 não possui",
        english="Branch ID 1 has no",
    ),
    "BranchAlreadyIntegratedError": ErrorCase(
        mutation="create_integration",
        given=lambda world: {
            "branchId": global_id(world.branch),
            "environment": "HOMOLOGATION",
            "login": "x",
            "responsibleCpf": "111.444.777-35",
        },
        arrange=_nothing,
        fields="branchNumber",
        expected={"code": "BRANCH_ALREADY_INTEGRATED", "branchNumber": 1},
        portuguese="Não foi possível prosseguir. A filial ID 1 já possui uma integração vinculada.",
        english="already has a linked integration",
    ),
    "ActiveNegativationsError": ErrorCase(
        mutation="delete_integration",
        given=_integration,
        arrange=_negativated,
        fields="count",
        expected={"code": "ACTIVE_NEGATIVATIONS", "count": 1},
        portuguese="1 negativação(ões) ativa(s)",
        english="1 live negativation(s)",
    ),
    "ActiveMonitorsError": ErrorCase(
        mutation="delete_integration",
        given=_integration,
        arrange=watch_company,
        fields="count",
        expected={"code": "ACTIVE_MONITORS", "count": 1},
        portuguese="1 monitoramento(s) ativo(s)",
        english="1 active monitor(s)",
    ),
    "PasswordRefusedError": ErrorCase(
        mutation="rotate_credentials",
        given=lambda world: {
            **_integration(world),
            "kind": "PEFIN",
            "newPassword": "123",
            "confirmation": "124",
        },
        arrange=_nothing,
        fields="problems { path code }",
        expected={
            "code": "PASSWORD_REFUSED",
            "problems": [
                {"path": ["newPassword"], "code": "LENGTH_6"},
                {"path": ["newPassword"], "code": "NO_SEQUENCE"},
                {"path": ["confirmation"], "code": "CONFIRMATION_DIFFERS"},
            ],
        },
        portuguese="não atende aos critérios",
        english="breaks criteria",
    ),
    "CredentialsRefusedError": ErrorCase(
        mutation="rotate_credentials",
        given=lambda world: {
            **_integration(world),
            "kind": "PEFIN",
            "newPassword": "135790",
            "confirmation": "135790",
        },
        arrange=_password_refused,
        fields="kind",
        expected={"code": "CREDENTIALS_REFUSED", "kind": "PEFIN"},
        portuguese="recusa a senha PEFIN",
        english="refuses this integration's PEFIN password",
    ),
    "NotEligibleError": ErrorCase(
        mutation="negativate_debtor",
        given=invoice_of,
        arrange=_gaps,
        fields="reasons { code field }",
        expected={
            "code": "NOT_ELIGIBLE",
            "reasons": [
                {"code": "FIELD_REQUIRED", "field": "customer.bornOn"},
                {"code": "FIELD_REQUIRED", "field": "customer.mobile"},
            ],
        },
        portuguese="não pode ser negativado",
        english="must not be negativated",
    ),
    "AlreadyNegativatedError": ErrorCase(
        mutation="negativate_debtor",
        given=invoice_of,
        arrange=_negativated,
        fields="negativation { number status }",
        expected={"code": "ALREADY_NEGATIVATED", "negativation": {"number": 1, "status": "QUEUED"}},
        portuguese="já tem a negativação 1",
        english="has negativation 1 already",
    ),
    "BureauRejectedError": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=_failing(failure=FailureClass.LEGAL_BLOCK, code="900", message="CPF de menor", billable=True),
        fields="bureauCode bureauMessage failure billable",
        expected={
            "code": "BUREAU_REJECTED",
            "bureauCode": "900",
            "bureauMessage": "CPF de menor",
            "failure": "LEGAL_BLOCK",
            "billable": True,
        },
        portuguese="recusou o pedido: 900 CPF de menor",
        english="refused the request: 900 CPF de menor",
    ),
    "BureauUnavailableError": ErrorCase(
        mutation="update_integration",
        given=lambda world: {**_integration(world), "environment": "PRODUCTION"},
        arrange=_asked_too_often,
        fields="retryable retryAfterSeconds failure",
        expected={
            "code": "BUREAU_UNAVAILABLE",
            "retryable": True,
            "retryAfterSeconds": 60,
            "failure": "QUOTA",
        },
        portuguese="bloqueou o acesso por senhas erradas",
        english="locked the login after wrong passwords",
    ),
    "BureauUnavailableError, undetermined": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=_failing(failure=FailureClass.UNDETERMINED),
        fields="retryable failure",
        expected={"code": "BUREAU_UNAVAILABLE", "retryable": False, "failure": "UNDETERMINED"},
        portuguese="não respondeu a tempo",
        english="did not answer in time",
    ),
    "BureauUnavailableError, not configured": ErrorCase(
        mutation="consult_credit",
        given=consult(),
        arrange=_not_configured,
        fields="retryable failure",
        expected={"code": "BUREAU_UNAVAILABLE", "retryable": False, "failure": None},
        portuguese="ambiente PRODUCTION",
        english="environment PRODUCTION",
    ),
    "ConflictError": ErrorCase(
        mutation="settle_invoice",
        given=lambda world: {**invoice_of(world), "method": "PIX"},
        arrange=_settled,
        fields="reason",
        expected={"code": "CONFLICT", "reason": "INVOICE_NOT_OPEN"},
        portuguese="situação CANCELLED",
        english="status CANCELLED",
    ),
    "InvalidInputError": ErrorCase(
        mutation="create_lead",
        given=lambda world: {
            "branchId": global_id(world.branch),
            "name": "",
            "document": "111.111.111-11",
            "stateCode": "XX",
            "email": "nobody",
        },
        arrange=_nothing,
        fields="problems { path code }",
        expected={
            "code": "INVALID_INPUT",
            "problems": [
                {"path": ["name"], "code": "INVALID_TEXT"},
                {"path": ["document"], "code": "INVALID_DOCUMENT"},
                {"path": ["stateCode"], "code": "INVALID_STATE_CODE"},
                {"path": ["email"], "code": "INVALID_EMAIL"},
            ],
        },
        portuguese="dados inválidos",
        english="input is invalid",
    ),
}
