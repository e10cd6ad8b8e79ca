"""Errors that many mutations share."""

from datetime import date, datetime

import strawberry

from api.context import Context
from api.errors.base import ErrorCode, InputProblem, UserError, input_problems
from api.messages import conflict_message, error_message, kind_name
from core.domain.consultation import ConsultationBudgetExceeded
from core.domain.errors import Conflict, IdempotencyConflict, InvalidInput, NotFound
from core.domain.integration import (
    ActiveMonitors,
    ActiveNegativations,
    BranchAlreadyIntegrated,
    IntegrationNotLinked,
)
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import ConsultationPlan, PlanNotAllowed, PlanRequired


@strawberry.type(
    description="The input breaks rules (dados inválidos). All of them are named at once, never only the first."
)
class InvalidInputError(UserError):
    problems: list[InputProblem] = strawberry.field(description="Everything that is wrong (problemas).")

    @classmethod
    def of(cls, error: InvalidInput, context: Context) -> "InvalidInputError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.INVALID_INPUT,
            message=error_message("INVALID_INPUT", context.language),
            problems=input_problems(error.problems, context.language),
        )


@strawberry.type(description="No such record, or none within the token's branches (não encontrado).")
class NotFoundError(UserError):
    kind: str = strawberry.field(description="The type of the record, such as `Invoice` (tipo do registro).")
    path: list[str] = strawberry.field(description="The input field that named it (campo).")

    @classmethod
    def of(cls, error: NotFound, context: Context) -> "NotFoundError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.NOT_FOUND,
            message=error_message(
                "NOT_FOUND", context.language, kind=kind_name(error.kind, context.language)
            ),
            kind=error.kind,
            path=list(error.path),
        )


@strawberry.type(
    description="The idempotency key was used before with another input (chave de idempotência em conflito). Nothing was done."
)
class IdempotencyConflictError(UserError):
    @classmethod
    def of(cls, error: IdempotencyConflict, context: Context) -> "IdempotencyConflictError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.IDEMPOTENCY_CONFLICT,
            message=error_message("IDEMPOTENCY_CONFLICT", context.language),
        )


@strawberry.type(
    description="The record's state, or a change that got there first, does not allow this one (conflito). Nothing was done."
)
class ConflictError(UserError):
    reason: str = strawberry.field(description="Why, for programs, such as EXTERNAL_ID_TAKEN (motivo).")

    @classmethod
    def of(cls, error: Conflict, context: Context) -> "ConflictError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.CONFLICT,
            message=conflict_message(error.reason, context.language, error.params),
            reason=error.reason,
        )


@strawberry.type(
    description="Credit analysis is switched off in the general parameters (análise de crédito desabilitada)."
)
class CreditAnalysisDisabledError(UserError):
    @classmethod
    def of(cls, error: CreditAnalysisDisabled, context: Context) -> "CreditAnalysisDisabledError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.CREDIT_ANALYSIS_DISABLED,
            message=error_message("CREDIT_ANALYSIS_DISABLED", context.language),
        )


@strawberry.type(
    description="The branch has no linked integration, so nothing can be asked in its name (integração não vinculada)."
)
class IntegrationNotLinkedError(UserError):
    branch_number: int = strawberry.field(description="The branch's number (ID da filial).")

    @classmethod
    def of(cls, error: IntegrationNotLinked, context: Context) -> "IntegrationNotLinkedError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.INTEGRATION_NOT_LINKED,
            message=error_message("INTEGRATION_NOT_LINKED", context.language, branch=error.branch_number),
            branch_number=error.branch_number,
        )


@strawberry.type(
    description="The branch has an integration already; there is one per branch (filial já possui integração)."
)
class BranchAlreadyIntegratedError(UserError):
    branch_number: int = strawberry.field(description="The branch's number (ID da filial).")

    @classmethod
    def of(cls, error: BranchAlreadyIntegrated, context: Context) -> "BranchAlreadyIntegratedError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.BRANCH_ALREADY_INTEGRATED,
            message=error_message("BRANCH_ALREADY_INTEGRATED", context.language, branch=error.branch_number),
            branch_number=error.branch_number,
        )


@strawberry.type(description="The integration's live negativations stand in the way (negativações ativas).")
class ActiveNegativationsError(UserError):
    count: int = strawberry.field(description="How many there are (quantidade).")

    @classmethod
    def of(cls, error: ActiveNegativations, context: Context) -> "ActiveNegativationsError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.ACTIVE_NEGATIVATIONS,
            message=error_message("ACTIVE_NEGATIVATIONS", context.language, count=error.count),
            count=error.count,
        )


@strawberry.type(
    description="The companies that the integration has watched stand in the way (monitoramentos ativos)."
)
class ActiveMonitorsError(UserError):
    count: int = strawberry.field(description="How many there are (quantidade).")

    @classmethod
    def of(cls, error: ActiveMonitors, context: Context) -> "ActiveMonitorsError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.ACTIVE_MONITORS,
            message=error_message("ACTIVE_MONITORS", context.language, count=error.count),
            count=error.count,
        )


@strawberry.type(
    description="The branch has used its daily budget of consultations (orçamento diário de consultas esgotado). The bureau was not "
    "asked."
)
class ConsultationBudgetExceededError(UserError):
    limit: int = strawberry.field(description="How many a day the branch may order (orçamento diário).")
    used: int = strawberry.field(
        description="How many of today were billed, or may still be (consultas de hoje)."
    )
    resets_at: datetime = strawberry.field(
        description="When the next day begins in America/Sao_Paulo (disponível em)."
    )

    @classmethod
    def of(cls, error: ConsultationBudgetExceeded, context: Context) -> "ConsultationBudgetExceededError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.CONSULTATION_BUDGET_EXCEEDED,
            message=error_message("CONSULTATION_BUDGET_EXCEEDED", context.language, limit=error.limit),
            limit=error.limit,
            used=error.used,
            resets_at=error.resets_at,
        )


@strawberry.type(
    description="The integration is set to ALL (Todos), so the consultation must name its plan (plano obrigatório)."
)
class PlanRequiredError(UserError):
    allowed: list[ConsultationPlan] = strawberry.field(
        description="The plans to choose from (planos aceitos)."
    )

    @classmethod
    def of(cls, error: PlanRequired, context: Context) -> "PlanRequiredError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.PLAN_REQUIRED,
            message=error_message("PLAN_REQUIRED", context.language, allowed=_names(error.allowed)),
            allowed=list(error.allowed),
        )


@strawberry.type(
    description="The integration is fixed to another plan, or this one was discontinued (plano não permitido). Plans are never "
    "switched silently, because their prices differ."
)
class PlanNotAllowedError(UserError):
    plan: ConsultationPlan = strawberry.field(description="The plan asked for (plano pedido).")
    allowed: list[ConsultationPlan] = strawberry.field(description="The plans accepted (planos aceitos).")
    ended_on: date | None = strawberry.field(
        description="The day it was discontinued (descontinuado em); null when it is merely not this integration's."
    )

    @classmethod
    def of(cls, error: PlanNotAllowed, context: Context) -> "PlanNotAllowedError":
        """The error as the schema shows it."""
        allowed = _names(error.allowed)
        if error.ended_on is None:
            message = error_message(
                "PLAN_NOT_ALLOWED", context.language, plan=error.plan.value, allowed=allowed
            )
        else:
            message = error_message(
                "PLAN_ENDED",
                context.language,
                plan=error.plan.value,
                allowed=allowed,
                ended_on=error.ended_on,
            )
        return cls(
            code=ErrorCode.PLAN_NOT_ALLOWED,
            message=message,
            plan=error.plan,
            allowed=list(error.allowed),
            ended_on=error.ended_on,
        )


def _names(plans: tuple[ConsultationPlan, ...]) -> str:
    return ", ".join(plan.value for plan in plans)
