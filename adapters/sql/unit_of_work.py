"""Units of work over a database."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

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


StoreT = TypeVar("StoreT")


class _Store(Generic[StoreT]):
    """A store of a unit of work, made when it is first asked for: most units of work use a few of them."""

    def __init__(self, make: Callable[[Work], StoreT]) -> None:
        self._make = make

    def __set_name__(self, owner: type["SqlUnitOfWork"], name: str) -> None:
        self._name = name

    def __get__(self, unit: "SqlUnitOfWork", owner: type["SqlUnitOfWork"]) -> StoreT:
        store = self._make(unit._work)
        unit.__dict__[self._name] = store
        return store


class SqlUnitOfWork(UnitOfWork):
    """The stores over one transaction."""

    branches = _Store[Branches](SqlBranches)
    integrations = _Store[Integrations](SqlIntegrations)
    customers = _Store[Customers](SqlCustomers)
    leads = _Store[Leads](SqlLeads)
    prospects = _Store[Prospects](SqlProspects)
    invoices = _Store[Invoices](SqlInvoices)
    consultations = _Store[Consultations](SqlConsultations)
    negativations = _Store[Negativations](SqlNegativations)
    clearing_tasks = _Store[ClearingTasks](SqlClearingTasks)
    parameters = _Store[Parameters](SqlParameters)
    collection_settings = _Store[CollectionSettings](SqlCollectionSettings)
    collection_runs = _Store[CollectionRuns](SqlCollectionRuns)
    collection_items = _Store[CollectionItems](SqlCollectionItems)
    monitors = _Store[Monitors](SqlMonitors)
    monitor_changes = _Store[MonitorChanges](SqlMonitorChanges)
    code_tables = _Store[CodeTables](SqlCodeTables)
    audit = _Store[AuditTrail](SqlAuditTrail)
    audit_chain = _Store[AuditChain](SqlAuditChain)
    idempotency = _Store[IdempotencyRecords](SqlIdempotencyRecords)
    tokens = _Store[AccessTokens](SqlAccessTokens)
    outbox = _Store[Outbox](SqlOutbox)
    routines = _Store[Routines](SqlRoutines)
    retention = _Store[Retention](SqlRetention)

    def __init__(self, work: Work) -> None:
        self._work = work

    async def lock(self, name: str) -> None:
        """On PostgreSQL an advisory lock, released with the transaction; on SQLite the writer is alone anyway."""
        self._work.require_writable()
        if not self._work.on_sqlite:
            await self._work.rows(_LOCK, name=name)

    async def lock_all(self, names: Iterable[str]) -> None:
        """As `lock`; they are taken one after the other as the statement goes through them."""
        self._work.require_writable()
        if not self._work.on_sqlite and (taken := list(names)):
            await self._work.rows(_LOCK_ALL, names=taken)


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
