"""Tables of parameters, code tables, the audit trail, idempotency keys and access tokens."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from adapters.sql.tables.base import KEEP_NUMBERS, RecordRow, Row, partial_index, sequential
from adapters.sql.types import Instant, Json, Number, Words


class CreditParametersRow(Row, table=True):
    """The credit parameters of the company: one row, named by its topic."""

    __tablename__ = "credit_parameters"

    topic: str = Field(primary_key=True, sa_type=Words)
    enabled: bool
    repeat_interval_days: int | None = None
    deprecated_plans_end_on: date | None = None
    minimum_negativation_centavos: int | None = Field(default=None, sa_type=BigInteger)


class CodeTableRow(Row, table=True):
    """A code table of the provider as last fetched for an integration."""

    __tablename__ = "code_tables"

    integration_id: UUID = Field(primary_key=True, foreign_key="integrations.id")
    code_table: str = Field(primary_key=True, sa_type=Words)
    codes: list[dict[str, str]] = Field(sa_type=Json)
    fetched_at: datetime = Field(sa_type=Instant)


class AuditEventRow(RecordRow, table=True):
    """An entry of the audit trail. It refers to nothing by foreign key: it outlives what it speaks of.

    position, digest: its place in the chain, given once after the commit. Triggers refuse every other change, and the
    removal of what no seal covers.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_at", "at", "number"),
        Index("ix_audit_events_branch", "branch_id", "number"),
        Index("ix_audit_events_action", "action", "number"),
        Index("ix_audit_events_record", "record_id", "number"),
        Index("ix_audit_events_actor", "actor_id", "number"),
        Index("uq_audit_events_position", "position", unique=True),
        partial_index("ix_audit_events_unchained", "number", where="position IS NULL"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    at: datetime = Field(sa_type=Instant)
    actor_id: str = Field(sa_type=Words)
    actor: str = Field(sa_type=Words)
    origin: str | None = Field(default=None, sa_type=Words)
    action: str = Field(sa_type=Words)
    record_kind: str = Field(sa_type=Words)
    record_id: UUID | None = None
    branch_id: UUID | None = None
    details: dict[str, Any] = Field(sa_type=Json)
    position: int | None = Field(default=None, sa_type=BigInteger)
    digest: str | None = Field(default=None, sa_type=Words)


class AuditSealRow(Row, table=True):
    """A place up to which the chain was sealed: entries up to there may be removed."""

    __tablename__ = "audit_seals"

    position: int = Field(primary_key=True, sa_type=Number, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(sa_type=Words)
    sealed_at: datetime = Field(sa_type=Instant)


class IdempotencyRow(Row, table=True):
    """A caller's idempotency key and what it stands for."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    caller_id: str = Field(primary_key=True, sa_type=Words)
    key: str = Field(primary_key=True, sa_type=Words)
    operation: str = Field(sa_type=Words)
    fingerprint: str = Field(sa_type=Words)
    result_id: UUID
    created_at: datetime = Field(sa_type=Instant)


class AccessTokenRow(Row, table=True):
    """An access token, by its hash."""

    __tablename__ = "access_tokens"
    __table_args__ = (Index("uq_access_tokens_token_hash", "token_hash", unique=True), KEEP_NUMBERS)

    number: int = sequential()
    id: UUID = Field(unique=True)
    name: str = Field(sa_type=Words)
    token_hash: str = Field(sa_type=Words)
    scopes: list[str] = Field(sa_type=Json)
    branch_ids: list[str] | None = Field(default=None, sa_type=Json)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
