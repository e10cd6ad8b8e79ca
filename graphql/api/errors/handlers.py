"""Which error of the domain becomes which error of the schema. This is the only place that says so.

A handler is at work in the mutations whose result can be its error type; everywhere else the error of the domain goes on
to `api.errors.presentation`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from strawberry.types.field import StrawberryField

from api.context import Context, Info
from api.errors.base import UserError
from api.errors.bureau import (
    BureauUnavailableError,
    CredentialsRefusedError,
    PasswordRefusedError,
    bureau_error,
)
from api.errors.general import (
    ActiveMonitorsError,
    ActiveNegativationsError,
    BranchAlreadyIntegratedError,
    ConflictError,
    ConsultationBudgetExceededError,
    CreditAnalysisDisabledError,
    IdempotencyConflictError,
    IntegrationNotLinkedError,
    InvalidInputError,
    NotFoundError,
    PlanNotAllowedError,
    PlanRequiredError,
)
from api.errors.records import (
    AlreadyNegativatedError,
    NotClearableError,
    NotEligibleError,
    NotResendableError,
    RepeatConsultationWarning,
)
from core.domain.bureau import BureauFailure, BureauNotConfigured
from core.domain.consultation import ConsultationBudgetExceeded, RepeatConsultation
from core.domain.credentials import CredentialsRefused, PasswordRefused
from core.domain.errors import Conflict, DomainError, IdempotencyConflict, InvalidInput, NotFound
from core.domain.integration import (
    ActiveMonitors,
    ActiveNegativations,
    BranchAlreadyIntegrated,
    IntegrationNotLinked,
)
from core.domain.negativation import AlreadyNegativated, NotClearable, NotEligible, NotResendable
from core.domain.parameters import CreditAnalysisDisabled
from core.domain.plans import PlanNotAllowed, PlanRequired

ErrorT = TypeVar("ErrorT", bound=DomainError)


@dataclass(frozen=True, slots=True)
class Handler:
    """Turns one kind of domain error into its error type (Strawberry's protocol `ExceptionHandler`)."""

    exception_type: type[DomainError]
    error_type: type[UserError]
    make: Callable[[Any, Context], UserError]

    def handle(self, exception: Any, *, field: StrawberryField, info: Info) -> UserError:
        """The error as the schema shows it."""
        return self.make(exception, info.context)


def _handler(
    exception_type: type[ErrorT], error_type: type[UserError], make: Callable[[ErrorT, Context], UserError]
) -> Handler:
    return Handler(exception_type, error_type, make)


# A failure of the bureau is either a refusal or an outage; results that can be the one can be the other as well.
HANDLERS = (
    _handler(InvalidInput, InvalidInputError, InvalidInputError.of),
    _handler(NotFound, NotFoundError, NotFoundError.of),
    _handler(Conflict, ConflictError, ConflictError.of),
    _handler(IdempotencyConflict, IdempotencyConflictError, IdempotencyConflictError.of),
    _handler(CreditAnalysisDisabled, CreditAnalysisDisabledError, CreditAnalysisDisabledError.of),
    _handler(IntegrationNotLinked, IntegrationNotLinkedError, IntegrationNotLinkedError.of),
    _handler(BranchAlreadyIntegrated, BranchAlreadyIntegratedError, BranchAlreadyIntegratedError.of),
    _handler(ActiveNegativations, ActiveNegativationsError, ActiveNegativationsError.of),
    _handler(ActiveMonitors, ActiveMonitorsError, ActiveMonitorsError.of),
    _handler(PlanRequired, PlanRequiredError, PlanRequiredError.of),
    _handler(PlanNotAllowed, PlanNotAllowedError, PlanNotAllowedError.of),
    _handler(RepeatConsultation, RepeatConsultationWarning, RepeatConsultationWarning.of),
    _handler(ConsultationBudgetExceeded, ConsultationBudgetExceededError, ConsultationBudgetExceededError.of),
    _handler(PasswordRefused, PasswordRefusedError, PasswordRefusedError.of),
    _handler(CredentialsRefused, CredentialsRefusedError, CredentialsRefusedError.of),
    _handler(NotEligible, NotEligibleError, NotEligibleError.of),
    _handler(AlreadyNegativated, AlreadyNegativatedError, AlreadyNegativatedError.of),
    _handler(NotClearable, NotClearableError, NotClearableError.of),
    _handler(NotResendable, NotResendableError, NotResendableError.of),
    _handler(BureauFailure, BureauUnavailableError, bureau_error),
    _handler(BureauNotConfigured, BureauUnavailableError, bureau_error),
)


def user_error(error: DomainError, context: Context) -> UserError | None:
    """The error of the schema that stands for a domain error; None when there is none for it."""
    for handler in HANDLERS:
        if isinstance(error, handler.exception_type):
            return handler.make(error, context)
    return None


def error_of_part(error: DomainError, context: Context) -> UserError:
    """The error of one part of a batch, as the schema shows it. Raises `error` itself when there is no type for it."""
    shown = user_error(error, context)
    if shown is None:
        raise error
    return shown
