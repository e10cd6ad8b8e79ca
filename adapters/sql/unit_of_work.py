"""Units of work over a database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import ARRAY, Select, Text, bindparam, func, select

from adapters.sql.database import Database
from adapters.sql.outbox import SqlOutbox
from adapters.sql.routines import SqlRoutines
from adapters.sql.stores.administration import (
    SqlAccessTokens,
    SqlAuditTrail,
    SqlCodeTables,
    SqlIdempotencyRecords,
    SqlParameters,
)
from adapters.sql.stores.audit_chain import SqlAuditChain
from adapters.sql.stores.collection import SqlCollectionItems, SqlCollectionRuns, SqlCollectionSettings
from adapters.sql.stores.company import SqlBranches, SqlIntegrations
from adapters.sql.stores.consultations import SqlConsultations
from adapters.sql.stores.monitoring import SqlMonitorChanges, SqlMonitors
from adapters.sql.stores.negativations import SqlClearingTasks, SqlNegativations
from adapters.sql.stores.people import SqlCustomers, SqlInvoices, SqlLeads, SqlProspects
from adapters.sql.stores.retention import SqlRetention
from adapters.sql.work import Work
from ports.administration import AccessTokens, AuditTrail, CodeTables, IdempotencyRecords, Parameters
from ports.audit_chain import AuditChain
from ports.clock import Clock
from ports.outbox import Outbox
from ports.retention import Retention
from ports.routines import Routines
from ports.stores import (
    Branches,
    ClearingTasks,
    CollectionItems,
    CollectionRuns,
    CollectionSettings,
    Consultations,
    Customers,
    Integrations,
    Invoices,
    Leads,
    MonitorChanges,
    Monitors,
    Negativations,
    Prospects,
)
from ports.unit_of_work import UnitOfWork, UnitsOfWork

_LOCK: Select[Any] = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=Text()), 0)).label("taken")
)
_NAME = func.unnest(bindparam("names", type_=ARRAY(Text()))).column_valued("name")
_LOCK_ALL: Select[Any] = select(func.pg_advisory_xact_lock(func.hashtextextended(_NAME, 0)).label("taken"))


class SqlUnitOfWork(UnitOfWork):
    """The stores over one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.branches: Branches = SqlBranches(work)
        self.integrations: Integrations = SqlIntegrations(work)
        self.customers: Customers = SqlCustomers(work)
        self.leads: Leads = SqlLeads(work)
        self.prospects: Prospects = SqlProspects(work)
        self.invoices: Invoices = SqlInvoices(work)
        self.consultations: Consultations = SqlConsultations(work)
        self.negativations: Negativations = SqlNegativations(work)
        self.clearing_tasks: ClearingTasks = SqlClearingTasks(work)
        self.parameters: Parameters = SqlParameters(work)
        self.collection_settings: CollectionSettings = SqlCollectionSettings(work)
        self.collection_runs: CollectionRuns = SqlCollectionRuns(work)
        self.collection_items: CollectionItems = SqlCollectionItems(work)
        self.monitors: Monitors = SqlMonitors(work)
        self.monitor_changes: MonitorChanges = SqlMonitorChanges(work)
        self.code_tables: CodeTables = SqlCodeTables(work)
        self.audit: AuditTrail = SqlAuditTrail(work)
        self.audit_chain: AuditChain = SqlAuditChain(work)
        self.idempotency: IdempotencyRecords = SqlIdempotencyRecords(work)
        self.tokens: AccessTokens = SqlAccessTokens(work)
        self.outbox: Outbox = SqlOutbox(work)
        self.routines: Routines = SqlRoutines(work)
        self.retention: Retention = SqlRetention(work)

    async def lock(self, name: str) -> None:
        """On PostgreSQL an advisory lock, released with the transaction; on SQLite the writer is alone anyway."""
        self._work.require_writable()
        if not self._work.on_sqlite:
            await self._work.rows(_LOCK, name=name)

    async def lock_all(self, names: Sequence[str]) -> None:
        """As `lock`; they are taken one after the other as the statement goes through them."""
        self._work.require_writable()
        if names and not self._work.on_sqlite:
            await self._work.rows(_LOCK_ALL, names=list(names))


class SqlUnitsOfWork(UnitsOfWork):
    """Opens units of work over one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with self._database.writing(self._clock) as work:
            yield SqlUnitOfWork(work)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        async with self._database.reading(self._clock) as work:
            yield SqlUnitOfWork(work)
