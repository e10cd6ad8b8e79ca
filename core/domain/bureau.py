"""What is said to a credit bureau and what it answers, free of any wire format."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.domain.documents import Document
from core.domain.errors import DomainError
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.report import CreditReport
from core.domain.secret import Secret
from core.domain.states import StateCode


class Environment(StrEnum):
    """Where an integration operates (ambiente): for real, or at the provider's test system (homologação)."""

    PRODUCTION = "PRODUCTION"
    HOMOLOGATION = "HOMOLOGATION"


class CredentialKind(StrEnum):
    """The two passwords of an integration: CONSULTATION (senha consulta, "Web") and PEFIN (senha pefin)."""

    CONSULTATION = "CONSULTATION"
    PEFIN = "PEFIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauAccount:
    """Access to the bureau for one integration. `password` is the one that the call needs."""

    integration_id: UUID
    environment: Environment
    login: str
    password: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauCode:
    """A row of one of the provider's code tables: restriction codes (natureza) or clearing codes (motivo da baixa)."""

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationOrder:
    """An order for one report. `key` makes it repeatable: the bureau bills one key once."""

    key: str
    document: Document
    state_code: StateCode | None
    plan: ConsultationPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauReport:
    """A delivered report: structured, and the provider's own page, kept untouched.

    `cost` is what the provider says it bills; None when it does not say.
    """

    protocol: str
    report: CreditReport
    original: bytes = field(repr=False)
    original_media_type: str
    billable: bool
    cost: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """A debtor as registered (devedor): the customer's data at that moment, in full.

    Sizes follow the PEFIN layout: name 70, street 45, district 20, city 25. Gender and birth date are None for a CNPJ.
    """

    document: Document
    name: str
    gender: str | None
    born_on: date | None
    mobile: str
    postal_code: str
    street: str
    street_number: str
    complement: str
    district: str
    city: str
    state_code: StateCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A registration to be sent (inclusão). `key` is unique per registration and finds it again after doubt."""

    key: str
    debtor: Debtor
    contract: str
    amount: Money
    due_on: date
    restriction_code: str
    send_sms: bool
    responsible_cpf: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A clearing to be sent (baixa) for the inclusion with `inclusion_key`."""

    key: str
    inclusion_key: str
    document: Document
    contract: str
    clearing_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The bureau took an order in; its result comes later, in a daily batch."""

    protocol: str


class BureauEventKind(StrEnum):
    """What a result or an event of the bureau says about an inclusion or a clearing."""

    INCLUSION_ACCEPTED = "INCLUSION_ACCEPTED"
    INCLUSION_REJECTED = "INCLUSION_REJECTED"
    PUBLISHED = "PUBLISHED"
    CLEARING_ACCEPTED = "CLEARING_ACCEPTED"
    CLEARING_REJECTED = "CLEARING_REJECTED"
    REMOVED = "REMOVED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauEvent:
    """One row of the bureau's results. `inclusion_key` says which registration it speaks of."""

    event_id: str
    inclusion_key: str
    kind: BureauEventKind
    occurred_at: datetime
    codes: tuple[BureauCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BureauEvents:
    """A page of events after a cursor. `ask_again_after_seconds`: the provider blocks those who ask sooner."""

    events: tuple[BureauEvent, ...]
    cursor: str
    has_more: bool
    ask_again_after_seconds: int


class FailureClass(StrEnum):
    """Why the bureau did not do what it was asked; each class wants another reaction.

    CREDENTIAL: password refused; stop everything of that integration. VALIDATION: a person can mend the data.
    DUPLICATE: the same debt is already there. LEGAL_BLOCK: minor, sub judice, court block, deceased.
    TRANSIENT: certainly not received; retry. UNDETERMINED: perhaps received; ask before repeating.
    BALANCE: the pre-paid balance is gone. QUOTA: asked too often, or too often with a wrong
    password; wait. It says nothing about the password of this call.
    """

    CREDENTIAL = "CREDENTIAL"
    VALIDATION = "VALIDATION"
    DUPLICATE = "DUPLICATE"
    LEGAL_BLOCK = "LEGAL_BLOCK"
    TRANSIENT = "TRANSIENT"
    UNDETERMINED = "UNDETERMINED"
    BALANCE = "BALANCE"
    QUOTA = "QUOTA"


FINAL_FAILURES = frozenset({FailureClass.VALIDATION, FailureClass.DUPLICATE, FailureClass.LEGAL_BLOCK})
"""Failures that are the bureau's last word on an order: repeating it unchanged gives the same answer."""


@dataclass(eq=False, kw_only=True)
class BureauFailure(DomainError):
    """The bureau failed or refused. `code` and `message` are the bureau's own words, when it gave any."""

    failure: FailureClass
    code: str | None = None
    message: str | None = None
    billable: bool = False
    retry_after_seconds: int | None = None


@dataclass(eq=False, kw_only=True)
class BureauNotConfigured(DomainError):
    """No address is configured for `environment`, so its integrations cannot be used."""

    environment: Environment
