"""Intents: promises to the bureau, written in the same transaction as the change that makes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID, uuid5

from core.domain.bureau import CredentialKind

LONGEST_WAIT = timedelta(minutes=15)
"""No promise is leased, or given back to come due later, for longer than this."""

LONGEST_HOLD = timedelta(days=1)
"""No account rests for longer than this, unless it rests until it is released."""

CLOCK_TOLERANCE = timedelta(minutes=1)
"""A clock that is put back by less than this puts nothing off for long enough to matter."""


class IntentKind(StrEnum):
    """What is to be done at the bureau.

    REGISTER and CLEAR are orders for a negativation. RECOVER_ROTATION and RECOVER_CONSULTATION are born leased to the
    caller who makes the call itself; they come due only when that caller crashed or could not learn the outcome.
    """

    REGISTER = "REGISTER"
    CLEAR = "CLEAR"
    RECOVER_ROTATION = "RECOVER_ROTATION"
    RECOVER_CONSULTATION = "RECOVER_CONSULTATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A promise. `key` is deterministic and unique, so it cannot be made twice; `account` is the integration.

    subject_id: the negativation, consultation or integration it speaks of.
    """

    key: str
    account: UUID
    kind: IntentKind
    subject_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An intent taken for delivery. `attempt` is the fence; above 1 an earlier holder may have sent it: ask first.

    Nothing may be sent for it after `until`.
    """

    intent: Intent
    attempt: int
    until: datetime


def consultation_recovery_key(consultation_key: str) -> str:
    """The key of the intent that learns what became of a consultation."""
    return f"{consultation_key}:recovery"


def rotation_recovery_key(integration_id: UUID, kind: CredentialKind, since: datetime) -> str:
    """The key of the intent that learns what became of the password change that was begun at `since`."""
    return f"{integration_id}:rotation:{kind.value}:{since.isoformat()}"


@lru_cache(maxsize=1_000)
def recovery_account(integration_id: UUID) -> UUID:
    """The account under which an integration's recoveries queue: a hold on its orders must not stop them."""
    return uuid5(integration_id, "recovery")
