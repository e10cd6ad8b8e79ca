"""Errors that carry records."""

from datetime import date, datetime

import strawberry

from api.context import Context
from api.errors.base import EligibilityReason, ErrorCode, UserError
from api.messages import error_message
from api.types.consultation import Consultation
from api.types.negativation import Negativation
from core.domain import negativation as domain
from core.domain.access import Scope
from core.domain.consultation import RepeatConsultation


@strawberry.type(
    description="The document was consulted inside the interval; the bureau was not asked and nothing was billed (limite de "
    "consultas ultrapassado). Repeat with `confirmRepeat: true` to consult, and pay, once more."
)
class RepeatConsultationWarning(UserError):
    last_consultation: Consultation | None = strawberry.field(
        description="The earlier consultation (última consulta); null when it lies outside the token's branches or the token "
        "lacks READ_CONSULTATIONS."
    )
    last_performed_at: datetime = strawberry.field(description="When that was (data da última consulta).")
    available_on: date = strawberry.field(
        description="The first day on which the document is consulted without a warning (livre a partir de)."
    )

    @classmethod
    def of(cls, error: RepeatConsultation, context: Context) -> "RepeatConsultationWarning":
        """The warning as the schema shows it."""
        caller = context.caller
        visible = Scope.READ_CONSULTATIONS in caller.scopes and caller.reaches(error.last.branch_id)
        return cls(
            code=ErrorCode.REPEAT_CONSULTATION,
            message=error_message("REPEAT_CONSULTATION", context.language, available_on=error.available_on),
            last_consultation=Consultation.of(error.last) if visible else None,
            last_performed_at=error.last.performed_at,
            available_on=error.available_on,
        )


@strawberry.type(
    description="The invoice must not be negativated (boleto não negativável). Nothing was sent."
)
class NotEligibleError(UserError):
    reasons: list[EligibilityReason] = strawberry.field(
        description="Every reason, not only the first (motivos)."
    )

    @classmethod
    def of(cls, error: domain.NotEligible, context: Context) -> "NotEligibleError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.NOT_ELIGIBLE,
            message=error_message("NOT_ELIGIBLE", context.language),
            reasons=[EligibilityReason.of(reason, context.language) for reason in error.reasons],
        )


@strawberry.type(
    description="The invoice has a live negativation already (boleto já negativado). Nothing was sent."
)
class AlreadyNegativatedError(UserError):
    negativation: Negativation = strawberry.field(description="The one it has (negativação).")

    @classmethod
    def of(cls, error: domain.AlreadyNegativated, context: Context) -> "AlreadyNegativatedError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.ALREADY_NEGATIVATED,
            message=_message("ALREADY_NEGATIVATED", error.negativation, context),
            negativation=Negativation.of(error.negativation),
        )


@strawberry.type(
    description="The negativation's status allows no clearing: it never stood, is being cleared, or has ended (não pode ser "
    "baixada)."
)
class NotClearableError(UserError):
    negativation: Negativation = strawberry.field(description="The negativation as it stands (negativação).")

    @classmethod
    def of(cls, error: domain.NotClearable, context: Context) -> "NotClearableError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.NOT_CLEARABLE,
            message=_message("NOT_CLEARABLE", error.negativation, context),
            negativation=Negativation.of(error.negativation),
        )


@strawberry.type(
    description="Only what ended in an error is resent, and after a validation error only with changed data (não pode ser "
    "reenviada)."
)
class NotResendableError(UserError):
    reason: str = strawberry.field(description="WRONG_STATUS or NOTHING_CHANGED (motivo).")
    negativation: Negativation = strawberry.field(description="The negativation as it stands (negativação).")

    @classmethod
    def of(cls, error: domain.NotResendable, context: Context) -> "NotResendableError":
        """The error as the schema shows it."""
        code = "NOTHING_CHANGED" if error.reason == "NOTHING_CHANGED" else "NOT_RESENDABLE"
        return cls(
            code=ErrorCode.NOT_RESENDABLE,
            message=_message(code, error.negativation, context),
            reason=error.reason,
            negativation=Negativation.of(error.negativation),
        )


def _message(code: str, negativation: domain.Negativation, context: Context) -> str:
    return error_message(code, context.language, number=negativation.number, status=negativation.status.value)
