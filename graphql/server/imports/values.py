"""What stands in a cell: dates, amounts and words as Brazilian spreadsheets write them."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from core.domain.subjects import Gender, NegativationHold
from server.imports.words import plain


class WrongCell(Exception):
    """The cell cannot be read; the text says what is accepted, in Portuguese, and never what stood there."""


ReadCell = Callable[[str], object]

GENDERS = {
    "f": Gender.FEMALE,
    "feminino": Gender.FEMALE,
    "female": Gender.FEMALE,
    "m": Gender.MALE,
    "masculino": Gender.MALE,
    "male": Gender.MALE,
    "o": Gender.OTHER,
    "outro": Gender.OTHER,
    "other": Gender.OTHER,
}

HOLDS = {
    "contestacao": NegativationHold.DISPUTE,
    "dispute": NegativationHold.DISPUTE,
    "sub_judice": NegativationHold.SUB_JUDICE,
    "falecido": NegativationHold.DECEASED,
    "deceased": NegativationHold.DECEASED,
    "acordo": NegativationHold.AGREEMENT,
    "agreement": NegativationHold.AGREEMENT,
    "bloqueado": NegativationHold.BLOCKED,
    "blocked": NegativationHold.BLOCKED,
}

_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)
_LOCAL_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)

_CURRENCY = re.compile(r"^R\$\s*")
_THOUSANDS = r"\d{1,3}(?:\.\d{3})+"
_WITH_COMMA = re.compile(rf"(?P<whole>\d+|{_THOUSANDS}),(?P<cents>\d{{1,2}})", re.ASCII)
_WITH_POINT = re.compile(r"(?P<whole>\d+)\.(?P<cents>\d{1,2})", re.ASCII)
_WHOLE = re.compile(r"\d+|\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_AMBIGUOUS = re.compile(r"\d{1,3}\.\d{3}", re.ASCII)


def read_day(text: str) -> date:
    """21/11/2026 or 2026-11-21. Raises WrongCell."""
    found = _ISO_DAY.fullmatch(text) or _LOCAL_DAY.fullmatch(text)
    try:
        if found is not None:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        pass
    raise WrongCell("informe uma data como 31/01/2026 ou 2026-01-31")


def read_amount(text: str) -> Decimal:
    """1.234,56, 1234,56 or 1234.56, with or without R$. Raises WrongCell.

    1.234 could be either, so it is refused: nobody's debt is to be a thousand times what it is.
    """
    digits = _CURRENCY.sub("", text).replace("\xa0", "").strip()
    if _AMBIGUOUS.fullmatch(digits):
        raise WrongCell("o valor é ambíguo: escreva 1234,00 ou 1,23")
    found = _WITH_COMMA.fullmatch(digits) or _WITH_POINT.fullmatch(digits)
    if found is not None:
        return Decimal(f"{found['whole'].replace('.', '')}.{found['cents']}")
    if _WHOLE.fullmatch(digits):
        return Decimal(digits.replace(".", ""))
    raise WrongCell("informe um valor em reais como 1.234,56")


def one_of(words: Mapping[str, object], accepted: str) -> ReadCell:
    """A reader of one of some words, in any spelling of case and accents."""

    def read(text: str) -> object:
        try:
            return words[plain(text)]
        except KeyError:
            raise WrongCell(f"informe {accepted}") from None

    return read


read_gender = one_of(GENDERS, "F, M ou outro")
read_hold = one_of(HOLDS, "contestação, sub judice, falecido, acordo ou bloqueado")
