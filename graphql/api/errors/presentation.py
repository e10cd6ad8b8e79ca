"""Top-level errors as clients see them: coded, in their language, with the request's id; whatever is not expected is masked."""

import logging
import traceback
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from api.admission import RateLimited
from api.context import Context
from api.errors.base import InputProblem, UserError
from api.errors.general import InvalidInputError, NotFoundError
from api.errors.handlers import user_error
from api.messages import error_message
from api.protocol_error import ProtocolCode, ProtocolError
from api.texts.languages import Language
from core.domain.access import Unauthenticated
from core.domain.errors import DomainError, Forbidden
from ports.storage import StorageState, StorageUnavailable

SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"

_log = logging.getLogger("fiador.api")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPresenter:
    """Writes errors for one request. `context` is None until the caller is known."""

    language: Language
    request_id: str
    context: Context | None = None
    _logged: set[StorageState] = field(default_factory=set)

    def present(self, error: GraphQLError, *, is_mutation: bool = False) -> dict[str, Any]:
        """The error as it goes into the response's `errors`."""
        message, extensions = self._explain(error, is_mutation)
        presented: dict[str, Any] = {"message": message}
        if error.locations:
            presented["locations"] = [location.formatted for location in error.locations]
        if error.path is not None:
            presented["path"] = error.path
        return {**presented, "extensions": {**extensions, "requestId": self.request_id}}

    def refusal(self, code: str, text: str, **values: str | int) -> dict[str, Any]:
        """An error that no GraphQL error stands for, such as a malformed request."""
        message = error_message(text, self.language, **values)
        return {"message": message, "extensions": {"code": code, "requestId": self.request_id}}

    def unauthenticated(self, error: Unauthenticated) -> dict[str, Any]:
        """The answer to a token that opens nothing."""
        return self.refusal("UNAUTHENTICATED", f"UNAUTHENTICATED_{error.reason.value}")

    def unavailable(self, error: StorageUnavailable) -> dict[str, Any]:
        """The answer while the storage is out of order; to be repeated as it is, later."""
        message, extensions = self._unavailable(error)
        return {"message": message, "extensions": {**extensions, "requestId": self.request_id}}

    def _explain(self, error: GraphQLError, is_mutation: bool) -> tuple[str, dict[str, Any]]:
        cause = _cause_of(error)
        if isinstance(cause, ProtocolError):
            return error_message(cause.text, self.language, **cause.values), {"code": cause.code.value}
        if isinstance(cause, GraphQLError):
            return cause.message, {"code": ProtocolCode.INVALID_VARIABLES.value}
        if isinstance(cause, RateLimited):
            return error_message("RATE_LIMITED", self.language, seconds=cause.seconds), {
                "code": "RATE_LIMITED",
                "retryAfterSeconds": cause.seconds,
            }
        if isinstance(cause, Forbidden):
            text = "FORBIDDEN_EVERY_BRANCH" if cause.scope == "EVERY_BRANCH" else "FORBIDDEN"
            return error_message(text, self.language, scope=cause.scope), {
                "code": "FORBIDDEN",
                "scope": cause.scope,
            }
        if isinstance(cause, StorageUnavailable):
            return self._unavailable(cause)
        # What a mutation's result does not name is not expected of it; queries have no results to name it in.
        if isinstance(cause, DomainError) and self.context is not None and not is_mutation:
            known = user_error(cause, self.context)
            if known is not None:
                return known.message, _extensions(known)
        self._log(error, cause)
        message = error_message("INTERNAL", self.language, request_id=self.request_id)
        return message, {"code": "INTERNAL"}

    def _unavailable(self, error: StorageUnavailable) -> tuple[str, dict[str, Any]]:
        # It befalls many fields of many requests: one line for each request, and no stack, which would say nothing more.
        if error.state not in self._logged:
            self._logged.add(error.state)
            _log.warning("request %s: %s", self.request_id, error)
        return error_message(SERVICE_UNAVAILABLE, self.language), {
            "code": SERVICE_UNAVAILABLE,
            "retryable": True,
        }

    def _log(self, error: GraphQLError, cause: BaseException) -> None:
        # Neither the error's message nor the document is logged: both may hold what people typed.
        frames = "".join(traceback.format_tb(cause.__traceback__))
        where = ".".join(str(part) for part in error.path or ())
        _log.error("request %s: %s at %s\n%s", self.request_id, type(cause).__qualname__, where, frames)


def _cause_of(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _extensions(error: UserError) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": error.code.value}
    if isinstance(error, InvalidInputError):
        extensions["problems"] = [_written(problem) for problem in error.problems]
    if isinstance(error, NotFoundError):
        extensions["argument"] = error.path
    return extensions


def _written(problem: InputProblem) -> dict[str, Any]:
    return {"path": problem.path, "code": problem.code, "message": problem.message}
