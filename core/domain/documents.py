"""CPF and CNPJ: the two documents under which Brazil knows a person and a company.

Check digits follow the Receita Federal: modulus 11, the value of a character being its ASCII code minus 48, which
makes the alphanumeric CNPJ (IN RFB 2.229/2024) and the numeric one a single rule.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import InvalidInput, Problem


class DocumentKind(StrEnum):
    """The kind of a document, which is also the kind of its holder."""

    CPF = "CPF"
    CNPJ = "CNPJ"


CPF_LENGTH = 11

_PUNCTUATION = re.compile(r"[.\-/\s]")
_CPF = re.compile(r"[0-9]{11}")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Document:
    """A CPF or CNPJ with right check digits. `number` has no punctuation; letters are upper case."""

    kind: DocumentKind
    number: str

    @property
    def formatted(self) -> str:
        """The document as it is printed: 123.456.789-09 or 12.ABC.345/01DE-35."""
        return formatted(self.number)

    @property
    def masked(self) -> str:
        """The document for eyes that may not see it whole: ***.456.789-** or **.ABC.345/****-**."""
        return masked(self.number)

    @property
    def is_alphanumeric(self) -> bool:
        """Whether a CNPJ carries letters, which bureau layouts with numeric fields cannot take."""
        return not self.number.isdigit()


def kind_by_length(number: str) -> DocumentKind:
    """The kind of a document of which the number was checked before; its length tells it."""
    return DocumentKind.CPF if len(number) == CPF_LENGTH else DocumentKind.CNPJ


def formatted(number: str) -> str:
    """The number of a document as it is printed; its length tells its kind."""
    n = number
    if len(n) == CPF_LENGTH:
        return f"{n[:3]}.{n[3:6]}.{n[6:9]}-{n[9:]}"
    return f"{n[:2]}.{n[2:5]}.{n[5:8]}/{n[8:12]}-{n[12:]}"


def masked(number: str) -> str:
    """The number of a document for eyes that may not see it whole; its length tells its kind."""
    n = number
    if len(n) == CPF_LENGTH:
        return f"***.{n[3:6]}.{n[6:9]}-**"
    return f"**.{n[2:5]}.{n[5:8]}/****-**"


def parse_document(
    text: str, *, path: tuple[str, ...] = ("document",), kind: DocumentKind | None = None
) -> Document:
    """Read a document with or without punctuation, in either case of letters.

    Raises InvalidInput with one problem at `path`: `INVALID_DOCUMENT` when it is neither a CPF nor a CNPJ, its check
    digits are wrong or (CPF) all its digits are equal; `WRONG_DOCUMENT_KIND` when it is valid but not of `kind`.
    """
    number = _PUNCTUATION.sub("", text).upper()
    found = _kind_of(number)
    if found is None:
        raise InvalidInput(problems=(Problem(path, "INVALID_DOCUMENT"),))
    if kind is not None and found is not kind:
        raise InvalidInput(problems=(Problem(path, "WRONG_DOCUMENT_KIND", {"expected": kind.value}),))
    return Document(found, number)


def _kind_of(number: str) -> DocumentKind | None:
    if (
        _CPF.fullmatch(number)
        and len(set(number)) > 1
        and _check_digits(number[:9], highest_weight=11) == number[9:]
    ):
        return DocumentKind.CPF
    if (
        _CNPJ.fullmatch(number)
        and number != "0" * 14
        and _check_digits(number[:12], highest_weight=9) == number[12:]
    ):
        return DocumentKind.CNPJ
    return None


def _check_digits(base: str, *, highest_weight: int) -> str:
    """The two check digits of `base`: weights 2..highest_weight cycle from the right, digit = 11 - sum mod 11, or 0."""
    cycle = highest_weight - 1
    digits = ""
    for _ in range(2):
        values = reversed([ord(character) - 48 for character in base + digits])
        remainder = sum(value * (2 + i % cycle) for i, value in enumerate(values)) % 11
        digits += "0" if remainder < 2 else str(11 - remainder)
    return digits
