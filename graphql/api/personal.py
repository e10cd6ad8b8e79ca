"""Fields about people, and words of others that may mention them, masked for callers who may not see documents whole."""

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension

from core.domain.masking import Masking

Mask = Callable[[Masking, Any], Any]

_NOTE = "A person's is masked, like `{example}`, for a token without WHOLE_DOCUMENTS."
MENTIONS = "What it quotes of persons is masked for a token without WHOLE_DOCUMENTS."
_HIDDEN = "A person's is null for a token without WHOLE_DOCUMENTS."


class _Masked(FieldExtension):
    """Masks the field's value. What it is a field of says by `holder` whose document it belongs to."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask

    def resolve(
        self, next_: Callable[..., Any], source: Any, info: strawberry.Info[Any, Any], **arguments: Any
    ) -> Any:
        """The value as the caller may see it."""
        value = next_(source, info, **arguments)
        if value is None:
            return None
        masking = Masking.of(source.holder, whole=info.context.sees_whole_documents())
        return self._mask(masking, value)


class _Mentioning(FieldExtension):
    """Masks whom the field's text mentions. What it is a field of says by `mentioned` who that may be."""

    def resolve(
        self, next_: Callable[..., Any], source: Any, info: strawberry.Info[Any, Any], **arguments: Any
    ) -> Any:
        """The text as the caller may see it."""
        text = next_(source, info, **arguments)
        if text is None or info.context.sees_whole_documents():
            return text
        return source.mentioned.masked_in(text)


def mentioning(description: str) -> Any:
    """Words of others, which stay as they are but for people whom they mention."""
    return strawberry.field(description=f"{description} {MENTIONS}", extensions=[_Mentioning()])


def _personal(description: str, mask: Mask, note: str) -> Any:
    return strawberry.field(description=f"{description} {note}", extensions=[_Masked(mask)])


def personal_name(description: str) -> Any:
    """A name, `Maria ***`."""
    return _personal(description, Masking.name, _NOTE.format(example="Maria ***"))


def personal_phone(description: str) -> Any:
    """A phone, `47***77`."""
    return _personal(description, Masking.phone, _NOTE.format(example="47***77"))


def personal_email(description: str) -> Any:
    """An e-mail, `m***@example.com`."""
    return _personal(description, Masking.email, _NOTE.format(example="m***@example.com"))


def personal_detail(description: str) -> Any:
    """Part of an address, `***`."""
    return _personal(description, Masking.detail, _NOTE.format(example="***"))


def personal_day(description: str) -> Any:
    """A birth date, which may be null anyway."""
    return _personal(description, Masking.day, _HIDDEN)
