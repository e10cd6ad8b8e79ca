"""What every operation of the sandbox shares: refusals in the contract's shape, reading a body, holding an answer back."""

import asyncio
import re
from contextlib import suppress
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse

MAX_REQUEST_BYTES = 1024 * 1024

_KEY = re.compile(r"[A-Za-z0-9_.~:%-]{1,200}")


class Refusal(Exception):
    """The provider says no. `legal` None: not a 422; else whether the law forbids it or a person can mend it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        legal: bool | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.legal = legal
        self.retry_after = retry_after


def invalid(code: str, message: str) -> Refusal:
    """A refusal that a person can mend."""
    return Refusal(422, code, message, legal=False)


def forbidden_by_law(code: str, message: str) -> Refusal:
    """A refusal that nothing mends."""
    return Refusal(422, code, message, legal=True)


def refusal_response(refusal: Refusal) -> JSONResponse:
    """Erro. Refusals of this sandbox are never billed."""
    body = {"codigo": refusal.code, "mensagem": refusal.message, "faturada": False}
    if refusal.legal is not None:
        body["classe"] = "BLOQUEIO_LEGAL" if refusal.legal else "VALIDACAO"
    headers = {}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Connect SA", charset="UTF-8"'
    return JSONResponse(body, status_code=refusal.status, headers=headers)


class Body(BaseModel):
    """A request body: strict, camelCase on the wire, nothing undocumented in it."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", alias_generator=to_camel, hide_input_in_errors=True
    )


B = TypeVar("B", bound=BaseModel)


async def read_body(request: Request, shape: type[B]) -> B:
    """The body as `shape`; refused with 413 when it is too large, with 400 when it is not JSON, with 422 naming the fields when they are wrong."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_REQUEST_BYTES:
            raise Refusal(413, "REQUISICAO_INVALIDA", "O corpo é grande demais.")
    try:
        return shape.model_validate_json(bytes(content))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        raise Refusal(400, "REQUISICAO_INVALIDA", "O corpo não é JSON.")
    fields = sorted({".".join(str(part) for part in problem["loc"]) or "corpo" for problem in problems})
    raise invalid("CAMPO_INVALIDO", f"Campos ausentes ou inválidos: {', '.join(fields)[:300]}.")


def order_key(request: Request) -> str:
    """The Idempotency-Key of an order."""
    key = request.headers.get("Idempotency-Key", "")
    if _KEY.fullmatch(key) is None:
        raise Refusal(400, "CHAVE_INVALIDA", "Idempotency-Key ausente ou fora do formato.")
    return key


async def hold(request: Request, seconds: float) -> None:
    """Keep the caller waiting, no longer than the caller waits."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
