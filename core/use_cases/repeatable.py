"""Idempotency keys for use cases that bill or bind: same key and input, one piece of work, one answer."""

import json
from datetime import datetime
from uuid import UUID

from core.domain.access import Caller
from core.domain.errors import IdempotencyConflict, InvalidInput, Problem
from core.domain.idempotency import IdempotencyRecord
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault

MAX_KEY_LENGTH = 200
MAX_BATCH_KEY_LENGTH = MAX_KEY_LENGTH - 37
"""So that a colon and a record's id find room behind it."""


async def earlier_result(
    work: UnitOfWork, vault: Vault, caller: Caller, key: str | None, operation: str, *input_parts: object
) -> UUID | None:
    """What the key produced before, or None when it is new (or not given). Holds the key's lock from here on.

    Raises IdempotencyConflict when the key stands for another input, InvalidInput when it is empty or too long.
    """
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_KEY_LENGTH:
        problem = Problem(("idempotencyKey",), "INVALID_IDEMPOTENCY_KEY", {"max": MAX_KEY_LENGTH})
        raise InvalidInput(problems=(problem,))
    await work.lock(f"idempotency:{caller.id}:{key}")
    record = await work.idempotency.get(caller.id, key)
    if record is None:
        return None
    if record.operation != operation or not vault.matches(record.fingerprint, _canonical(input_parts)):
        raise IdempotencyConflict(key=key)
    return record.result_id


async def claim_batch(
    units_of_work: UnitsOfWork,
    vault: Vault,
    caller: Caller,
    key: str | None,
    operation: str,
    *input_parts: object,
    batch_id: UUID,
    at: datetime,
) -> None:
    """Let the key stand for a whole batch; each part of it then has a key of its own, see `key_of_part`.

    Raises IdempotencyConflict when the key stands for another batch, InvalidInput when it is empty or too long.
    """
    if key is None:
        return
    if len(key) > MAX_BATCH_KEY_LENGTH:
        problem = Problem(("idempotencyKey",), "INVALID_IDEMPOTENCY_KEY", {"max": MAX_BATCH_KEY_LENGTH})
        raise InvalidInput(problems=(problem,))
    async with units_of_work.begin() as work:
        earlier = await earlier_result(work, vault, caller, key, operation, *input_parts)
        if earlier is None:
            await remember_result(
                work, vault, caller, key, operation, *input_parts, result_id=batch_id, at=at
            )


def key_of_part(key: str | None, record_id: UUID) -> str | None:
    """The key of one part of a batch."""
    return None if key is None else f"{key}:{record_id}"


async def remember_result(
    work: UnitOfWork,
    vault: Vault,
    caller: Caller,
    key: str | None,
    operation: str,
    *input_parts: object,
    result_id: UUID,
    at: datetime,
) -> None:
    """Let the key stand for this input and result from now on."""
    if key is None:
        return
    await work.idempotency.add(
        IdempotencyRecord(
            caller_id=caller.id,
            key=key,
            operation=operation,
            fingerprint=vault.fingerprint(_canonical(input_parts)),
            result_id=result_id,
            created_at=at,
        )
    )


def _canonical(parts: tuple[object, ...]) -> str:
    return json.dumps([None if part is None else str(part) for part in parts])
