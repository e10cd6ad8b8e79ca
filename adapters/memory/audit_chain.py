"""The chain over the audit trail in memory."""

from collections.abc import Sequence
from datetime import datetime

from adapters.memory.storage import Table, Transaction
from core.domain.audit import AuditEvent
from core.domain.audit_chain import START, ChainedEvent, ChainHead, ChainLink
from ports.audit_chain import AuditChain


class MemoryAuditChain(AuditChain):
    """Places in a table beside the entries. Nothing here changes an entry."""

    def __init__(self, transaction: Transaction) -> None:
        self._events = Table(transaction, AuditEvent.__name__, AuditEvent)
        self._links = Table(transaction, ChainLink.__name__, ChainLink)
        self._seals = Table(transaction, "AuditSeal", ChainHead)

    async def unchained(self, limit: int) -> list[AuditEvent]:
        return self._unplaced()[:limit]

    async def count_unchained(self) -> int:
        return len(self._unplaced())

    async def head(self) -> ChainHead:
        links = self._in_order()
        if not links:
            return await self.sealed()
        return ChainHead(position=links[-1].position, digest=links[-1].digest)

    async def link(self, links: Sequence[ChainLink]) -> None:
        self._links.require_writable()
        for link in links:
            self._links.put(link.number, link)

    async def after(self, position: int, limit: int) -> list[ChainedEvent]:
        events = {event.number: event for event in self._events.all()}
        following = [link for link in self._in_order() if link.position > position]
        return [ChainedEvent(link=link, event=events.get(link.number)) for link in following[:limit]]

    async def sealed(self) -> ChainHead:
        return max(self._seals.all(), key=lambda seal: seal.position, default=START)

    async def seal(self, before: datetime, at: datetime, limit: int) -> int:
        self._seals.require_writable()
        going: list[ChainedEvent] = []
        for entry in await self.after((await self.sealed()).position, limit):
            if entry.event is None or entry.event.at >= before:
                break
            going.append(entry)
        for entry in going:
            if entry.event is not None:
                self._events.remove(entry.event.id)
            self._links.remove(entry.link.number)
        if going:
            last = going[-1].link
            self._seals.put(last.position, ChainHead(position=last.position, digest=last.digest))
        return len(going)

    def _unplaced(self) -> list[AuditEvent]:
        waiting = (event for event in self._events.all() if event.number not in self._links)
        return sorted(waiting, key=lambda event: event.number)

    def _in_order(self) -> list[ChainLink]:
        return sorted(self._links.all(), key=lambda link: link.position)
