"""What of a person is shown to those who may not see documents whole: enough to recognise, too little to use.

Whatever is masked holds `***`, which no record takes: a form that sends back what it was shown cannot overwrite anything.
"""

import re
from dataclasses import dataclass
from datetime import date

from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.errors import InvalidInput

MASK = "***"

_LIKE_A_CPF = re.compile(r"(?<!\d)\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\d)")
_PHONE_DIGITS_SHOWN = 2


def without_cpfs(text: str) -> str:
    """The text with every CPF in it masked: the name of a sole trader's company commonly ends in the owner's."""
    return _LIKE_A_CPF.sub(_masked_cpf, text)


def _masked_cpf(found: re.Match[str]) -> str:
    try:
        return parse_document(found[0], kind=DocumentKind.CPF).masked
    except InvalidInput:
        return found[0]


def _masked_name(name: str) -> str:
    """The first name of several ("Maria ***"); of a single one the first letter."""
    first, _, others = name.strip().partition(" ")
    return f"{first} {MASK}" if others else f"{first[:1]}{MASK}"


@dataclass(frozen=True, slots=True)
class Masking:
    """How one reader sees the data of the holder of one document. Data of a company is not personal data (LGPD art. 5 I)."""

    hidden: bool
    whole: bool

    @classmethod
    def of(cls, holder: Document | None, *, whole: bool) -> "Masking":
        """whole: whether the reader may see documents whole. A holder without a document counts as a person."""
        return cls.of_kind(None if holder is None else holder.kind, whole=whole)

    @classmethod
    def of_kind(cls, kind: DocumentKind | None, *, whole: bool) -> "Masking":
        """The same for every holder of a document of that kind."""
        return cls(hidden=kind is not DocumentKind.CNPJ and not whole, whole=whole)

    def name(self, name: str) -> str:
        """A name; of a company all of it, but for a CPF in it."""
        if self.hidden:
            return _masked_name(name)
        return name if self.whole else without_cpfs(name)

    def phone(self, phone: str) -> str:
        """A phone: the area code and the last two digits."""
        if not self.hidden:
            return phone
        return f"{phone[:2]}{MASK}{phone[-_PHONE_DIGITS_SHOWN:]}"

    def email(self, address: str) -> str:
        """An e-mail: its first letter and the domain."""
        if not self.hidden:
            return address
        local, _, domain = address.rpartition("@")
        return f"{local[:1]}{MASK}@{domain}"

    def detail(self, text: str) -> str:
        """Part of an address that says where somebody lives."""
        return MASK if self.hidden else text

    def day(self, day: date) -> date | None:
        """A birth date: nothing of it."""
        return None if self.hidden else day
