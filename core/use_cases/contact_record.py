"""What leads and prospects have in common: both are people or companies who are not customers yet."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict, TypeVar
from uuid import UUID

from core.domain.contact import parse_email, parse_phone, parse_text
from core.domain.documents import Document, parse_document
from core.domain.states import StateCode, parse_state_code
from core.domain.subjects import Lead, Prospect
from core.use_cases.changes import UNSET, Change, given
from core.use_cases.record_input import RecordReader

ContactT = TypeVar("ContactT", Lead, Prospect)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFields:
    """A lead or prospect as typed; the document may come later. phone: mobile or landline, with area code."""

    name: str
    document: str | None = None
    state_code: str | None = None
    phone: str | None = None
    email: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChanges:
    """Changes to a lead or prospect."""

    name: Change[str] = UNSET
    document: Change[str | None] = UNSET
    state_code: Change[str | None] = UNSET
    phone: Change[str | None] = UNSET
    email: Change[str | None] = UNSET
    external_id: Change[str | None] = UNSET


def new_contact(
    kind: type[ContactT], fields: ContactFields, *, record_id: UUID, branch_id: UUID, at: datetime
) -> ContactT:
    """A new lead or prospect.

    Raises InvalidInput (INVALID_TEXT, INVALID_DOCUMENT, INVALID_STATE_CODE, INVALID_PHONE, INVALID_EMAIL).
    """
    return kind(id=record_id, number=0, branch_id=branch_id, created_at=at, updated_at=at, **_read(fields))


def changed_contact(contact: ContactT, changes: ContactChanges) -> ContactT:
    """The lead or prospect after the changes. Raises InvalidInput like `new_contact`."""
    current = ContactFields(
        name=contact.name,
        document=contact.document.number if contact.document else None,
        state_code=contact.state_code,
        phone=contact.phone,
        email=contact.email,
        external_id=contact.external_id,
    )
    return replace(contact, **_read(replace(current, **given(changes))))


class _Values(TypedDict):
    name: str
    document: Document | None
    state_code: StateCode | None
    phone: str | None
    email: str | None
    external_id: str | None


def _read(fields: ContactFields) -> _Values:
    reader = RecordReader()
    name = reader.attempt(lambda: parse_text(fields.name, path=("name",)))
    document = reader.optional(parse_document, fields.document, "document")
    state_code = reader.optional(parse_state_code, fields.state_code, "stateCode")
    phone = reader.optional(parse_phone, fields.phone, "phone")
    email = reader.optional(parse_email, fields.email, "email")
    external_id = reader.external_id(fields.external_id)
    if reader or name is None:
        raise reader.error()
    return _Values(
        name=name,
        document=document,
        state_code=state_code,
        phone=phone,
        email=email,
        external_id=external_id,
    )
