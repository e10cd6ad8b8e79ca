"""Give audit entries their places in the chain, soon after they were committed."""

from dataclasses import dataclass

from core.domain.audit_chain import links_after
from ports.audit_chain import CHAIN_LOCK
from ports.unit_of_work import UnitsOfWork

CHUNK = 500
"""How many entries are chained at once: so few that callers hardly wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainAudit:
    """Policy: one process at a time chains what is committed, by number, each entry once.

    Until then, which is for seconds, an entry could be removed or changed by somebody who owns the database without being
    missed; the database refuses it to everybody else.
    """

    units_of_work: UnitsOfWork

    async def __call__(self) -> int:
        """Chain a chunk; tells how many."""
        async with self.units_of_work.read() as work:
            if not await work.audit_chain.unchained(1):
                return 0
        async with self.units_of_work.begin() as work:
            await work.lock(CHAIN_LOCK)
            links = links_after(await work.audit_chain.head(), await work.audit_chain.unchained(CHUNK))
            await work.audit_chain.link(links)
        return len(links)
