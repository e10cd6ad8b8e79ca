"""How pages and downloads say no: for programs by a code, for people in their language."""

from starlette.responses import JSONResponse, Response

from api.messages import error_message, kind_name
from api.texts.languages import Language
from core.domain.access import Unauthenticated
from core.domain.errors import Forbidden, NotFound


def refused(error: Unauthenticated | Forbidden | NotFound, language: Language) -> Response:
    """The answer to whoever may not see what is there, or to whom it is not there."""
    match error:
        case Unauthenticated():
            text = error_message(f"UNAUTHENTICATED_{error.reason.value}", language)
            return refusal(401, "UNAUTHENTICATED", text, headers={"WWW-Authenticate": "Bearer"})
        case Forbidden():
            return refusal(403, "FORBIDDEN", error_message("FORBIDDEN", language, scope=error.scope))
        case NotFound():
            text = error_message("NOT_FOUND", language, kind=kind_name(error.kind, language))
            return refusal(404, "NOT_FOUND", text)


def refusal(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: object
) -> Response:
    """An answer with that code and text."""
    body = {"error": {"code": code, "detail": detail, **more}}
    return JSONResponse(body, status_code=status, headers=headers)
