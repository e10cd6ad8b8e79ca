"""Watched CNPJs and what was found about them, in memory."""

from collections.abc import Collection, Hashable, Sequence
from uuid import UUID

from adapters.memory.records import Records, Unique
from adapters.memory.storage import MemoryStorage, Transaction
from core.domain.bureau import Environment
from core.domain.errors import Conflict
from core.domain.listing import MonitorChangeFilter, MonitorFilter, MonitorOrder
from core.domain.monitoring import Monitor, MonitorChange
from core.domain.paging import KeyValue, Order, Page, Window
from ports.stores import MonitorChanges, Monitors


class MemoryMonitors(Records[Monitor, MonitorFilter, Order[MonitorOrder]], Monitors):
    """The monitors."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Monitor, (Unique(_watched, _already_monitored),))

    def lets_through(self, record: Monitor, matching: MonitorFilter) -> bool:
        return (
            (matching.stopped or record.stopped_at is None)
            and (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.document in (None, record.document.number)
        )

    def order_value(self, record: Monitor, order: Order[MonitorOrder]) -> KeyValue:
        return record.number

    async def active(
        self, integration_id: UUID, environment: Environment, documents: Collection[str]
    ) -> dict[str, Monitor]:
        wanted = {(integration_id, environment, document) for document in documents}
        return {record.document.number: record for record in self.table.all() if _watched(record) in wanted}

    async def count_active(self, integration_id: UUID) -> int:
        active = [record for record in self.table.all() if record.stopped_at is None]
        return sum(record.integration_id == integration_id for record in active)


class _Changes(Records[MonitorChange, MonitorChangeFilter, Order[MonitorOrder]]):
    def lets_through(self, record: MonitorChange, matching: MonitorChangeFilter) -> bool:
        return (
            matching.branch_ids is None or record.branch_id in matching.branch_ids
        ) and matching.monitor_id in (None, record.monitor_id)

    def order_value(self, record: MonitorChange, order: Order[MonitorOrder]) -> KeyValue:
        return record.number


class MemoryMonitorChanges(MonitorChanges):
    """The changes: a store of records without the ways to change one."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        self._changes = _Changes(storage, transaction, MonitorChange)

    async def add(self, changes: Sequence[MonitorChange]) -> None:
        self._changes.table.require_writable()
        known = {(change.monitor_id, change.event_id) for change in self._changes.table.all()}
        for change in changes:
            if (change.monitor_id, change.event_id) not in known:
                known.add((change.monitor_id, change.event_id))
                await self._changes.add(change)

    async def page(
        self, matching: MonitorChangeFilter, order: Order[MonitorOrder], window: Window
    ) -> Page[MonitorChange]:
        return await self._changes.page(matching, order, window)

    async def count(self, matching: MonitorChangeFilter) -> int:
        return await self._changes.count(matching)

    async def pages(
        self, matching: Sequence[MonitorChangeFilter], order: Order[MonitorOrder], window: Window
    ) -> list[Page[MonitorChange]]:
        return await self._changes.pages(matching, order, window)

    async def counts(self, matching: Sequence[MonitorChangeFilter]) -> list[int]:
        return await self._changes.counts(matching)


def _watched(record: Monitor) -> Hashable | None:
    if record.stopped_at is not None:
        return None
    return record.integration_id, record.environment, record.document.number


def _already_monitored(record: Monitor) -> Conflict:
    return Conflict(reason="ALREADY_MONITORED")
