"""The people and companies that a provider deals with: customers, leads and prospects."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.domain.documents import Document
from core.domain.states import StateCode


class Gender(StrEnum):
    """Gender (gênero), which the bureau wants of a natural person."""

    FEMALE = "FEMALE"
    MALE = "MALE"
    OTHER = "OTHER"


class NegativationHold(StrEnum):
    """Why a customer must not be registered, whatever is overdue."""

    DISPUTE = "DISPUTE"
    SUB_JUDICE = "SUB_JUDICE"
    DECEASED = "DECEASED"
    AGREEMENT = "AGREEMENT"
    BLOCKED = "BLOCKED"


DISPUTED = frozenset({NegativationHold.DISPUTE, NegativationHold.SUB_JUDICE})
"""While a customer is held for one of these, whatever may be evidence is kept."""


class SubjectKind(StrEnum):
    """What a consultation was made for ("Consultar por")."""

    CUSTOMER = "CUSTOMER"
    LEAD = "LEAD"
    PROSPECT = "PROSPECT"
    CPF = "CPF"
    CNPJ = "CNPJ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A Brazilian address; parts not yet known are None. `complement` takes "S/C", `number` takes "S/N"."""

    postal_code: str | None = None
    street: str | None = None
    number: str | None = None
    complement: str | None = None
    district: str | None = None
    city: str | None = None
    state_code: StateCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer (cliente), the only kind of record whose debts can be registered.

    mobile: mobile phone with area code, digits only (11). gender, born_on: of natural persons only.
    """

    id: UUID
    number: int
    external_id: str | None
    branch_id: UUID
    name: str
    document: Document
    gender: Gender | None
    born_on: date | None
    mobile: str | None
    email: str | None
    address: Address
    hold: NegativationHold | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Somebody who showed interest (lead); the document may not be known yet."""

    id: UUID
    number: int
    external_id: str | None
    branch_id: UUID
    name: str
    document: Document | None
    state_code: StateCode | None
    phone: str | None
    email: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """Somebody in negotiation (prospecção); the document may not be known yet."""

    id: UUID
    number: int
    external_id: str | None
    branch_id: UUID
    name: str
    document: Document | None
    state_code: StateCode | None
    phone: str | None
    email: str | None
    created_at: datetime
    updated_at: datetime
