"""What the schema says of idempotency keys."""

from core.domain.idempotency import KEPT_FOR

KEPT = f"A key is kept for {KEPT_FOR.days} days; after that it is new again."

REPEATABLE = (
    "Makes the request repeatable (chave de idempotência): the same key with the same input does the work once and gives the "
    f"same answer. {KEPT}"
)
