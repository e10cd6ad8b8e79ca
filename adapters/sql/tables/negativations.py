"""Tables of registrations and their history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from adapters.sql.tables.base import KEEP_NUMBERS, RecordRow, Row, partial_index, sequential
from adapters.sql.types import Instant, Json, Words


def _of_live_ones(name: str, *columns: str, unique: bool = False) -> Index:
    return partial_index(name, *columns, where="live", sqlite_where="live = 1", unique=unique)


def _of_those_to_clear(name: str, *columns: str) -> Index:
    return partial_index(name, *columns, where="awaits_clearing", sqlite_where="awaits_clearing = 1")


class NegativationRow(RecordRow, table=True):
    """A registration. `live`, `awaits_clearing` and `inclusion_key` repeat what the domain derives, to be looked up by."""

    __tablename__ = "negativations"
    __table_args__ = (
        Index("uq_negativations_inclusion_key", "inclusion_key", unique=True),
        _of_live_ones("uq_negativations_live_invoice", "invoice_id", unique=True),
        _of_live_ones(
            "uq_negativations_live_debt", "environment", "debtor_document", "contract", unique=True
        ),
        _of_live_ones("ix_negativations_live_integration", "integration_id"),
        _of_those_to_clear("ix_negativations_to_clear", "number"),
        _of_those_to_clear("ix_negativations_to_clear_branch", "branch_id", "number"),
        _of_those_to_clear("ix_negativations_to_clear_created_at", "created_at", "number"),
        _of_those_to_clear("ix_negativations_to_clear_updated_at", "updated_at", "number"),
        _of_those_to_clear("ix_negativations_to_clear_due_on", "clearing_due_on", "number"),
        _of_those_to_clear(
            "ix_negativations_to_clear_branch_due_on", "branch_id", "clearing_due_on", "number"
        ),
        Index("ix_negativations_created_at", "created_at", "number"),
        Index("ix_negativations_updated_at", "updated_at", "number"),
        Index("ix_negativations_branch", "branch_id", "number"),
        Index("ix_negativations_branch_created_at", "branch_id", "created_at", "number"),
        Index("ix_negativations_branch_updated_at", "branch_id", "updated_at", "number"),
        Index("ix_negativations_status", "status", "number"),
        Index("ix_negativations_status_created_at", "status", "created_at", "number"),
        Index("ix_negativations_status_updated_at", "status", "updated_at", "number"),
        Index("ix_negativations_customer", "customer_id", "number"),
        Index("ix_negativations_invoice", "invoice_id", "generation"),
        Index("ix_negativations_integration", "integration_id", "number"),
        Index("ix_negativations_debtor", "debtor_document", "number"),
        Index("ix_negativations_integration_status", "integration_id", "status", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    invoice_id: UUID = Field(foreign_key="invoices.id")
    customer_id: UUID = Field(foreign_key="customers.id")
    branch_id: UUID = Field(foreign_key="branches.id")
    integration_id: UUID = Field(foreign_key="integrations.id")
    environment: str = Field(sa_type=Words)
    form: str = Field(sa_type=Words)
    status: str = Field(sa_type=Words)
    live: bool
    awaits_clearing: bool
    generation: int
    inclusion_key: str = Field(sa_type=Words)
    debtor_document: str = Field(sa_type=Words)
    debtor: dict[str, Any] = Field(sa_type=Json)
    contract: str = Field(sa_type=Words)
    amount_centavos: int = Field(sa_type=BigInteger)
    due_on: date
    expires_on: date
    restriction_code: str = Field(sa_type=Words)
    send_sms: bool
    responsible_cpf: str = Field(sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str = Field(sa_type=Words)
    updated_at: datetime = Field(sa_type=Instant)
    clearing_code: str | None = Field(default=None, sa_type=Words)
    clearing_requested_at: datetime | None = Field(default=None, sa_type=Instant)
    clearing_requested_by: str | None = Field(default=None, sa_type=Words)
    clearing_generation: int | None = None
    clearing_due_on: date | None = None
    protocol: str | None = Field(default=None, sa_type=Words)
    replaces_id: UUID | None = None
    codes: list[dict[str, str]] = Field(sa_type=Json)


class HistoryRow(Row, table=True):
    """A transition of a registration."""

    __tablename__ = "negativation_history"
    __table_args__ = (Index("ix_negativation_history_of", "negativation_id", "number"), KEEP_NUMBERS)

    number: int = sequential()
    negativation_id: UUID = Field(foreign_key="negativations.id")
    status: str = Field(sa_type=Words)
    trigger: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_type=Words)
    codes: list[dict[str, str]] = Field(sa_type=Json)
