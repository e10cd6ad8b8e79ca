"""The audit trail (log de operações): who did what, when, from where and why (LGPD art. 37)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.access import Caller


class AuditAction(StrEnum):
    """What was done."""

    CONSULTATION_PERFORMED = "CONSULTATION_PERFORMED"
    CONSULTATION_WARNED = "CONSULTATION_WARNED"
    NEGATIVATION_REQUESTED = "NEGATIVATION_REQUESTED"
    NEGATIVATION_RESENT = "NEGATIVATION_RESENT"
    CLEARING_REQUESTED = "CLEARING_REQUESTED"
    CREDENTIALS_ROTATED = "CREDENTIALS_ROTATED"
    CREDENTIALS_ADOPTED = "CREDENTIALS_ADOPTED"
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
    INTEGRATION_CREATED = "INTEGRATION_CREATED"
    INTEGRATION_UPDATED = "INTEGRATION_UPDATED"
    INTEGRATION_DELETED = "INTEGRATION_DELETED"
    INTEGRATION_LINKED = "INTEGRATION_LINKED"
    INTEGRATION_UNLINKED = "INTEGRATION_UNLINKED"
    INTEGRATION_TESTED = "INTEGRATION_TESTED"
    PARAMETERS_UPDATED = "PARAMETERS_UPDATED"
    RECORD_CREATED = "RECORD_CREATED"
    RECORD_UPDATED = "RECORD_UPDATED"
    INVOICE_SETTLED = "INVOICE_SETTLED"
    INVOICE_CANCELLED = "INVOICE_CANCELLED"
    INVOICE_RENEGOTIATED = "INVOICE_RENEGOTIATED"
    COLLECTION_PARAMETERS_UPDATED = "COLLECTION_PARAMETERS_UPDATED"
    COLLECTION_RUN = "COLLECTION_RUN"
    MONITOR_ADDED = "MONITOR_ADDED"
    MONITOR_STOPPED = "MONITOR_STOPPED"
    REPORT_OPENED = "REPORT_OPENED"
    TOKEN_CREATED = "TOKEN_CREATED"  # noqa: S105 - the name of an action
    TOKEN_REVOKED = "TOKEN_REVOKED"  # noqa: S105
    RECORDS_PURGED = "RECORDS_PURGED"
    SUBJECT_EXPORTED = "SUBJECT_EXPORTED"
    SUBJECT_ERASED = "SUBJECT_ERASED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One entry. `details` holds codes and figures, never a document, a name or a secret.

    record_kind, record_id: what it was done to. branch_id: None for what concerns the whole company.
    """

    id: UUID
    number: int
    at: datetime
    actor_id: str
    actor: str
    origin: str | None
    action: AuditAction
    record_kind: str
    record_id: UUID | None
    branch_id: UUID | None
    details: Mapping[str, str | int | bool] = field(default_factory=dict)


def audited(
    caller: Caller,
    action: AuditAction,
    *,
    event_id: UUID,
    at: datetime,
    record: tuple[str, UUID | None],
    branch_id: UUID | None,
    **details: str | int | bool,
) -> AuditEvent:
    """The entry for something `caller` did to `record` (its kind and id)."""
    return AuditEvent(
        id=event_id,
        number=0,
        at=at,
        actor_id=caller.id,
        actor=caller.name,
        origin=caller.origin,
        action=action,
        record_kind=record[0],
        record_id=record[1],
        branch_id=branch_id,
        details=details,
    )
