"""No list costs a query per row: what is asked for many at once is asked once. (Memory sends no statements.)"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

import pytest

from core.domain.bureau import Environment
from core.domain.listing import InvoiceFilter, InvoiceOrder, NegativationFilter
from core.domain.negativation import HistoryEntry, NegativationStatus, Trigger
from core.domain.paging import Direction, Order, Window
from ports.unit_of_work import UnitOfWork
from support.builders import NOW, make_audit_event, make_bureau_report
from support.records import store_company, store_negativation
from support.statements import statements
from support.storages import Storage

COUNT = 30


def _statements(storage: Storage) -> AbstractContextManager[list[tuple[str, Any]]]:
    """The statements that reach the database in the block."""
    return statements(storage.database) if storage.database else nullcontext([])


Ask = Callable[[UnitOfWork, list[UUID], list[str]], Awaitable[object]]

QUESTIONS: dict[str, Ask] = {
    "get_many": lambda work, ids, keys: work.negativations.get_many(ids),
    "histories": lambda work, ids, keys: work.negativations.histories(ids),
    "live_among": lambda work, ids, keys: work.negativations.live_among(ids),
    "numbered": lambda work, ids, keys: work.invoices.numbered(InvoiceFilter(), 0, COUNT),
    "live_of_invoices": lambda work, ids, keys: work.negativations.live_of_invoices(ids),
    "by_external_ids": lambda work, ids, keys: work.customers.by_external_ids(keys),
    "live_contracts": lambda work, ids, keys: work.negativations.live_contracts(
        [(key, key) for key in keys], Environment.HOMOLOGATION
    ),
    "reports": lambda work, ids, keys: work.consultations.reports(ids),
    "settings": lambda work, ids, keys: work.collection_settings.of(ids),
    "monitors": lambda work, ids, keys: work.monitors.active(ids[0], Environment.HOMOLOGATION, keys),
    "page": lambda work, ids, keys: work.invoices.page(
        InvoiceFilter(), Order(InvoiceOrder.DUE_ON, Direction.DESC), Window(size=COUNT)
    ),
    "count": lambda work, ids, keys: work.invoices.count(InvoiceFilter()),
    "pages": lambda work, ids, keys: work.invoices.pages(
        [InvoiceFilter(customer_id=each) for each in ids],
        Order(InvoiceOrder.DUE_ON, Direction.DESC),
        Window(size=COUNT),
    ),
    "totals": lambda work, ids, keys: work.negativations.totals(
        [NegativationFilter(customer_id=each) for each in ids]
    ),
    "counts": lambda work, ids, keys: work.invoices.counts([InvoiceFilter(customer_id=each) for each in ids]),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_many_are_asked_for_at_once(storage: Storage, question: str) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        entry = HistoryEntry(status=NegativationStatus.QUEUED, trigger=Trigger.CREATED, at=NOW, actor="ana")
        registrations = [await store_negativation(work, company) for _ in range(COUNT)]
        for registration in registrations:
            await work.negativations.add_history({registration.id: [entry, entry]})
        consultations = [await work.consultations.add(company.consultation()) for _ in range(COUNT)]
        for consultation in consultations:
            await work.consultations.add_report(consultation.id, make_bureau_report())
    ids = [registration.id for registration in registrations]
    ids += [registration.invoice_id for registration in registrations]
    ids += [consultation.id for consultation in consultations]
    with _statements(storage) as seen:
        async with storage.units_of_work.read() as work:
            assert await QUESTIONS[question](work, ids, [str(each) for each in ids]) is not None
    assert len(seen) == (storage.database is not None), seen


async def test_storing_many_takes_one_statement(storage: Storage) -> None:
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        invoices = [await work.invoices.add(company.invoice()) for _ in range(COUNT)]
        records = [company.negativation(invoice) for invoice in invoices]
        entry = HistoryEntry(status=NegativationStatus.QUEUED, trigger=Trigger.CREATED, at=NOW, actor="ana")
        with _statements(storage) as seen:
            await work.negativations.add_many(records)
            await work.negativations.add_history({record.id: [entry] for record in records})
            await work.audit.add(*(make_audit_event() for _ in records))
        assert len(seen) == (0 if storage.database is None else 3), seen


async def test_storing_takes_one_statement_for_each_record_or_fewer(storage: Storage) -> None:
    entry = HistoryEntry(status=NegativationStatus.QUEUED, trigger=Trigger.CREATED, at=NOW, actor="ana")
    async with storage.units_of_work.begin() as work:
        company = await store_company(work)
        with _statements(storage) as seen:
            registration = await store_negativation(work, company)
            await work.negativations.add_history({registration.id: [entry] * COUNT})
            await work.negativations.save(registration)
    assert len(seen) == (0 if storage.database is None else 4), seen
