"""The languages of messages, and how a caller chooses one."""

from enum import StrEnum
from functools import lru_cache


class Language(StrEnum):
    """A language that messages are written in."""

    PT_BR = "pt-BR"
    EN = "en"


@lru_cache(maxsize=128)
def negotiate_language(accept_language: str | None) -> Language:
    """The language that an `Accept-Language` header prefers (RFC 9110, 12.5.4); Brazilian Portuguese by default."""
    best, best_quality = Language.PT_BR, 0.0
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.partition(";")
        language = _language_of(tag.strip().lower())
        quality = _quality(parameters)
        if language is not None and quality > best_quality:
            best, best_quality = language, quality
    return best


def _language_of(tag: str) -> Language | None:
    primary = tag.split("-")[0]
    return {"pt": Language.PT_BR, "*": Language.PT_BR, "en": Language.EN}.get(primary)


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return max(0.0, min(1.0, float(value)))
    except ValueError:
        return 0.0
