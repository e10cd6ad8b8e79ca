"""Tables of branches and integrations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from adapters.sql.tables.base import KEEP_NUMBERS, KnownRow, RecordRow, Row, partial_index, sequential
from adapters.sql.types import Instant, Ordered, Words


class BranchRow(KnownRow, table=True):
    """A branch. Its link to an integration is no foreign key: the two tables would each need the other first."""

    __tablename__ = "branches"
    __table_args__ = (
        Index("uq_branches_external_id", "external_id", unique=True),
        Index("ix_branches_name", "name_folded", "number"),
        Index("ix_branches_integration", "integration_id"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    external_id: str | None = Field(default=None, sa_type=Words)
    name: str = Field(sa_type=Words)
    name_folded: str = Field(sa_type=Ordered)
    document: str = Field(sa_type=Words)
    state_code: str = Field(sa_type=Words)
    city: str = Field(sa_type=Words)
    integration_id: UUID | None = None
    requires_rescission: bool
    daily_consultation_budget: int | None = None
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class IntegrationRow(RecordRow, table=True):
    """An integration with both of its passwords, sealed."""

    __tablename__ = "integrations"
    __table_args__ = (
        partial_index(
            "uq_integrations_undeleted_branch", "branch_id", where="deleted_at IS NULL", unique=True
        ),
        Index("ix_integrations_branch", "branch_id", "number"),
        Index("ix_integrations_created_at", "created_at", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    intermediary: str = Field(sa_type=Words)
    branch_id: UUID = Field(foreign_key="branches.id")
    environment: str = Field(sa_type=Words)
    login: str = Field(sa_type=Words)
    consultation_sealed: bytes | None = None
    consultation_state: str = Field(sa_type=Words)
    consultation_version: int
    consultation_changed_at: datetime | None = Field(default=None, sa_type=Instant)
    consultation_last_success_at: datetime | None = Field(default=None, sa_type=Instant)
    consultation_last_refusal_at: datetime | None = Field(default=None, sa_type=Instant)
    consultation_pending: bytes | None = None
    consultation_pending_since: datetime | None = Field(default=None, sa_type=Instant)
    pefin_sealed: bytes | None = None
    pefin_state: str = Field(sa_type=Words)
    pefin_version: int
    pefin_changed_at: datetime | None = Field(default=None, sa_type=Instant)
    pefin_last_success_at: datetime | None = Field(default=None, sa_type=Instant)
    pefin_last_refusal_at: datetime | None = Field(default=None, sa_type=Instant)
    pefin_pending: bytes | None = None
    pefin_pending_since: datetime | None = Field(default=None, sa_type=Instant)
    plan: str = Field(sa_type=Words)
    send_sms_on_inclusion: bool
    responsible_cpf: str = Field(sa_type=Words)
    automation_enabled: bool
    automation_restriction_code: str | None = Field(default=None, sa_type=Words)
    automation_clearing_code: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    deleted_at: datetime | None = Field(default=None, sa_type=Instant)


class UsedPasswordRow(Row, table=True):
    """An entry of the history of passwords: a slow hash."""

    __tablename__ = "used_passwords"
    __table_args__ = (
        Index("ix_used_passwords_integration", "integration_id", "kind", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    integration_id: UUID = Field(foreign_key="integrations.id")
    kind: str = Field(sa_type=Words)
    password_hash: str = Field(sa_type=Words)
    used_from: datetime = Field(sa_type=Instant)
