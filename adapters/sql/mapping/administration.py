"""Parameters, code tables, audit events, idempotency keys and access tokens."""

from operator import attrgetter
from uuid import UUID

from adapters.sql.mapping.values import (
    Fields,
    codes_json,
    codes_of,
    ids_json,
    ids_of,
    money_of,
    row_values,
)
from adapters.sql.tables import (
    AccessTokenRow,
    AuditEventRow,
    CodeTableRow,
    CreditParametersRow,
    IdempotencyRow,
)
from core.domain.access import AccessToken, Scope
from core.domain.audit import AuditAction, AuditEvent
from core.domain.code_tables import CachedCodes, CodeTable
from core.domain.idempotency import IdempotencyRecord
from core.domain.parameters import CreditParameters

CREDIT = "credit"


def parameters_row(record: CreditParameters) -> CreditParametersRow:
    """The row of the credit parameters."""
    floor = record.minimum_negativation_amount
    return CreditParametersRow.of(
        topic=CREDIT,
        enabled=record.enabled,
        repeat_interval_days=record.repeat_interval_days,
        deprecated_plans_end_on=record.deprecated_plans_end_on,
        minimum_negativation_centavos=None if floor is None else floor.centavos,
    )


def parameters_of(row: CreditParametersRow) -> CreditParameters:
    """The credit parameters of the row."""
    return CreditParameters(
        enabled=row.enabled,
        repeat_interval_days=row.repeat_interval_days,
        deprecated_plans_end_on=row.deprecated_plans_end_on,
        minimum_negativation_amount=money_of(row.minimum_negativation_centavos),
    )


def code_table_row(integration_id: UUID, table: CodeTable, cached: CachedCodes) -> CodeTableRow:
    """The row of a cached code table."""
    return CodeTableRow.of(
        integration_id=integration_id,
        code_table=table,
        codes=codes_json(cached.rows),
        fetched_at=cached.fetched_at,
    )


def cached_codes_of(row: CodeTableRow) -> CachedCodes:
    """The cached code table of a row."""
    return CachedCodes(rows=codes_of(row.codes), fetched_at=row.fetched_at)


AUDIT_EVENT: Fields[AuditEvent] = {
    "id": attrgetter("id"),
    "at": attrgetter("at"),
    "actor_id": attrgetter("actor_id"),
    "actor": attrgetter("actor"),
    "origin": attrgetter("origin"),
    "action": attrgetter("action"),
    "record_kind": attrgetter("record_kind"),
    "record_id": attrgetter("record_id"),
    "branch_id": attrgetter("branch_id"),
    "details": lambda record: dict(record.details),
}
"""What is stored of an audit event. Its place in the chain comes later."""


def audit_event_row(record: AuditEvent) -> AuditEventRow:
    """The row of an audit event."""
    return AuditEventRow.of(**row_values(AUDIT_EVENT, record))


def audit_event_of(row: AuditEventRow) -> AuditEvent:
    """The audit event of a row."""
    return AuditEvent(
        id=row.id,
        number=row.number,
        at=row.at,
        actor_id=row.actor_id,
        actor=row.actor,
        origin=row.origin,
        action=AuditAction(row.action),
        record_kind=row.record_kind,
        record_id=row.record_id,
        branch_id=row.branch_id,
        details=row.details,
    )


def idempotency_row(record: IdempotencyRecord) -> IdempotencyRow:
    """The row of an idempotency key."""
    return IdempotencyRow.of(
        caller_id=record.caller_id,
        key=record.key,
        operation=record.operation,
        fingerprint=record.fingerprint,
        result_id=record.result_id,
        created_at=record.created_at,
    )


def idempotency_record_of(row: IdempotencyRow) -> IdempotencyRecord:
    """The idempotency key of a row."""
    return IdempotencyRecord(
        caller_id=row.caller_id,
        key=row.key,
        operation=row.operation,
        fingerprint=row.fingerprint,
        result_id=row.result_id,
        created_at=row.created_at,
    )


def token_row(record: AccessToken) -> AccessTokenRow:
    """The row of an access token."""
    branches = record.branch_ids
    return AccessTokenRow.of(
        id=record.id,
        name=record.name,
        token_hash=record.token_hash,
        scopes=sorted(record.scopes),
        branch_ids=None if branches is None else ids_json(sorted(branches)),
        created_at=record.created_at,
        expires_at=record.expires_at,
        revoked_at=record.revoked_at,
        last_used_at=record.last_used_at,
    )


def token_of(row: AccessTokenRow) -> AccessToken:
    """The access token of a row."""
    return AccessToken(
        id=row.id,
        name=row.name,
        token_hash=row.token_hash,
        scopes=frozenset(map(Scope, row.scopes)),
        branch_ids=None if row.branch_ids is None else frozenset(ids_of(row.branch_ids)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
