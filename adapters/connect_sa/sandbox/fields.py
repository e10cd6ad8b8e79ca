"""Checks that consultations, registrations and monitoring share."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from starlette.requests import Request

from adapters.connect_sa.exchange import CONSULTATION_READ_SECONDS
from adapters.connect_sa.sandbox.answers import hold, invalid
from adapters.connect_sa.sandbox.books import Books
from adapters.connect_sa.sandbox.scenarios import Pace, scenario_of
from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import InvalidInput
from core.domain.states import StateCode

SLOW_SECONDS = 3.0
TOO_LATE_SECONDS = CONSULTATION_READ_SECONDS + 10
"""Longer than the client waits for anything."""

_WIRE_DOCUMENT = re.compile(r"[0-9]{11}|[0-9A-Z]{12}[0-9]{2}")


def _known_state(text: str) -> str:
    return StateCode(text).value


Uf = Annotated[str, AfterValidator(_known_state)]
Contract = Annotated[str, Field(pattern=r"^[0-9A-Z/. -]{1,16}$")]
Amount = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,10})\.[0-9]{2}$")]


def checked_document(text: str, *, kind: DocumentKind | None = None) -> Document:
    """A document of the wire, without punctuation. Raises Refusal 422 when it is none, or not of `kind`."""
    refusal = invalid("DOCUMENTO_INVALIDO", "CPF ou CNPJ inválido.")
    if _WIRE_DOCUMENT.fullmatch(text) is None:
        raise refusal
    try:
        return parse_document(text, kind=kind)
    except InvalidInput:
        raise refusal from None


async def keep_waiting(request: Request, document: str, *, first: bool) -> None:
    """Answer as slowly as the document wants it; what was recorded is saved before. Only the first answer is too late."""
    scenario = scenario_of(document)
    if scenario is None or scenario.pace is Pace.PROMPT or (scenario.pace is Pace.TOO_LATE and not first):
        return
    books: Books = request.app.state.books
    books.save()
    await hold(request, SLOW_SECONDS if scenario.pace is Pace.SLOW else TOO_LATE_SECONDS)
