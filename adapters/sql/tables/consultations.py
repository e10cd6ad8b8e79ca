"""Tables of consultations and, apart from them, of the reports, which are large."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from adapters.sql.tables.base import KEEP_NUMBERS, RecordRow, Row, partial_index, sequential
from adapters.sql.types import Instant, Json, Words


class ConsultationRow(RecordRow, table=True):
    """A consultation."""

    __tablename__ = "consultations"
    __table_args__ = (
        Index("uq_consultations_key", "key", unique=True),
        Index("ix_consultations_performed_at", "performed_at", "number"),
        Index("ix_consultations_branch", "branch_id", "number"),
        Index("ix_consultations_branch_performed_at", "branch_id", "performed_at", "number"),
        Index("ix_consultations_integration", "integration_id", "number"),
        Index("ix_consultations_document", "document", "performed_at", "number"),
        Index("ix_consultations_subject", "subject_id", "number"),
        Index("ix_consultations_outcome", "outcome", "number"),
        Index("ix_consultations_outcome_performed_at", "outcome", "performed_at", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    key: str = Field(sa_type=Words)
    subject_kind: str = Field(sa_type=Words)
    subject_id: UUID | None = None
    document: str = Field(sa_type=Words)
    state_code: str | None = Field(default=None, sa_type=Words)
    plan: str = Field(sa_type=Words)
    purpose: str | None = Field(default=None, sa_type=Words)
    environment: str = Field(sa_type=Words)
    integration_id: UUID = Field(foreign_key="integrations.id")
    branch_id: UUID = Field(foreign_key="branches.id")
    outcome: str = Field(sa_type=Words)
    performed_at: datetime = Field(sa_type=Instant)
    performed_by: str = Field(sa_type=Words)
    repeat_confirmed: bool
    protocol: str | None = Field(default=None, sa_type=Words)
    billable: bool
    cost_centavos: int | None = Field(default=None, sa_type=BigInteger)
    failure: str | None = Field(default=None, sa_type=Words)
    bureau_code: str | None = Field(default=None, sa_type=Words)
    bureau_message: str | None = Field(default=None, sa_type=Words)


class ReportRow(Row, table=True):
    """What the bureau delivered for a consultation: structured, and its own page byte for byte (empty when forgotten)."""

    __tablename__ = "consultation_reports"
    __table_args__ = (
        partial_index("ix_consultation_reports_original", "consultation_id", where="length(original) > 0"),
    )

    consultation_id: UUID = Field(primary_key=True, foreign_key="consultations.id")
    report: dict[str, Any] = Field(sa_type=Json)
    original: bytes
    original_media_type: str = Field(sa_type=Words)
