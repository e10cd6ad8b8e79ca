"""Tables of the collection routine and of watched CNPJs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from adapters.sql.tables.base import KEEP_NUMBERS, RecordRow, Row, partial_index, sequential
from adapters.sql.types import Instant, Json, Words


class CollectionParametersRow(Row, table=True):
    """The routine's parameters, of the company or of a branch. `owner` is the branch's id, or `company`."""

    __tablename__ = "collection_parameters"

    owner: str = Field(primary_key=True, sa_type=Words)
    branch_id: UUID | None = Field(default=None, foreign_key="branches.id")
    automatic: str = Field(sa_type=Words)
    days_after_due: int | None = None


class CollectionRunRow(RecordRow, table=True):
    """A run of the routine."""

    __tablename__ = "collection_runs"
    __table_args__ = (
        partial_index(
            "uq_collection_runs_real_date",
            "run_date",
            where="NOT dry_run",
            sqlite_where="dry_run = 0",
            unique=True,
        ),
        Index("ix_collection_runs_date", "run_date", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    run_date: date
    dry_run: bool
    status: str = Field(sa_type=Words)
    branch_ids: list[str] = Field(sa_type=Json)
    phase: str = Field(sa_type=Words)
    branches_to_do: list[str] = Field(sa_type=Json)
    after_number: int
    examined: int
    counts: dict[str, int] = Field(sa_type=Json)
    started_at: datetime = Field(sa_type=Instant)
    started_by: str = Field(sa_type=Words)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)


class CollectionItemRow(RecordRow, table=True):
    """What a run decided about one invoice."""

    __tablename__ = "collection_items"
    __table_args__ = (
        Index("ix_collection_items_run", "run_id", "number"),
        Index("ix_collection_items_run_branch", "run_id", "branch_id", "number"),
        Index("ix_collection_items_run_decision", "run_id", "decision", "number"),
        Index("ix_collection_items_run_invoice", "run_id", "invoice_id"),
        Index("ix_collection_items_negativation", "negativation_id"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    run_id: UUID = Field(foreign_key="collection_runs.id")
    branch_id: UUID = Field(foreign_key="branches.id")
    invoice_id: UUID = Field(foreign_key="invoices.id")
    negativation_id: UUID | None = Field(default=None, foreign_key="negativations.id")
    decision: str = Field(sa_type=Words)
    reasons: list[dict[str, Any]] = Field(sa_type=Json)


class MonitorRow(RecordRow, table=True):
    """A watched CNPJ."""

    __tablename__ = "monitors"
    __table_args__ = (
        partial_index(
            "uq_monitors_active",
            "integration_id",
            "environment",
            "document",
            where="stopped_at IS NULL",
            unique=True,
        ),
        Index("ix_monitors_branch", "branch_id", "number"),
        Index("ix_monitors_document", "document", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    branch_id: UUID = Field(foreign_key="branches.id")
    integration_id: UUID = Field(foreign_key="integrations.id")
    environment: str = Field(sa_type=Words)
    document: str = Field(sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str = Field(sa_type=Words)
    stopped_at: datetime | None = Field(default=None, sa_type=Instant)


class MonitorChangeRow(RecordRow, table=True):
    """A change found at a watched CNPJ."""

    __tablename__ = "monitor_changes"
    __table_args__ = (
        Index("uq_monitor_changes_event", "monitor_id", "event_id", unique=True),
        Index("ix_monitor_changes_monitor", "monitor_id", "number"),
        Index("ix_monitor_changes_branch", "branch_id", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    monitor_id: UUID = Field(foreign_key="monitors.id")
    branch_id: UUID = Field(foreign_key="branches.id")
    event_id: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    description: str = Field(sa_type=Words)
    occurred_at: datetime = Field(sa_type=Instant)
