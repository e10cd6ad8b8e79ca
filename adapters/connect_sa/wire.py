"""What the provider's wire is made of: types of its values, what all answers share, and keys.

Answers are untrusted: types are strict, numbers bounded, texts freed of control characters, unknown fields ignored.
"""

import base64
import binascii
import re
import unicodedata
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from core.domain.money import Money

_MAX_TEXT = 500
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,10})\.[0-9]{2}")


def _printable(text: str) -> str:
    """Without control characters, which databases and terminals choke on, and no longer than a message needs."""
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    return text.strip()[:_MAX_TEXT]


def _money(value: object) -> Money:
    if not isinstance(value, str) or _AMOUNT.fullmatch(value) is None:
        raise ValueError("not an amount")
    return Money(int(value.replace(".", "")))


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("not text")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


Text = Annotated[str, AfterValidator(_printable)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.~:%-]{1,200}$")]
MediaType = Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+(; charset=[A-Za-z0-9-]+)?$", max_length=100)]
Amount = Annotated[Money, BeforeValidator(_money)]
Base64 = Annotated[bytes, BeforeValidator(_decoded)]


class Answer(BaseModel):
    """What every answer has in common: strict types, camelCase names, and errors that do not quote what came."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True)


class KeyedAnswer(Answer):
    """An answer about one order, which it names by its key."""

    chave: Key


class ErrorAnswer(Answer):
    """Erro: why the provider refused, and whether it bills the call all the same."""

    codigo: Code
    mensagem: Text
    faturada: bool
    classe: Literal["VALIDACAO", "BLOQUEIO_LEGAL"] | None = None


def wire_key(key: str) -> str:
    """A key as the wire carries it: whatever a header cannot hold is percent-encoded."""
    return quote(key, safe=":", errors="surrogatepass")


def own_key(wired: str) -> str:
    """The key that `wire_key` encoded."""
    return unquote(wired, errors="surrogatepass")
