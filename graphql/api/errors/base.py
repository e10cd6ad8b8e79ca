"""What all errors of results have in common."""

from collections.abc import Iterable
from enum import Enum

import strawberry

from api.messages import problem_message
from api.texts.languages import Language
from core.domain.errors import Problem


@strawberry.enum(
    description="What went wrong, for programs (código do erro). Each error type has its own code."
)
class ErrorCode(Enum):
    """The codes of errors in results."""

    INVALID_INPUT = strawberry.enum_value(
        "INVALID_INPUT", description="The input breaks rules; all of them are named (dados inválidos)."
    )
    NOT_FOUND = strawberry.enum_value(
        "NOT_FOUND", description="No such record, or out of the token's reach (não encontrado)."
    )
    CONFLICT = strawberry.enum_value(
        "CONFLICT", description="The record's state, or another change, does not allow this one (conflito)."
    )
    IDEMPOTENCY_CONFLICT = strawberry.enum_value(
        "IDEMPOTENCY_CONFLICT",
        description="The idempotency key was used with another input (chave de idempotência em conflito).",
    )
    CREDIT_ANALYSIS_DISABLED = strawberry.enum_value(
        "CREDIT_ANALYSIS_DISABLED",
        description="Credit analysis is switched off in the general parameters (análise de crédito desabilitada).",
    )
    INTEGRATION_NOT_LINKED = strawberry.enum_value(
        "INTEGRATION_NOT_LINKED",
        description="The branch has no linked integration (integração não vinculada).",
    )
    BRANCH_ALREADY_INTEGRATED = strawberry.enum_value(
        "BRANCH_ALREADY_INTEGRATED",
        description="The branch has an integration already (filial já possui integração).",
    )
    ACTIVE_NEGATIVATIONS = strawberry.enum_value(
        "ACTIVE_NEGATIVATIONS", description="The integration has live negativations (negativações ativas)."
    )
    ACTIVE_MONITORS = strawberry.enum_value(
        "ACTIVE_MONITORS", description="The integration has companies under watch (monitoramentos ativos)."
    )
    PLAN_REQUIRED = strawberry.enum_value(
        "PLAN_REQUIRED", description="The consultation must name its plan (plano obrigatório)."
    )
    PLAN_NOT_ALLOWED = strawberry.enum_value(
        "PLAN_NOT_ALLOWED", description="The integration does not allow this plan (plano não permitido)."
    )
    REPEAT_CONSULTATION = strawberry.enum_value(
        "REPEAT_CONSULTATION",
        description="The document was consulted inside the interval (limite de consultas ultrapassado).",
    )
    CONSULTATION_BUDGET_EXCEEDED = strawberry.enum_value(
        "CONSULTATION_BUDGET_EXCEEDED",
        description="The branch has used its consultations of today (orçamento diário esgotado).",
    )
    PASSWORD_REFUSED = strawberry.enum_value(
        "PASSWORD_REFUSED", description="The new password breaks criteria (senha fora dos critérios)."
    )
    CREDENTIALS_REFUSED = strawberry.enum_value(
        "CREDENTIALS_REFUSED",
        description="The provider refuses the stored password, or none is stored (senha recusada pelo provedor).",
    )
    NOT_ELIGIBLE = strawberry.enum_value(
        "NOT_ELIGIBLE", description="The invoice must not be negativated (boleto não negativável)."
    )
    ALREADY_NEGATIVATED = strawberry.enum_value(
        "ALREADY_NEGATIVATED", description="The invoice has a live negativation (boleto já negativado)."
    )
    NOT_CLEARABLE = strawberry.enum_value(
        "NOT_CLEARABLE", description="The negativation's status allows no clearing (não pode ser baixada)."
    )
    NOT_RESENDABLE = strawberry.enum_value(
        "NOT_RESENDABLE", description="The negativation is not to be resent (não pode ser reenviada)."
    )
    BUREAU_REJECTED = strawberry.enum_value(
        "BUREAU_REJECTED", description="The bureau refused the request (recusado pelo birô)."
    )
    BUREAU_UNAVAILABLE = strawberry.enum_value(
        "BUREAU_UNAVAILABLE", description="The provider could not be asked (provedor indisponível)."
    )


@strawberry.interface(
    description="What every error of a result tells (erro). Ask for it with `... on UserError`."
)
class UserError:
    code: ErrorCode = strawberry.field(description="What went wrong, for programs (código).")
    message: str = strawberry.field(
        description="What went wrong, for people: Portuguese, or English when `Accept-Language` asks for it (mensagem)."
    )


@strawberry.type(description="One thing wrong with an input (problema).")
class InputProblem:
    path: list[str] = strawberry.field(
        description='Where, by names of input fields and positions in lists, such as `["address", "postalCode"]` (campo).'
    )
    code: str = strawberry.field(
        description="Which rule is broken, for programs, such as INVALID_DOCUMENT (regra)."
    )
    message: str = strawberry.field(
        description="Which rule is broken and what is accepted, for people (mensagem)."
    )

    @classmethod
    def of(cls, problem: Problem, language: Language) -> "InputProblem":
        """The problem as the schema shows it."""
        return cls(path=list(problem.path), code=problem.code, message=problem_message(problem, language))


def input_problems(problems: Iterable[Problem], language: Language) -> list[InputProblem]:
    """All problems as the schema shows them."""
    return [InputProblem.of(problem, language) for problem in problems]


@strawberry.type(
    description="A reason why an invoice must not be negativated, or a negativation cannot be cleared (motivo)."
)
class EligibilityReason:
    code: str = strawberry.field(
        description="Which rule forbids it, for programs, such as NOT_OVERDUE_ENOUGH (regra)."
    )
    field: str = strawberry.field(
        description="Which field it speaks of, such as `customer.address.postalCode` (campo)."
    )
    message: str = strawberry.field(description="The rule and what would be accepted, for people (mensagem).")

    @classmethod
    def of(cls, reason: Problem, language: Language) -> "EligibilityReason":
        """The reason as the schema shows it."""
        return cls(code=reason.code, field=".".join(reason.path), message=problem_message(reason, language))
