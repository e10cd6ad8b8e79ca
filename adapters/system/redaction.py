"""Keeps personal data and secrets out of logs, whatever a caller or a library puts into them."""

import re
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

HIDDEN = "[hidden]"

_MADE_BY_THE_LOG = frozenset({"timestamp", "level"})
"""Set by the log itself, over whatever an event may hold by these names."""

_SECRET_WORDS = frozenset(
    {"password", "passwords", "passwd", "pwd", "senha", "senhas", "token", "tokens"}
) | {
    "secret",
    "secrets",
    "authorization",
    "cookie",
}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_HINT = re.compile(r"(?i)password|passwd|senha|token|secret|authorization|cookie|bearer|basic|://|fia_|eyJ")
"""Without one of these a text holds neither a spoken secret nor a credential; most texts end here."""

_DIGIT = re.compile(r"\d")

_OUR_ID = re.compile(r"[0-9a-f]{32}")
"""A request's id, as we make it: found in each line, and kept as it is below, too."""

_SPOKEN_SECRET = re.compile(
    r"""(?ix)
    (?P<name> [\w-]* (?:password|passwd|senha|token|secret|authorization|cookie) [\w-]* ["']? \s* [:=] \s* )
    (?: "[^"]*" | '[^']*' | (?:bearer|basic)\s+\S+ | [^\s"',;&)}\]]+ )
    """
)
_CREDENTIALS = re.compile(
    r"""(?ix)
    (?P<scheme> \b (?:bearer|basic) \s+ ) [A-Za-z0-9._~+/=-]{8,}
    | (?P<user> :// [^\s/:@]* ) : [^\s/@]+ (?=@)
    | \b fia_[A-Za-z0-9_-]+
    | \b eyJ[A-Za-z0-9_-]+ (?: \.[A-Za-z0-9_-]+ ){1,4}
    """
)
_DOCUMENTS = re.compile(
    r"""(?ix)
    # identifiers and digests may hold eleven digits in a row by chance; they are what ties log lines together
    (?P<kept> \b (?: [0-9a-f]{8} (?:-[0-9a-f]{4}){3} - [0-9a-f]{12} | [0-9a-f]{16} | [0-9a-f]{32,} ) \b )
    | (?<!\d) \d{3} \.? \d{3} \.? \d{3} -? \d{2} (?!\d)
    | (?<!\d) \d{2} \.? \d{3} \.? \d{3} (?:/|%2F)? \d{4} -? \d{2} (?!\d)
    | (?<!\w) [0-9A-Z]{2} \. [0-9A-Z]{3} \. [0-9A-Z]{3} (?:/|%2F) [0-9A-Z]{4} - \d{2} (?!\d)
    # an alphanumeric CNPJ without punctuation: four digits at least, so that words are spared
    | (?<!\w) (?= (?:[A-Z]*\d){4} ) [0-9A-Z]{12} \d{2} (?!\w)
    """
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide, as a structlog processor, what must not be logged.

    Values under a name that speaks of a password, token, secret, authorization or cookie go whole; from all other
    text go CPF and CNPJ (formatted or bare, numeric or alphanumeric), bearer tokens and passwords inside addresses.
    Check digits are not looked at: a mistyped document is somebody's, too.
    """
    return {
        name: value if name in _MADE_BY_THE_LOG else _hidden(name, value) for name, value in event.items()
    }


def redact_text(text: str) -> str:
    """`text` without documents and credentials."""
    if _OUR_ID.fullmatch(text):
        return text
    if _HINT.search(text):
        text = _SPOKEN_SECRET.sub(rf"\g<name>{HIDDEN}", text)
        text = _CREDENTIALS.sub(_without_credential, text)
    if _DIGIT.search(text):
        text = _DOCUMENTS.sub(lambda found: found["kept"] or HIDDEN, text)
    return text


def _hidden(name: str, value: Any) -> Any:
    return HIDDEN if _speaks_of_secrets(name) else _clean(value)


@lru_cache(maxsize=256)
def _speaks_of_secrets(name: str) -> bool:
    return not _SECRET_WORDS.isdisjoint(word.lower() for word in _WORD.findall(name))


def _clean(value: Any) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return HIDDEN if len(str(abs(value))) in (11, 14) else value
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return redact_text(value if isinstance(value, str) else repr(value))


def _without_credential(found: re.Match[str]) -> str:
    if found["user"] is not None:
        return f"{found['user']}:{HIDDEN}"
    return f"{found['scheme'] or ''}{HIDDEN}"
