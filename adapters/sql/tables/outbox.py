"""Tables of the outbox, of routines and of heartbeats."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from adapters.sql.tables.base import Row, partial_index
from adapters.sql.types import Instant, Ordered, Words


class IntentRow(Row, table=True):
    """A promise to the bureau. `due_at` is also the end of the lease, `attempts` the fence of whoever holds it."""

    __tablename__ = "intents"
    __table_args__ = (
        partial_index("ix_intents_due", "account", "due_at", where="done_at IS NULL"),
        partial_index("ix_intents_done_at", "done_at", where="done_at IS NOT NULL"),
    )

    key: str = Field(primary_key=True, sa_type=Words)
    account: UUID
    kind: str = Field(sa_type=Words)
    subject_id: UUID
    due_at: datetime = Field(sa_type=Instant)
    attempts: int
    created_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class AccountRow(Row, table=True):
    """An account at the bureau: how far its pace has carried it, and whether it is held."""

    __tablename__ = "bureau_accounts"
    __table_args__ = (Index("ix_bureau_accounts_next_at", "next_at"),)

    account: UUID = Field(primary_key=True)
    next_at: datetime = Field(sa_type=Instant)
    held: bool
    held_until: datetime | None = Field(default=None, sa_type=Instant)


class RoutineRow(Row, table=True):
    """A routine. next_at: when it is due; while taken, when the lease ends."""

    __tablename__ = "routines"

    name: str = Field(primary_key=True, sa_type=Ordered)
    next_at: datetime = Field(sa_type=Instant)
    state: str | None = Field(default=None, sa_type=Words)
    fence: int = Field(sa_type=BigInteger)
    taken: bool


class HeartbeatRow(Row, table=True):
    """That a process could write at that moment."""

    __tablename__ = "heartbeats"

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    filler: str = Field(sa_type=Words)
