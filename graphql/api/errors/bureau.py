"""Errors of passwords and of the provider."""

import strawberry

from api.context import Context
from api.errors.base import ErrorCode, InputProblem, UserError, input_problems
from api.messages import error_message
from core.domain.bureau import (
    FINAL_FAILURES,
    BureauFailure,
    BureauNotConfigured,
    CredentialKind,
    FailureClass,
)
from core.domain.credentials import CredentialsRefused, PasswordRefused
from core.domain.mentions import Mentioned

_RETRYABLE = frozenset({FailureClass.TRANSIENT, FailureClass.QUOTA})
_MESSAGES = {
    FailureClass.UNDETERMINED: "BUREAU_UNDETERMINED",
    FailureClass.BALANCE: "BUREAU_BALANCE",
    FailureClass.QUOTA: "BUREAU_QUOTA",
}


@strawberry.type(
    description="The new password breaks criteria, all named at once (senha fora dos critérios). Nothing was changed."
)
class PasswordRefusedError(UserError):
    problems: list[InputProblem] = strawberry.field(
        description="Every criterion it breaks (critérios não atendidos)."
    )

    @classmethod
    def of(cls, error: PasswordRefused, context: Context) -> "PasswordRefusedError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.PASSWORD_REFUSED,
            message=error_message("PASSWORD_REFUSED", context.language),
            problems=input_problems(error.problems, context.language),
        )


@strawberry.type(
    description="The provider refuses the stored password, or none is stored (senha recusada pelo provedor). Rotate or adopt it."
)
class CredentialsRefusedError(UserError):
    kind: CredentialKind = strawberry.field(description="Which of the two passwords (tipo de senha).")

    @classmethod
    def of(cls, error: CredentialsRefused, context: Context) -> "CredentialsRefusedError":
        """The error as the schema shows it."""
        return cls(
            code=ErrorCode.CREDENTIALS_REFUSED,
            message=error_message("CREDENTIALS_REFUSED", context.language, credential=error.credential.value),
            kind=error.credential,
        )


@strawberry.type(
    description="The bureau gave its last word: it refuses the request as it stands (recusado pelo birô)."
)
class BureauRejectedError(UserError):
    bureau_code: str | None = strawberry.field(description="The bureau's code (código do birô).")
    bureau_message: str | None = strawberry.field(
        description="The bureau's own words (mensagem do birô). CPFs in them are masked for a token without WHOLE_DOCUMENTS."
    )
    failure: FailureClass = strawberry.field(description="The kind of refusal (classe da falha).")
    billable: bool = strawberry.field(description="Whether the provider bills it all the same (cobrada).")


@strawberry.type(description="The provider could not be asked, or did not answer (provedor indisponível).")
class BureauUnavailableError(UserError):
    retryable: bool = strawberry.field(
        description="Whether the request may simply be sent again (pode repetir), with a new idempotency key: the one it had stands for this failure. False when a person must look first."
    )
    retry_after_seconds: int | None = strawberry.field(
        description="How long to wait before that, when the provider says so (repetir após, em segundos)."
    )
    failure: FailureClass | None = strawberry.field(
        description="The kind of failure (classe da falha); null when no address of the provider is configured."
    )


def bureau_error(
    error: BureauFailure | BureauNotConfigured, context: Context
) -> BureauRejectedError | BureauUnavailableError:
    """A refusal or an outage, whichever the provider's failure is."""
    if isinstance(error, BureauNotConfigured):
        return BureauUnavailableError(
            code=ErrorCode.BUREAU_UNAVAILABLE,
            message=error_message(
                "BUREAU_NOT_CONFIGURED", context.language, environment=error.environment.value
            ),
            retryable=False,
            retry_after_seconds=None,
            failure=None,
        )
    if error.failure in FINAL_FAILURES:
        told = error.message
        if told is not None and not context.sees_whole_documents():
            told = Mentioned().masked_in(told)
        words = " ".join(part for part in (error.code, told) if part).rstrip(".")
        return BureauRejectedError(
            code=ErrorCode.BUREAU_REJECTED,
            message=error_message("BUREAU_REJECTED", context.language, words=words or error.failure.value),
            bureau_code=error.code,
            bureau_message=told,
            failure=error.failure,
            billable=error.billable,
        )
    return BureauUnavailableError(
        code=ErrorCode.BUREAU_UNAVAILABLE,
        message=error_message(_MESSAGES.get(error.failure, "BUREAU_UNAVAILABLE"), context.language),
        retryable=error.failure in _RETRYABLE,
        retry_after_seconds=error.retry_after_seconds,
        failure=error.failure,
    )
