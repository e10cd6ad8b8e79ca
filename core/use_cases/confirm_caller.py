"""Make sure that whoever was identified a moment ago still is who they were."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.access import Caller, still_usable
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmCaller:
    """Policy: what was issued in the name of a token ends with the token. Callers without a token of ours, such as people whom an
    identity provider vouches for, have nothing that could be revoked here.

    Raises Unauthenticated (UNKNOWN, REVOKED, EXPIRED).
    """

    units_of_work: UnitsOfWork
    clock: Clock

    async def __call__(self, caller: Caller) -> None:
        """Look the caller's token up."""
        try:
            token_id = UUID(caller.id)
        except ValueError:
            return
        async with self.units_of_work.read() as work:
            token = await work.tokens.get(token_id)
        still_usable(token, self.clock.now())
