"""The chain over the audit trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, delete, func, select
from sqlmodel import col

from adapters.sql import bulk
from adapters.sql.mapping.administration import audit_event_of
from adapters.sql.tables import AuditEventRow, AuditSealRow
from adapters.sql.work import Work, table_of
from core.domain.audit import AuditEvent
from core.domain.audit_chain import START, ChainedEvent, ChainHead, ChainLink
from ports.audit_chain import AuditChain

_EVENTS = table_of(AuditEventRow)
_UNPLACED = _EVENTS.c.position.is_(None)
_OLDEST_UNPLACED = (
    select(AuditEventRow)
    .where(_UNPLACED)
    .order_by(_EVENTS.c.number)
    .limit(bindparam("limit", type_=Integer()))
)
_NEWEST_PLACED = select(AuditEventRow).where(~_UNPLACED).order_by(col(AuditEventRow.position).desc()).limit(1)


class SqlAuditChain(AuditChain):
    """Places are columns of the entries; triggers of the database refuse every other change of an entry."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def unchained(self, limit: int) -> list[AuditEvent]:
        found = await self._work.rows(_OLDEST_UNPLACED, few=False, limit=limit)
        return [audit_event_of(row) for row in found]

    async def count_unchained(self) -> int:
        return await self._work.scalar(select(func.count()).select_from(AuditEventRow).where(_UNPLACED))

    async def head(self) -> ChainHead:
        row = await self._work.row(_NEWEST_PLACED)
        if row is None or row.position is None or row.digest is None:
            return await self.sealed()
        return ChainHead(position=row.position, digest=row.digest)

    async def link(self, links: Sequence[ChainLink]) -> None:
        places: bulk.Columns = {
            "number": [link.number for link in links],
            "position": [link.position for link in links],
            "digest": [link.digest for link in links],
        }
        await bulk.update(self._work, AuditEventRow, places, "number")

    async def after(self, position: int, limit: int) -> list[ChainedEvent]:
        places = select(_EVENTS.c.number, _EVENTS.c.position, _EVENTS.c.digest)
        following = places.where(_EVENTS.c.position > position).order_by(_EVENTS.c.position).limit(limit)
        links = [
            ChainLink(number=number, position=place, digest=str(digest))
            for number, place, digest in await self._work.connection.execute(following)
        ]
        events = await self._readable([link.number for link in links])
        return [ChainedEvent(link=link, event=events.get(link.number)) for link in links]

    async def sealed(self) -> ChainHead:
        statement = select(AuditSealRow).order_by(col(AuditSealRow.position).desc())
        row = await self._work.first(statement)
        return START if row is None else ChainHead(position=row.position, digest=row.digest)

    async def seal(self, before: datetime, at: datetime, limit: int) -> int:
        sealed = await self.sealed()
        places = select(_EVENTS.c.position, _EVENTS.c.digest, _EVENTS.c.at)
        oldest = places.where(_EVENTS.c.position > sealed.position).order_by(_EVENTS.c.position).limit(limit)
        last: ChainHead | None = None
        for position, digest, made_at in await self._work.connection.execute(oldest):
            if made_at >= before:
                break
            last = ChainHead(position=position, digest=digest)
        if last is None:
            return 0
        seal: bulk.Columns = {"position": [last.position], "digest": [last.digest], "sealed_at": [at]}
        await bulk.insert(self._work, AuditSealRow, seal)
        return await self._work.change(delete(_EVENTS).where(_EVENTS.c.position <= last.position))

    async def _readable(self, numbers: Sequence[int]) -> dict[int, AuditEvent]:
        """The entries with these numbers, without those that somebody made unreadable."""
        chosen = select(AuditEventRow).where(_EVENTS.c.number.in_(numbers))
        try:
            return {row.number: audit_event_of(row) for row in await self._work.all(chosen)}
        except (ValueError, TypeError, AttributeError):
            if len(numbers) == 1:
                return {}
        half = len(numbers) // 2
        return {**await self._readable(numbers[:half]), **await self._readable(numbers[half:])}
