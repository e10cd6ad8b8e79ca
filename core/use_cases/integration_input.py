"""Reading the form of an integration (integração de análise de crédito)."""

import unicodedata
from dataclasses import dataclass

from core.domain.bureau import CredentialKind
from core.domain.contact import parse_text
from core.domain.documents import Document, DocumentKind, parse_document
from core.domain.integration import Automation
from core.domain.secret import Secret
from core.use_cases.changes import UNSET, Change
from core.use_cases.record_input import RecordReader

MAX_LOGIN = 60
MAX_PASSWORD = 64
MAX_CODE = 10

PASSWORD_PATHS = {
    CredentialKind.CONSULTATION: ("consultationPassword",),
    CredentialKind.PEFIN: ("pefinPassword",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationFields:
    """Automatic inclusion and removal as typed; both codes are needed when it is enabled."""

    enabled: bool = False
    restriction_code: str | None = None
    clearing_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationChanges:
    """Changes to the automation."""

    enabled: Change[bool] = UNSET
    restriction_code: Change[str | None] = UNSET
    clearing_code: Change[str | None] = UNSET


def read_login(reader: RecordReader, login: str) -> str | None:
    """The login that the provider issued."""
    return reader.attempt(lambda: parse_text(login, path=("login",), longest=MAX_LOGIN))


def read_responsible_cpf(reader: RecordReader, cpf: str) -> Document | None:
    """The CPF of whoever answers for the registrations (CPF responsável pela negativação)."""
    return reader.attempt(lambda: parse_document(cpf, path=("responsibleCpf",), kind=DocumentKind.CPF))


def read_automation(reader: RecordReader, fields: AutomationFields) -> Automation:
    """The automation; notes RESTRICTION_CODE_REQUIRED and CLEARING_CODE_REQUIRED when it is enabled without."""
    restriction_path = ("automation", "restrictionCode")
    clearing_path = ("automation", "clearingCode")
    restriction_code = reader.text(fields.restriction_code, *restriction_path, longest=MAX_CODE)
    clearing_code = reader.text(fields.clearing_code, *clearing_path, longest=MAX_CODE)
    if fields.enabled and not (fields.restriction_code or "").strip():
        reader.add(restriction_path, "RESTRICTION_CODE_REQUIRED")
    if fields.enabled and not (fields.clearing_code or "").strip():
        reader.add(clearing_path, "CLEARING_CODE_REQUIRED")
    return Automation(enabled=fields.enabled, restriction_code=restriction_code, clearing_code=clearing_code)


def check_password(reader: RecordReader, kind: CredentialKind, password: Secret) -> None:
    """Note INVALID_PASSWORD for what cannot be a password. Whether it is the right one, only the provider can say."""
    value = password.value
    printable = not any(unicodedata.category(sign).startswith("C") for sign in value)
    if not value or len(value) > MAX_PASSWORD or value != value.strip() or not printable:
        reader.add(PASSWORD_PATHS[kind], "INVALID_PASSWORD", max=MAX_PASSWORD)
