"""Forget idempotency keys that nobody repeats any more."""

from dataclasses import dataclass

from core.domain.idempotency import KEPT_FOR
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork

CHUNK = 1000
"""How many keys are forgotten at once: so few that callers hardly wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetIdempotencyKeys:
    """Policy: each key is kept for `KEPT_FOR`."""

    units_of_work: UnitsOfWork
    clock: Clock

    async def __call__(self) -> int:
        """Forget what is older; tells how many."""
        forgotten = 0
        while True:
            async with self.units_of_work.begin() as work:
                some = await work.idempotency.forget(self.clock.now() - KEPT_FOR, CHUNK)
            forgotten += some
            if some < CHUNK:
                return forgotten
