"""Walk the chain of the audit trail and tell whether it holds."""

from dataclasses import dataclass

from core.domain.access import Caller, Scope
from core.domain.audit_chain import ChainBreak, ChainHead, break_at
from ports.unit_of_work import UnitsOfWork

CHUNK = 1000
"""How many entries are held in memory at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyAuditCommand:
    """known: the digest of a head noted earlier, which the chain must still hold."""

    caller: Caller
    known: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerified:
    """What the walk found.

    sealed: where it began; what came before was kept for as long as it must be, and is gone. head: how far the chain holds.
    waiting: the newest entries, which have no place in it yet. broken: the first entry at which it does not hold.
    known_found: whether the head noted earlier is part of it; None when none was given.
    """

    sealed: ChainHead
    head: ChainHead
    waiting: int
    broken: ChainBreak | None
    known_found: bool | None

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None and self.known_found is not False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyAudit:
    """Policy: AUDIT, by those who reach every branch. Raises Forbidden."""

    units_of_work: UnitsOfWork

    async def __call__(self, command: VerifyAuditCommand) -> AuditVerified:
        """Walk from the seal to the head, or to the first break; entries that are added meanwhile may be in or not."""
        command.caller.require(Scope.AUDIT)
        command.caller.require_every_branch()
        async with self.units_of_work.read() as work:
            began = head = await work.audit_chain.sealed()
        seen = head.digest == command.known
        broken = None
        while broken is None:
            async with self.units_of_work.read() as work:
                sealed = await work.audit_chain.sealed()
                if sealed.position > head.position:  # old entries went while we walked
                    began = head = sealed
                    seen = seen or head.digest == command.known
                entries = await work.audit_chain.after(head.position, CHUNK)
            if not entries:
                break
            for entry in entries:
                broken = break_at(head, entry)
                if broken is not None:
                    break
                head = ChainHead(position=entry.link.position, digest=entry.link.digest)
                seen = seen or head.digest == command.known
        async with self.units_of_work.read() as work:
            waiting = await work.audit_chain.count_unchained()
        return AuditVerified(
            sealed=began,
            head=head,
            waiting=waiting,
            broken=broken,
            known_found=None if command.known is None else seen,
        )
