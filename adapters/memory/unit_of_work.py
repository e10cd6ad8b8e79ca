"""Units of work over a storage in memory."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from adapters.memory.administration import (
    MemoryAccessTokens,
    MemoryAuditTrail,
    MemoryCodeTables,
    MemoryIdempotencyRecords,
    MemoryParameters,
)
from adapters.memory.audit_chain import MemoryAuditChain
from adapters.memory.collection import MemoryCollectionItems, MemoryCollectionRuns, MemoryCollectionSettings
from adapters.memory.company import MemoryBranches, MemoryIntegrations
from adapters.memory.consultations import MemoryConsultations
from adapters.memory.monitoring import MemoryMonitorChanges, MemoryMonitors
from adapters.memory.negativations import MemoryClearingTasks, MemoryNegativations
from adapters.memory.outbox import MemoryOutbox
from adapters.memory.people import MemoryCustomers, MemoryInvoices, MemoryLeads, MemoryProspects
from adapters.memory.retention import MemoryRetention
from adapters.memory.routines import MemoryRoutines
from adapters.memory.storage import MemoryStorage, Transaction
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


class MemoryUnitOfWork(UnitOfWork):
    """The stores over one transaction."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction, clock: Clock) -> None:
        self._transaction = transaction
        self.branches: Branches = MemoryBranches(storage, transaction)
        self.integrations: Integrations = MemoryIntegrations(storage, transaction)
        self.customers: Customers = MemoryCustomers(storage, transaction)
        self.leads: Leads = MemoryLeads(storage, transaction)
        self.prospects: Prospects = MemoryProspects(storage, transaction)
        self.invoices: Invoices = MemoryInvoices(storage, transaction)
        self.consultations: Consultations = MemoryConsultations(storage, transaction)
        self.negativations: Negativations = MemoryNegativations(storage, transaction)
        self.clearing_tasks: ClearingTasks = MemoryClearingTasks(storage, transaction)
        self.parameters: Parameters = MemoryParameters(transaction)
        self.collection_settings: CollectionSettings = MemoryCollectionSettings(transaction)
        self.collection_runs: CollectionRuns = MemoryCollectionRuns(storage, transaction)
        self.collection_items: CollectionItems = MemoryCollectionItems(storage, transaction)
        self.monitors: Monitors = MemoryMonitors(storage, transaction)
        self.monitor_changes: MonitorChanges = MemoryMonitorChanges(storage, transaction)
        self.code_tables: CodeTables = MemoryCodeTables(transaction)
        self.audit: AuditTrail = MemoryAuditTrail(storage, transaction)
        self.audit_chain: AuditChain = MemoryAuditChain(transaction)
        self.idempotency: IdempotencyRecords = MemoryIdempotencyRecords(transaction)
        self.tokens: AccessTokens = MemoryAccessTokens(transaction)
        self.outbox: Outbox = MemoryOutbox(transaction, clock)
        self.routines: Routines = MemoryRoutines(transaction)
        self.retention: Retention = MemoryRetention(transaction)

    async def lock(self, name: str) -> None:
        """The writer is alone anyway."""
        self._transaction.require_writable()

    async def lock_all(self, names: Iterable[str]) -> None:
        """As `lock`."""
        self._transaction.require_writable()


class MemoryUnitsOfWork(UnitsOfWork):
    """Opens units of work over one storage."""

    def __init__(self, storage: MemoryStorage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        async with self._storage.writing() as transaction:
            yield MemoryUnitOfWork(self._storage, transaction, self._clock)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        yield MemoryUnitOfWork(self._storage, self._storage.reading(), self._clock)
