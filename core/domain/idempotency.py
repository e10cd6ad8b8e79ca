"""Idempotency keys: the same key with the same input does the work once and gives the same answer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

KEPT_FOR = timedelta(days=30)
"""For how long a key is remembered at least: far longer than any caller goes on repeating a request that got no answer. A key
that was forgotten is new again; what must not be done twice at all (a second live registration of an invoice) does not
depend on keys.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyRecord:
    """What a caller's key stands for: the operation, a keyed fingerprint of its input, and the record it produced."""

    caller_id: str
    key: str
    operation: str
    fingerprint: str = field(repr=False)
    result_id: UUID
    created_at: datetime
