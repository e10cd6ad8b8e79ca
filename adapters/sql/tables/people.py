"""Tables of customers, leads, prospects and invoices."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from adapters.sql.tables.base import KEEP_NUMBERS, KnownRow, sequential
from adapters.sql.types import Instant, Ordered, Words


def _people_indexes(table: str) -> tuple[Index, ...]:
    """One for each way to list people."""
    return (
        Index(f"uq_{table}_external_id", "external_id", unique=True),
        Index(f"ix_{table}_name", "name_folded", "number"),
        Index(f"ix_{table}_branch", "branch_id", "number"),
        Index(f"ix_{table}_branch_name", "branch_id", "name_folded", "number"),
        Index(f"ix_{table}_document", "document", "number"),
    )


class CustomerRow(KnownRow, table=True):
    """A customer."""

    __tablename__ = "customers"
    __table_args__ = (*_people_indexes("customers"), KEEP_NUMBERS)

    number: int = sequential()
    id: UUID = Field(unique=True)
    external_id: str | None = Field(default=None, sa_type=Words)
    branch_id: UUID = Field(foreign_key="branches.id")
    name: str = Field(sa_type=Words)
    name_folded: str = Field(sa_type=Ordered)
    document: str = Field(sa_type=Words)
    gender: str | None = Field(default=None, sa_type=Words)
    born_on: date | None = None
    mobile: str | None = Field(default=None, sa_type=Words)
    email: str | None = Field(default=None, sa_type=Words)
    postal_code: str | None = Field(default=None, sa_type=Words)
    street: str | None = Field(default=None, sa_type=Words)
    street_number: str | None = Field(default=None, sa_type=Words)
    complement: str | None = Field(default=None, sa_type=Words)
    district: str | None = Field(default=None, sa_type=Words)
    city: str | None = Field(default=None, sa_type=Words)
    state_code: str | None = Field(default=None, sa_type=Words)
    hold: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class LeadRow(KnownRow, table=True):
    """A lead."""

    __tablename__ = "leads"
    __table_args__ = (*_people_indexes("leads"), KEEP_NUMBERS)

    number: int = sequential()
    id: UUID = Field(unique=True)
    external_id: str | None = Field(default=None, sa_type=Words)
    branch_id: UUID = Field(foreign_key="branches.id")
    name: str = Field(sa_type=Words)
    name_folded: str = Field(sa_type=Ordered)
    document: str | None = Field(default=None, sa_type=Words)
    state_code: str | None = Field(default=None, sa_type=Words)
    phone: str | None = Field(default=None, sa_type=Words)
    email: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class ProspectRow(KnownRow, table=True):
    """A prospect."""

    __tablename__ = "prospects"
    __table_args__ = (*_people_indexes("prospects"), KEEP_NUMBERS)

    number: int = sequential()
    id: UUID = Field(unique=True)
    external_id: str | None = Field(default=None, sa_type=Words)
    branch_id: UUID = Field(foreign_key="branches.id")
    name: str = Field(sa_type=Words)
    name_folded: str = Field(sa_type=Ordered)
    document: str | None = Field(default=None, sa_type=Words)
    state_code: str | None = Field(default=None, sa_type=Words)
    phone: str | None = Field(default=None, sa_type=Words)
    email: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class InvoiceRow(KnownRow, table=True):
    """An invoice."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index("uq_invoices_external_id", "external_id", unique=True),
        Index("ix_invoices_due_on", "due_on", "number"),
        Index("ix_invoices_branch", "branch_id", "number"),
        Index("ix_invoices_branch_due_on", "branch_id", "due_on", "number"),
        Index("ix_invoices_branch_status", "branch_id", "status", "number"),
        Index("ix_invoices_customer", "customer_id", "number"),
        Index("ix_invoices_status", "status", "number"),
        Index("ix_invoices_status_due_on", "status", "due_on", "number"),
        KEEP_NUMBERS,
    )

    number: int = sequential()
    id: UUID = Field(unique=True)
    external_id: str | None = Field(default=None, sa_type=Words)
    customer_id: UUID = Field(foreign_key="customers.id")
    branch_id: UUID = Field(foreign_key="branches.id")
    contract_number: str | None = Field(default=None, sa_type=Words)
    amount_centavos: int = Field(sa_type=BigInteger)
    issued_on: date
    due_on: date
    status: str = Field(sa_type=Words)
    closed_on: date | None = None
    settlement_method: str | None = Field(default=None, sa_type=Words)
    contract_rescinded_on: date | None = None
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
