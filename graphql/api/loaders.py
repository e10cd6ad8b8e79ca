"""Loaders: what the fields of one request ask for at the same moment is read together, one query per kind of record.

A loader answers None for what does not exist and for what lies outside the caller's branches alike.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader as SharedLoader

from core.domain.access import Caller
from core.domain.branch import Branch
from core.domain.collection import CollectionRun
from core.domain.negativation import HistoryEntry
from core.domain.paging import MAX_PAGE, Order, Page, Window
from core.domain.report import CreditReport
from ports.stores import NestedListing, RecordStore
from ports.unit_of_work import UnitOfWork, UnitsOfWork


class _OfBranch(Protocol):
    @property
    def branch_id(self) -> UUID: ...


FoundT = TypeVar("FoundT")
KeyT = TypeVar("KeyT")
LoadedT = TypeVar("LoadedT")
FilterT = TypeVar("FilterT")
OfBranchT = TypeVar("OfBranchT", bound=_OfBranch)

PageKey: TypeAlias = tuple[Any, Order[Any], Window]
"""A filter, an order and a window."""

NestedStore: TypeAlias = Callable[[UnitOfWork], NestedListing[Any, Any, Any]]
Find = Callable[[UnitOfWork, Collection[UUID]], Awaitable[Mapping[UUID, FoundT]]]


class DataLoader(SharedLoader[KeyT, LoadedT]):
    """Several fields may wait for the same record. One of them may be given up, because another field beside it failed: then the
    others go on waiting. What nobody waits for any more is given up too.
    """

    def load(self, key: KeyT) -> Awaitable[LoadedT]:
        """The record with that key, read together with all that are asked for at the same moment."""
        shared = asyncio.ensure_future(super().load(key))
        waiting = asyncio.shield(shared)
        self._waiting[shared] += 1

        def let_go(waiting: asyncio.Future[LoadedT]) -> None:
            self._waiting[shared] -= 1
            if waiting.cancelled() and not self._waiting[shared]:
                shared.cancel()

        waiting.add_done_callback(let_go)
        return waiting

    @cached_property
    def _waiting(self) -> Counter[asyncio.Future[LoadedT]]:
        return Counter()


class Loaders:
    """The loaders of one request. Each batch reads in a unit of work of its own."""

    def __init__(self, units_of_work: UnitsOfWork, caller: Caller) -> None:
        self._units_of_work = units_of_work
        self._caller = caller
        self.branches = self._loader(self._branches)
        self.integrations = self._loader(self._visible(lambda work: work.integrations))
        self.customers = self._loader(self._visible(lambda work: work.customers))
        self.leads = self._loader(self._visible(lambda work: work.leads))
        self.prospects = self._loader(self._visible(lambda work: work.prospects))
        self.invoices = self._loader(self._visible(lambda work: work.invoices))
        self.consultations = self._loader(self._visible(lambda work: work.consultations))
        self.negativations = self._loader(self._visible(lambda work: work.negativations))
        self.monitors = self._loader(self._visible(lambda work: work.monitors))
        self.subject_names = self._loader(_subject_names)
        self.collection_runs = self._loader(_collection_runs)
        self.reports = self._loader(_reports)
        self.histories = self._loader(_histories)
        self.consultation_totals = self._sums(lambda work: work.consultations.totals)
        self.negativation_totals = self._sums(lambda work: work.negativations.totals)
        self._pages: dict[str, DataLoader[PageKey, Page[Any]]] = {}
        self._counts: dict[str, DataLoader[Any, int]] = {}

    def pages(self, name: str, store: NestedStore) -> DataLoader[PageKey, Page[Any]]:
        """The loader of pages of the list `name`, one for each record of another list."""

        async def load(keys: list[PageKey]) -> Sequence[Page[Any]]:
            alike: dict[tuple[Order[Any], Window], list[Any]] = {}
            for matching, order, window in keys:
                alike.setdefault((order, window), []).append(matching)
            found: dict[PageKey, Page[Any]] = {}
            async with self._units_of_work.read() as work:
                for (order, window), filters in alike.items():
                    pages = await store(work).pages(filters, order, window)
                    found |= {(each, order, window): page for each, page in zip(filters, pages, strict=True)}
            return [found[key] for key in keys]

        return self._pages.setdefault(name, DataLoader(load_fn=load, max_batch_size=MAX_PAGE))

    def counts(self, name: str, store: NestedStore) -> DataLoader[Any, int]:
        """The loader of totals of the list `name`, one for each record of another list."""

        async def load(filters: list[Any]) -> Sequence[int]:
            async with self._units_of_work.read() as work:
                return await store(work).counts(filters)

        return self._counts.setdefault(name, DataLoader(load_fn=load, max_batch_size=MAX_PAGE))

    def _sums(
        self, totals: Callable[[UnitOfWork], Callable[[list[FilterT]], Awaitable[list[FoundT]]]]
    ) -> DataLoader[FilterT, FoundT]:
        async def load(filters: list[FilterT]) -> Sequence[FoundT]:
            async with self._units_of_work.read() as work:
                return await totals(work)(filters)

        return DataLoader(load_fn=load, max_batch_size=MAX_PAGE)

    def _loader(self, find: Find[FoundT]) -> DataLoader[UUID, FoundT | None]:
        async def load(ids: list[UUID]) -> Sequence[FoundT | None]:
            async with self._units_of_work.read() as work:
                found = await find(work, ids)
            return [found.get(record_id) for record_id in ids]

        return DataLoader(load_fn=load)

    async def _branches(self, work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, Branch]:
        return await work.branches.get_many(
            [branch_id for branch_id in ids if self._caller.reaches(branch_id)]
        )

    def _visible(self, store: Callable[[UnitOfWork], RecordStore[OfBranchT]]) -> Find[OfBranchT]:
        async def find(work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, OfBranchT]:
            found = await store(work).get_many(ids)
            return {
                record_id: record
                for record_id, record in found.items()
                if self._caller.reaches(record.branch_id)
            }

        return find


async def _reports(work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, CreditReport]:
    return await work.consultations.reports(ids)


async def _subject_names(work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of customers, leads and prospects of any branch: they are for masks, and shown to nobody."""
    names: dict[UUID, str] = {}
    for store in (work.customers, work.leads, work.prospects):
        names |= {record_id: record.name for record_id, record in (await store.get_many(ids)).items()}
    return names


async def _collection_runs(work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, CollectionRun]:
    return await work.collection_runs.get_many(ids)


async def _histories(work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, list[HistoryEntry]]:
    return await work.negativations.histories(ids)
