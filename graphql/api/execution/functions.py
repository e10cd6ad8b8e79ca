"""What the templates of shapes may call to make what an answer holds of what a row holds."""

from binascii import b2a_base64
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any

from core.domain.documents import Document, DocumentKind, formatted
from core.domain.masking import Masking
from core.domain.mentions import Mentioned
from core.domain.report import Score
from ports.rows import Form


class Unplanned(Exception):
    """The plan cannot tell what the answer is; graphql-core can."""


def functions(forms: Mapping[Form, Callable[[Any], Any]]) -> dict[str, Callable[..., Any]]:
    """The functions, for rows whose values come in these forms."""
    text_of = forms.get(Form.ID, _same)

    def global_id(type_name: str, value: Any) -> str:
        return b2a_base64(f"{type_name}:{text_of(value)}".encode(), newline=False).decode()

    return {
        "global_id": global_id,
        "repeated_id": lru_cache(maxsize=1024)(global_id),
        "id_text": text_of,
        "instant": forms.get(Form.INSTANT, _same),
        "truth": forms.get(Form.TRUTH, _same),
        "parsed": forms.get(Form.JSON, _same),
        "money": money,
        "kind_of": kind_of,
        "masked": masked,
        "formatted": formatted,
        "personal_name": _masking(Masking.name),
        "personal_phone": _masking(Masking.phone),
        "personal_email": _masking(Masking.email),
        "personal_detail": _masking(Masking.detail),
        "personal_day": _masking(Masking.day),
        "mentioning": _mentioning,
        "names_in": _names_in,
        "band": lambda value: Score(value).band.name,
        "lost": lost,
    }


def names_of(enum: type[Enum], *, nullable: bool) -> dict[Any, str | None]:
    """The names by value; a value that is none is found out by its absence."""
    names: dict[Any, str | None] = {member.value: member.name for member in enum}
    return {None: None, **names} if nullable else names


def money(centavos: int) -> str:
    """An amount with two decimal places."""
    if centavos >= 100:
        digits = str(centavos)
        return f"{digits[:-2]}.{digits[-2:]}"
    sign = "-" if centavos < 0 else ""
    return f"{sign}{abs(centavos) // 100}.{abs(centavos) % 100:02d}"


def kind_of(number: str) -> str:
    """The kind of a document, told by its length."""
    return "CPF" if len(number) == 11 else "CNPJ"


@lru_cache(maxsize=1024)
def masked(number: str) -> str:
    """A document as it is shown to those who may not see it whole."""
    return _document(number).masked


def lost() -> Any:
    """What must be there is not."""
    raise Unplanned


def _masking(mask: Callable[[Masking, Any], Any]) -> Callable[[Any, Any], Any]:
    """Masks a value for those who may not see documents whole. holder: the number of the document of whoever it tells of, or the
    document as JSON keeps it.
    """

    def masked_value(value: Any, holder: Any) -> Any:
        document = None if holder is None else _document(_number_of(holder))
        return mask(Masking.of(document, whole=False), value)

    return masked_value


def _mentioning(text: str, holder: Any, *names: str | None) -> str:
    """A text for those who may not see documents whole: whoever has that document may be mentioned by those names."""
    return Mentioned(_document(_number_of(holder)), names).masked_in(text)


def _names_in(identity: dict[str, str | None] | None) -> tuple[str | None, ...]:
    """The names in a report's identity, as JSON keeps it."""
    return () if identity is None else (identity.get("name"), identity.get("mother_name"))


def _number_of(holder: Any) -> str:
    number: str = holder["number"] if isinstance(holder, dict) else holder
    return number


def _document(number: str) -> Document:
    return Document(DocumentKind(kind_of(number)), number)


def _same(value: Any) -> Any:
    return value
