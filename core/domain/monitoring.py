"""Watching CNPJs (monitoramento do CNPJ): the provider tells when something about a company changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.bureau import Environment
from core.domain.documents import Document


class ChangeKind(StrEnum):
    """What changed about a watched company."""

    REGISTRATION_STATUS = "REGISTRATION_STATUS"
    PENDING_DEBT = "PENDING_DEBT"
    PROTEST = "PROTEST"
    LAWSUIT = "LAWSUIT"
    BANKRUPTCY = "BANKRUPTCY"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """A CNPJ under watch for a branch, in one environment. Stopped ones keep what was found."""

    id: UUID
    number: int
    branch_id: UUID
    integration_id: UUID
    environment: Environment
    document: Document
    created_at: datetime
    created_by: str
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorChange:
    """A change that was found. `event_id` is the provider's; `description` its words."""

    id: UUID
    number: int
    monitor_id: UUID
    branch_id: UUID
    event_id: str
    kind: ChangeKind
    description: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """A change as the provider tells it."""

    event_id: str
    document: str
    kind: ChangeKind
    description: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvents:
    """A page of changes after a cursor; the provider blocks those who ask again sooner than it says."""

    events: tuple[ChangeEvent, ...]
    cursor: str
    has_more: bool
    ask_again_after_seconds: int
