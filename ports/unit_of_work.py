"""The unit of work: all changes of one use case take effect together, or none does."""

from abc import abstractmethod
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ports.administration import AccessTokens, AuditTrail, CodeTables, IdempotencyRecords, Parameters
from ports.audit_chain import AuditChain
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


class WriteInReadOnlyUnit(RuntimeError):
    """A mistake in our own code: a unit of work that was opened for reading was asked to change or lock something."""


class UnitOfWork(Protocol):
    """An open transaction and the stores that work in it."""

    branches: Branches
    integrations: Integrations
    customers: Customers
    leads: Leads
    prospects: Prospects
    invoices: Invoices
    consultations: Consultations
    negativations: Negativations
    clearing_tasks: ClearingTasks
    parameters: Parameters
    collection_settings: CollectionSettings
    collection_runs: CollectionRuns
    collection_items: CollectionItems
    monitors: Monitors
    monitor_changes: MonitorChanges
    code_tables: CodeTables
    audit: AuditTrail
    audit_chain: AuditChain
    idempotency: IdempotencyRecords
    tokens: AccessTokens
    outbox: Outbox
    routines: Routines
    retention: Retention

    @abstractmethod
    async def lock(self, name: str) -> None:
        """Until this unit of work ends, let no other one that locks the same name go on."""

    @abstractmethod
    async def lock_all(self, names: Iterable[str]) -> None:
        """`lock` each of the names, one after the other in their order, by one query."""


class UnitsOfWork(Protocol):
    """Opens units of work. Each use case opens its own; none is shared between concurrent tasks."""

    @abstractmethod
    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that commits when its block ends, and rolls back when the block raises."""

    @abstractmethod
    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A consistent view for reading; does not wait for writers. Writing in it raises WriteInReadOnlyUnit."""
