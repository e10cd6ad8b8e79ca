"""A negativation (negativação): one invoice registered as an overdue debt in PEFIN, and its whole life cycle.

Every change of state goes through `TRANSITIONS` and leaves a history entry.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.domain.bureau import BureauCode, Debtor, Environment
from core.domain.documents import Document
from core.domain.errors import DomainError, Problem
from core.domain.money import Money


class NegativationForm(StrEnum):
    """How it came to be (forma): by a person, or by the collection routine."""

    MANUAL = "MANUAL"
    AUTOMATIC = "AUTOMATIC"


class NegativationStatus(StrEnum):
    """Where a registration stands. See `TRANSITIONS` for what may follow what."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    AWAITING_NOTICE = "AWAITING_NOTICE"
    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    UNDETERMINED = "UNDETERMINED"
    CANCELLED = "CANCELLED"
    CLEARING_QUEUED = "CLEARING_QUEUED"
    CLEARING_SENT = "CLEARING_SENT"
    CLEARING_REJECTED = "CLEARING_REJECTED"
    CLEARED = "CLEARED"
    REMOVED_BY_BUREAU = "REMOVED_BY_BUREAU"
    EXPIRED = "EXPIRED"

    @property
    def live(self) -> bool:
        """Whether it stands, or may stand, at the bureau; blocks a second one and the integration's deletion."""
        return self in LIVE


class Trigger(StrEnum):
    """What moves a registration from state to state."""

    CREATED = "CREATED"
    TAKEN_IN = "TAKEN_IN"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    NOT_FOUND = "NOT_FOUND"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"
    RESENT = "RESENT"
    INCLUSION_ACCEPTED = "INCLUSION_ACCEPTED"
    INCLUSION_REJECTED = "INCLUSION_REJECTED"
    PUBLISHED = "PUBLISHED"
    CLEARING_HELD = "CLEARING_HELD"
    CLEARING_REQUESTED = "CLEARING_REQUESTED"
    CLEARING_TAKEN_IN = "CLEARING_TAKEN_IN"
    CLEARING_OUTCOME_UNKNOWN = "CLEARING_OUTCOME_UNKNOWN"
    CLEARING_REFUSED = "CLEARING_REFUSED"
    CLEARING_ACCEPTED = "CLEARING_ACCEPTED"
    CLEARING_REJECTED = "CLEARING_REJECTED"
    REMOVED = "REMOVED"
    EXPIRED = "EXPIRED"


_S = NegativationStatus
_T = Trigger
_ENDED = frozenset({_S.CANCELLED, _S.REJECTED, _S.CLEARED, _S.REMOVED_BY_BUREAU, _S.EXPIRED})

LIVE = frozenset(NegativationStatus) - _ENDED
"""The states in which a registration stands, or may stand, at the bureau."""

_REFUSED_OR_GONE = frozenset({_S.REJECTED, _S.CLEARED, _S.REMOVED_BY_BUREAU})

_INCLUSION_RESULTS = {
    _T.INCLUSION_ACCEPTED: _S.AWAITING_NOTICE,
    _T.INCLUSION_REJECTED: _S.REJECTED,
    _T.PUBLISHED: _S.ACTIVE,
}
_BUREAU_ENDS = {_T.REMOVED: _S.REMOVED_BY_BUREAU, _T.EXPIRED: _S.EXPIRED}

TRANSITIONS: dict[NegativationStatus, dict[Trigger, NegativationStatus]] = {
    # A crash may hide that an inclusion was sent, so the bureau's results are believed from QUEUED and UNDETERMINED on.
    _S.QUEUED: {
        _T.TAKEN_IN: _S.SENT,
        _T.OUTCOME_UNKNOWN: _S.UNDETERMINED,
        _T.REFUSED: _S.REJECTED,
        _T.CANCELLED: _S.CANCELLED,
        _T.CLEARING_HELD: _S.QUEUED,
        **_INCLUSION_RESULTS,
        **_BUREAU_ENDS,
    },
    _S.UNDETERMINED: {
        _T.TAKEN_IN: _S.SENT,
        _T.NOT_FOUND: _S.QUEUED,
        _T.CLEARING_HELD: _S.UNDETERMINED,
        **_INCLUSION_RESULTS,
        **_BUREAU_ENDS,
    },
    _S.SENT: {_T.CLEARING_HELD: _S.SENT, **_INCLUSION_RESULTS, **_BUREAU_ENDS},
    _S.AWAITING_NOTICE: {
        _T.PUBLISHED: _S.ACTIVE,
        _T.CLEARING_REQUESTED: _S.CLEARING_QUEUED,
        **_BUREAU_ENDS,
    },
    _S.ACTIVE: {_T.CLEARING_REQUESTED: _S.CLEARING_QUEUED, **_BUREAU_ENDS},
    _S.REJECTED: {_T.RESENT: _S.QUEUED},
    _S.CLEARING_QUEUED: {
        _T.CLEARING_TAKEN_IN: _S.CLEARING_SENT,
        _T.CLEARING_OUTCOME_UNKNOWN: _S.CLEARING_QUEUED,
        _T.CLEARING_REFUSED: _S.CLEARING_REJECTED,
        _T.CLEARING_ACCEPTED: _S.CLEARED,
        _T.CLEARING_REJECTED: _S.CLEARING_REJECTED,
        **_BUREAU_ENDS,
    },
    _S.CLEARING_SENT: {
        _T.CLEARING_ACCEPTED: _S.CLEARED,
        _T.CLEARING_REJECTED: _S.CLEARING_REJECTED,
        **_BUREAU_ENDS,
    },
    _S.CLEARING_REJECTED: {_T.CLEARING_REQUESTED: _S.CLEARING_QUEUED, **_BUREAU_ENDS},
    _S.CANCELLED: {},
    _S.CLEARED: {},
    _S.REMOVED_BY_BUREAU: {},
    _S.EXPIRED: {},
}
"""For each state, what may happen and where it leads. Whatever is not listed cannot happen."""


class IllegalTransition(DomainError):
    """The life cycle does not allow this trigger in this state."""

    def __init__(self, status: NegativationStatus, trigger: Trigger) -> None:
        super().__init__(status, trigger)
        self.status = status
        self.trigger = trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One transition: the state it led to, what caused it, when, who, and the bureau's codes and words."""

    status: NegativationStatus
    trigger: Trigger
    at: datetime
    actor: str
    codes: tuple[BureauCode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """A clearing (baixa) that was asked for: its reason code, when, by whom; `generation` counts its sendings."""

    code: str
    requested_at: datetime
    requested_by: str
    generation: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Negativation:
    """A registration. All but `status`, `clearing`, `debtor` (on resending) and what the bureau answers never changes.

    generation: counts the inclusions of this invoice, resendings included; it makes the bureau's key unique.
    debtor: the customer's data as sent. replaces_id: the earlier registration of the same invoice, if any.
    clearing_due_on: the last day to have it cleared (Súmula STJ 548), set when the invoice stops being open.
    """

    id: UUID
    number: int
    invoice_id: UUID
    customer_id: UUID
    branch_id: UUID
    integration_id: UUID
    environment: Environment
    form: NegativationForm
    status: NegativationStatus
    generation: int
    debtor: Debtor
    contract: str
    amount: Money
    due_on: date
    expires_on: date
    restriction_code: str
    send_sms: bool
    responsible_cpf: Document
    created_at: datetime
    created_by: str
    updated_at: datetime
    clearing: Clearing | None = None
    clearing_due_on: date | None = None
    protocol: str | None = None
    replaces_id: UUID | None = None
    codes: tuple[BureauCode, ...] = ()

    @property
    def inclusion_key(self) -> str:
        """What the bureau knows the inclusion by."""
        return f"{self.invoice_id}:inclusion:{self.generation}"

    @property
    def clearing_key(self) -> str:
        """What the bureau knows the clearing by; only of a registration whose clearing was asked for."""
        if self.clearing is None:
            raise ValueError("no clearing was asked for")
        return f"{self.invoice_id}:clearing:{self.generation}.{self.clearing.generation}"

    @property
    def awaits_clearing(self) -> bool:
        """Whether somebody must clear it: its invoice is no longer open, and no clearing is on its way."""
        clearing_under_way = self.clearing is not None and self.status is not _S.CLEARING_REJECTED
        return self.status.live and self.clearing_due_on is not None and not clearing_under_way

    @property
    def left_to_people(self) -> bool:
        """Whether only a person may register its invoice again: the bureau refused or removed it, or it was taken back.

        What was cancelled although nobody had asked for a clearing never was at the bureau, and nobody objected to it.
        """
        taken_back = self.status is _S.CANCELLED and self.clearing is not None
        return self.status in _REFUSED_OR_GONE or taken_back

    def can(self, trigger: Trigger) -> bool:
        """Whether the life cycle allows it now."""
        return trigger in TRANSITIONS[self.status]

    def moved(
        self, trigger: Trigger, *, at: datetime, actor: str, codes: tuple[BureauCode, ...] = ()
    ) -> "tuple[Negativation, HistoryEntry]":
        """The registration after `trigger`, and the history entry that tells of it. Raises IllegalTransition."""
        if not self.can(trigger):
            raise IllegalTransition(self.status, trigger)
        status = TRANSITIONS[self.status][trigger]
        entry = HistoryEntry(status=status, trigger=trigger, at=at, actor=actor, codes=codes)
        return replace(self, status=status, updated_at=at, codes=codes), entry


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativationTotals:
    """Totals of a selection: how many, what they sum up to, and how many of them are live."""

    count: int
    amount: Money
    live: int


@dataclass(eq=False, kw_only=True)
class NotEligible(DomainError):
    """The invoice must not be registered; `reasons` names every rule that forbids it."""

    reasons: tuple[Problem, ...]


@dataclass(eq=False, kw_only=True)
class AlreadyNegativated(DomainError):
    """The invoice has a live registration; it is carried along."""

    negativation: Negativation


@dataclass(eq=False, kw_only=True)
class NotClearable(DomainError):
    """The registration's state allows no clearing: it never stood, is being cleared, or has ended."""

    negativation: Negativation


@dataclass(eq=False, kw_only=True)
class NotResendable(DomainError):
    """Only what ended in an error is resent, and after a validation error only when its data changed.

    reason: WRONG_STATUS, NOTHING_CHANGED.
    """

    negativation: Negativation
    reason: str
