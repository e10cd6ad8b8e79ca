"""How to reach somebody: names, phones, e-mail and addresses, read from what people type.

Each reader raises InvalidInput with one problem at `path`.
"""

import re
import unicodedata

from core.domain.errors import InvalidInput, Problem
from core.domain.masking import MASK

MAX_NAME = 120
MAX_EMAIL = 254

MOBILE = re.compile(r"[1-9]{2}9[0-9]{8}")
"""A Brazilian mobile phone as it is kept: area code (DDD, which has no zero), 9, and eight digits."""

POSTAL_CODE = re.compile(r"[0-9]{8}")
"""A postal code (CEP) as it is kept."""

_LANDLINE = re.compile(r"[1-9]{2}[2-5][0-9]{7}")
_PHONE_PUNCTUATION = re.compile(r"[\s().\-]")
_DIALLED_BEFORE = re.compile(r"^(?:\+?55(?=0?[0-9]{10,11}$))?0?")
_POSTAL_CODE_PUNCTUATION = re.compile(r"[\s.\-]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Control and format characters, surrogates, private characters, line and paragraph ends (Unicode categories)."""


def parse_text(text: str, *, path: tuple[str, ...], longest: int = MAX_NAME) -> str:
    """One line of text, stripped and composed (NFC). `INVALID_TEXT` when empty, longer, or not printable, `MASKED_VALUE`
    when it was masked.
    """
    line = unicodedata.normalize("NFC", text.strip())
    _require_unmasked(line, path)
    if not line or len(line) > longest or any(unicodedata.category(sign) in _UNPRINTABLE for sign in line):
        raise InvalidInput(problems=(Problem(path, "INVALID_TEXT", {"max": longest}),))
    return line


def parse_mobile(text: str, *, path: tuple[str, ...]) -> str:
    """A mobile phone with area code, as eleven digits; +55 and punctuation are accepted. `INVALID_MOBILE`."""
    digits = _phone_digits(text)
    if not MOBILE.fullmatch(digits):
        raise InvalidInput(problems=(Problem(path, "INVALID_MOBILE"),))
    return digits


def parse_phone(text: str, *, path: tuple[str, ...]) -> str:
    """A mobile phone or a landline with area code, as ten or eleven digits. `INVALID_PHONE`."""
    digits = _phone_digits(text)
    if not (MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        raise InvalidInput(problems=(Problem(path, "INVALID_PHONE"),))
    return digits


def parse_postal_code(text: str, *, path: tuple[str, ...]) -> str:
    """A postal code (CEP), as eight digits; "89010-025" is accepted. `INVALID_POSTAL_CODE`."""
    digits = _POSTAL_CODE_PUNCTUATION.sub("", text)
    if not POSTAL_CODE.fullmatch(digits):
        raise InvalidInput(problems=(Problem(path, "INVALID_POSTAL_CODE"),))
    return digits


def parse_email(text: str, *, path: tuple[str, ...]) -> str:
    """A plausible e-mail address: whether it exists, only a message to it tells. `INVALID_EMAIL`, `MASKED_VALUE`."""
    address = text.strip()
    _require_unmasked(address, path)
    printable = not any(unicodedata.category(sign) in _UNPRINTABLE for sign in address)
    if len(address) > MAX_EMAIL or not printable or not _EMAIL.fullmatch(address):
        raise InvalidInput(problems=(Problem(path, "INVALID_EMAIL"),))
    return address


def _require_unmasked(text: str, path: tuple[str, ...]) -> None:
    """What a caller was shown masked and sends back would overwrite what is known."""
    if MASK in text:
        raise InvalidInput(problems=(Problem(path, "MASKED_VALUE"),))


def _phone_digits(text: str) -> str:
    """The national number: without punctuation, country code (55) and trunk prefix (0)."""
    return _DIALLED_BEFORE.sub("", _PHONE_PUNCTUATION.sub("", text), count=1)
