"""By what each list is filtered and ordered. A None in a filter means "any"; all given conditions must hold.

`branch_ids` holds the branches the caller reaches, narrowed by those asked for. Days are local, both ends included.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from core.domain.audit import AuditAction
from core.domain.bureau import Environment
from core.domain.collection import CollectionDecision
from core.domain.consultation import ConsultationOutcome
from core.domain.invoice import InvoiceStatus
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind


class BranchOrder(StrEnum):
    """What branches are ordered by."""

    NUMBER = "NUMBER"
    NAME = "NAME"


class IntegrationOrder(StrEnum):
    """What integrations are ordered by."""

    NUMBER = "NUMBER"
    CREATED_AT = "CREATED_AT"


class PersonOrder(StrEnum):
    """What customers, leads and prospects are ordered by."""

    NUMBER = "NUMBER"
    NAME = "NAME"


class InvoiceOrder(StrEnum):
    """What invoices are ordered by."""

    NUMBER = "NUMBER"
    DUE_ON = "DUE_ON"


class ConsultationOrderField(StrEnum):
    """What consultations are ordered by."""

    NUMBER = "NUMBER"
    PERFORMED_AT = "PERFORMED_AT"


class NegativationOrder(StrEnum):
    """What registrations are ordered by."""

    NUMBER = "NUMBER"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


class ClearingTaskOrder(StrEnum):
    """What registrations that somebody must clear are ordered by."""

    DUE_ON = "DUE_ON"


class AuditOrder(StrEnum):
    """What audit events are ordered by."""

    NUMBER = "NUMBER"


class CollectionOrder(StrEnum):
    """What runs of the collection routine, and their items, are ordered by."""

    NUMBER = "NUMBER"


class MonitorOrder(StrEnum):
    """What watched CNPJs, and the changes found, are ordered by."""

    NUMBER = "NUMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchFilter:
    """Which branches. `search` looks for a part of the name, in any case of letters."""

    branch_ids: frozenset[UUID] | None = None
    search: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationFilter:
    """Which integrations; deleted ones only when asked for."""

    branch_ids: frozenset[UUID] | None = None
    environment: Environment | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFilter:
    """Which customers, leads or prospects. `search` looks for a part of the name; `document` is a whole number."""

    branch_ids: frozenset[UUID] | None = None
    search: str | None = None
    document: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """Which invoices."""

    branch_ids: frozenset[UUID] | None = None
    customer_id: UUID | None = None
    status: frozenset[InvoiceStatus] | None = None
    due_from: date | None = None
    due_to: date | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationFilter:
    """Which consultations. `subject_id` is a customer, lead or prospect."""

    branch_ids: frozenset[UUID] | None = None
    integration_id: UUID | None = None
    document: str | None = None
    subject_kind: SubjectKind | None = None
    subject_id: UUID | None = None
    plan: ConsultationPlan | None = None
    environment: Environment | None = None
    outcome: ConsultationOutcome | None = None
    performed_from: date | None = None
    performed_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativationFilter:
    """Which registrations. `clearing_due` selects those that somebody must clear (their invoice is no longer open).

    debtor_document: the number that was registered, which the customer's record may not hold any more.
    """

    branch_ids: frozenset[UUID] | None = None
    status: frozenset[NegativationStatus] | None = None
    form: NegativationForm | None = None
    environment: Environment | None = None
    customer_id: UUID | None = None
    invoice_id: UUID | None = None
    integration_id: UUID | None = None
    debtor_document: str | None = None
    created_from: date | None = None
    created_to: date | None = None
    clearing_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearingTaskFilter:
    """Which of the registrations that somebody must clear. `form`: the routine clears AUTOMATIC ones by itself."""

    branch_ids: frozenset[UUID] | None = None
    form: NegativationForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which audit events. Events of the whole company (no branch) are seen by callers who reach every branch."""

    branch_ids: frozenset[UUID] | None = None
    action: AuditAction | None = None
    record_id: UUID | None = None
    actor_id: str | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRunFilter:
    """Which runs of the collection routine."""

    run_from: date | None = None
    run_to: date | None = None
    dry_run: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionItemFilter:
    """Which of the decisions of a run."""

    run_id: UUID
    branch_ids: frozenset[UUID] | None = None
    decision: CollectionDecision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorFilter:
    """Which watched CNPJs; stopped ones only when asked for."""

    branch_ids: frozenset[UUID] | None = None
    document: str | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorChangeFilter:
    """Which changes found at watched CNPJs."""

    branch_ids: frozenset[UUID] | None = None
    monitor_id: UUID | None = None
