"""What the sandbox knows, as plain data that fits in one JSON file. Passwords are kept as digests only."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from adapters.connect_sa.sandbox.faults import Fault

DEMO_LOGINS = ("fiador-matriz", "fiador-norte", "fiador-sul")
DEMO_LOGIN_PREFIX = "demo-"
LOGIN_WITHOUT_BALANCE = "demo-sem-saldo"

INITIAL_CONSULTATION_PASSWORD = "Demo@123"  # noqa: S105 the documented password of a sandbox
INITIAL_PEFIN_PASSWORD = "135790"  # noqa: S105


class Record(BaseModel):
    """A record of the sandbox; a state file with anything else in it is refused."""

    model_config = ConfigDict(extra="forbid")


class RegistrationState(StrEnum):
    """Where a registration stands at the bureau."""

    RECEIVED = "RECEIVED"
    AWAITING_NOTICE = "AWAITING_NOTICE"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    CLEARED = "CLEARED"
    REMOVED = "REMOVED"
    EXPIRED = "EXPIRED"


LIVE = frozenset({RegistrationState.RECEIVED, RegistrationState.AWAITING_NOTICE, RegistrationState.ACTIVE})


class ClearingState(StrEnum):
    """Where a clearing stands at the bureau."""

    RECEIVED = "RECEIVED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class Password(Record):
    """One password of an account: digests of the current and of all earlier ones, and the count of wrong tries in a row."""

    digest: str
    earlier: list[str] = []
    changed_at: datetime | None = None
    wrong_tries: int = 0
    locked_until: datetime | None = None


class Account(Record):
    """A login and its two passwords."""

    consulta: Password
    pefin: Password


class Code(Record):
    """A code that the bureau gives with a result."""

    codigo: str
    descricao: str


class Clearing(Record):
    """A clearing as received. `received` counts how often it came."""

    key: str
    protocol: str
    code: str
    state: ClearingState = ClearingState.RECEIVED
    received: int = 1
    received_at: datetime
    codes: list[Code] = []


class Registration(Record):
    """An inclusion as received. `received` and `billed` count how often; `fingerprint` recognises a repeat."""

    login: str
    key: str
    protocol: str
    fingerprint: str
    document: str
    debtor: str
    contract: str
    amount: str
    due_on: date
    restriction_code: str
    send_sms: bool
    responsible_cpf: str
    state: RegistrationState = RegistrationState.RECEIVED
    received: int = 1
    billed: int = 0
    received_at: datetime
    accepted_on: date | None = None
    published_on: date | None = None
    codes: list[Code] = []
    clearings: list[Clearing] = []


class Consultation(Record):
    """A consultation as received; its report follows from these fields alone, so it is not kept."""

    login: str
    key: str
    protocol: str
    document: str
    state_code: str | None
    plan: str
    performed_at: datetime
    received: int = 1
    billed: int = 1


class Event(Record):
    """A result or an event; `number` orders all of them."""

    number: int
    key: str
    kind: str
    occurred_at: datetime
    codes: list[Code] = []


class Watch(Record):
    """A watched CNPJ."""

    cnpj: str
    since: datetime


class Change(Record):
    """A change found at a watched CNPJ."""

    number: int
    cnpj: str
    kind: str
    description: str
    occurred_at: datetime


class State(Record):
    """Everything. Registrations and consultations are found by `login/key`; the rest is per login."""

    opened_at: datetime
    last_batch_on: date
    days_ahead: int = 0
    last_number: int = 0
    accounts: dict[str, Account] = {}
    registrations: dict[str, Registration] = {}
    consultations: dict[str, Consultation] = {}
    events: dict[str, list[Event]] = {}
    watches: dict[str, list[Watch]] = {}
    changes: dict[str, list[Change]] = {}
    faults: list[Fault] = Field(default_factory=list)
