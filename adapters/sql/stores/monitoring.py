"""Watched CNPJs and what was found about them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from adapters.sql import bulk
from adapters.sql.conditions import Conditions, fixed, is_just, one_of
from adapters.sql.mapping.collection import CHANGE, change_of, change_row, monitor_of, monitor_row
from adapters.sql.mapping.values import column_values
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import Records
from adapters.sql.tables import MonitorChangeRow, MonitorRow
from adapters.sql.work import Errors, Work
from core.domain.bureau import Environment
from core.domain.errors import Conflict
from core.domain.listing import MonitorChangeFilter, MonitorFilter, MonitorOrder
from core.domain.monitoring import Monitor, MonitorChange
from core.domain.paging import Order, Page, Window
from ports.stores import MonitorChanges, Monitors

_OF_INTEGRATION = col(MonitorRow.integration_id) == bindparam("integration_id")
_OF_ENVIRONMENT = col(MonitorRow.environment) == bindparam("environment")
_ACTIVE = col(MonitorRow.stopped_at).is_(None)


class SqlMonitors(Records[Monitor, MonitorRow, MonitorFilter, Order[MonitorOrder]], Monitors):
    """The monitors."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, MonitorRow, monitor_row, monitor_of)

    def conditions(self, matching: MonitorFilter) -> Conditions:
        return [
            *one_of(col(MonitorRow.branch_id), matching.branch_ids),
            *is_just(col(MonitorRow.document), matching.document),
            *fixed("active", _ACTIVE, wanted=not matching.stopped),
        ]

    def keyset(self, order: Order[MonitorOrder]) -> Keyset:
        return Keyset(MonitorRow, "number", order.direction)

    def errors(self, row: MonitorRow) -> Errors:
        return {"uq_monitors_active": lambda: Conflict(reason="ALREADY_MONITORED")}

    async def active(
        self, integration_id: UUID, environment: Environment, documents: Collection[str]
    ) -> dict[str, Monitor]:
        rows = await self._work.among(
            MonitorRow,
            col(MonitorRow.document),
            documents,
            _OF_INTEGRATION,
            _OF_ENVIRONMENT,
            _ACTIVE,
            integration_id=integration_id,
            environment=environment.value,
        )
        return {row.document: monitor_of(row) for row in rows}

    async def count_active(self, integration_id: UUID) -> int:
        statement = (
            select(func.count())
            .select_from(MonitorRow)
            .where(col(MonitorRow.integration_id) == integration_id, _ACTIVE)
        )
        return await self._work.scalar(statement)


class _Changes(Records[MonitorChange, MonitorChangeRow, MonitorChangeFilter, Order[MonitorOrder]]):
    def __init__(self, work: Work) -> None:
        super().__init__(work, MonitorChangeRow, change_row, change_of)

    def conditions(self, matching: MonitorChangeFilter) -> Conditions:
        return [
            *one_of(col(MonitorChangeRow.branch_id), matching.branch_ids),
            *is_just(col(MonitorChangeRow.monitor_id), matching.monitor_id),
        ]

    def keyset(self, order: Order[MonitorOrder]) -> Keyset:
        return Keyset(MonitorChangeRow, "number", order.direction)


class SqlMonitorChanges(MonitorChanges):
    """The changes: a store of records without the ways to change one."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._changes = _Changes(work)

    async def add(self, changes: Sequence[MonitorChange]) -> None:
        columns = column_values(CHANGE, changes)
        await bulk.insert_new(self._work, MonitorChangeRow, columns, "monitor_id", "event_id")

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
