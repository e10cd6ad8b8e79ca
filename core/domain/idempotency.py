"""Idempotency keys: the same key with the same input does the work once and gives the same answer."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """What a caller's key stands for: the operation, a keyed fingerprint of its input, and the record it produced."""

    caller_id: str
    key: str
    operation: str
    fingerprint: str = field(repr=False)
    result_id: UUID
    created_at: datetime
