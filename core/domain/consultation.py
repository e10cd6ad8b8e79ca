"""A consultation (consulta): one paid query of a document at the bureau."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.domain.bureau import Environment, FailureClass
from core.domain.documents import Document
from core.domain.errors import DomainError
from core.domain.money import Money
from core.domain.plans import ConsultationPlan
from core.domain.states import StateCode
from core.domain.subjects import SubjectKind


class ConsultationOutcome(StrEnum):
    """What came of a consultation.

    PENDING: asked, no answer yet. SUCCEEDED: the report was delivered. REFUSED: the bureau declined (minor, court block,
    unknown document, insufficient data). FAILED: the bureau did not deliver and did not act. UNDETERMINED: it may have
    delivered, perhaps billed; it is being asked.
    """

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    UNDETERMINED = "UNDETERMINED"

    @property
    def open(self) -> bool:
        """Whether the bureau's answer is still awaited."""
        return self in (ConsultationOutcome.PENDING, ConsultationOutcome.UNDETERMINED)


class ConsultationPurpose(StrEnum):
    """Why somebody's credit data is asked for (finalidade, LGPD arts. 6 I and 7 X): each within the protection of credit.

    CREDIT_GRANTING: before a contract is made. CONTRACT_CHANGE: before one is renewed or extended. DEBT_COLLECTION: of a
    debtor, to decide how to collect. FRAUD_PREVENTION: whether somebody is who they say. DATA_SUBJECT_REQUEST: the person asked
    for it.
    """

    CREDIT_GRANTING = "CREDIT_GRANTING"
    CONTRACT_CHANGE = "CONTRACT_CHANGE"
    DEBT_COLLECTION = "DEBT_COLLECTION"
    FRAUD_PREVENTION = "FRAUD_PREVENTION"
    DATA_SUBJECT_REQUEST = "DATA_SUBJECT_REQUEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """One consultation, from the moment it is asked. `key` is what the bureau knows it by.

    performed_at: when the answer came (until then, when it was asked). cost: what the provider billed, when it says so.
    subject_id: the customer, lead or prospect; None for a bare document. repeat_confirmed: made inside the interval
    in spite of the warning. purpose: None for those made before purposes were recorded.
    """

    id: UUID
    number: int
    key: str
    subject_kind: SubjectKind
    subject_id: UUID | None
    document: Document
    state_code: StateCode | None
    plan: ConsultationPlan
    environment: Environment
    integration_id: UUID
    branch_id: UUID
    outcome: ConsultationOutcome
    performed_at: datetime
    performed_by: str
    repeat_confirmed: bool
    purpose: ConsultationPurpose | None = None
    protocol: str | None = None
    billable: bool = False
    cost: Money | None = None
    failure: FailureClass | None = None
    bureau_code: str | None = None
    bureau_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationTotals:
    """Totals of a selection: how many, how many of them billed, and what those cost as far as the provider said."""

    count: int
    billed: int
    cost: Money


@dataclass(eq=False, kw_only=True)
class ConsultationBudgetExceeded(DomainError):
    """The branch has used its budget of consultations for today; the bureau was not called.

    used: those of today that were billed or may still be. resets_at: when the next local day begins.
    """

    limit: int
    used: int
    resets_at: datetime


@dataclass(eq=False, kw_only=True)
class RepeatConsultation(DomainError):
    """The document was consulted inside the interval; the bureau was not called. Confirming consults again."""

    last: Consultation
    available_on: date
