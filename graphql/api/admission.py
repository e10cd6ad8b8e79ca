"""Being turned away for asking too often."""

from dataclasses import dataclass


@dataclass(eq=False, kw_only=True)
class RateLimited(Exception):
    """Whoever asks has asked too often. `seconds`: how long to wait before asking again."""

    seconds: int


async def admit_always() -> None:
    """Turn nobody away."""
