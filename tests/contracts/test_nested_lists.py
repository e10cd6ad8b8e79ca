"""Lists inside the records of a list: many at once are what one at a time is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from core.domain.listing import (
    ConsultationFilter,
    ConsultationOrderField,
    InvoiceFilter,
    InvoiceOrder,
    NegativationFilter,
    NegativationOrder,
)
from core.domain.paging import Cursor, Direction, Order, Window
from ports.stores import NestedListing
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.builders import TODAY, make_customer, new_id
from support.records import Company, store_company

WINDOWS = [
    Window(size=0),
    Window(size=2),
    Window(size=50),
    Window(size=2, backward=True),
    Window(size=2, after=Cursor(TODAY, 3)),
    Window(size=3, backward=True, before=Cursor(TODAY, 8)),
]


async def _fill(work: UnitOfWork) -> list[InvoiceFilter]:
    """Three customers with five, three and no invoices, and filters for each, for all, and for two branches at once."""
    company = await store_company(work)
    customers = [company.customer]
    customers += [await work.customers.add(make_customer(branch_id=company.branch.id)) for _ in range(2)]
    for number in range(5):
        for customer in customers[: 2 if number < 3 else 1]:
            due_on = TODAY + timedelta(days=number % 2)
            await work.invoices.add(company.invoice(customer_id=customer.id, due_on=due_on))
    return [
        *(InvoiceFilter(customer_id=customer.id) for customer in customers),
        InvoiceFilter(),
        InvoiceFilter(branch_ids=frozenset({company.branch.id, new_id()})),
        InvoiceFilter(branch_ids=frozenset()),
    ]


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("direction", Direction)
async def test_many_pages_are_the_pages_one_by_one(
    units_of_work: UnitsOfWork, window: Window, direction: Direction
) -> None:
    order = Order(InvoiceOrder.DUE_ON, direction)
    async with units_of_work.begin() as work:
        filters = await _fill(work)
        together = await work.invoices.pages(filters, order, window)
        assert together == [await work.invoices.page(each, order, window) for each in filters]


async def test_many_counts_are_the_counts_one_by_one(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        filters = await _fill(work)
        assert await work.invoices.counts(filters) == [5, 3, 0, 8, 8, 0]


async def test_nothing_is_asked_for_nothing(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.read() as work:
        order = Order(InvoiceOrder.NUMBER, Direction.ASC)
        assert await work.invoices.pages([], order, Window(size=1)) == []
        assert await work.invoices.counts([]) == []


async def _of_each(
    listing: NestedListing[Any, Any, Any], filters: Sequence[Any], order: Order[Any]
) -> list[list[int]]:
    pages = await listing.pages(filters, order, Window(size=10))
    return [[edge.record.number for edge in page.edges] for page in pages]


async def test_consultations_and_negativations_too(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        company = await store_company(work)
        subjects = [new_id(), new_id()]
        for subject in (*subjects, subjects[0]):
            await work.consultations.add(company.consultation(subject_id=subject))
        consultations = [ConsultationFilter(subject_id=subject) for subject in subjects]
        latest = Order(ConsultationOrderField.NUMBER, Direction.DESC)
        assert await _of_each(work.consultations, consultations, latest) == [[3, 1], [2]]
        await _negativate(work, company)
        negativations = [
            NegativationFilter(customer_id=company.customer.id),
            NegativationFilter(customer_id=new_id()),
        ]
        newest = Order(NegativationOrder.NUMBER, Direction.DESC)
        assert await _of_each(work.negativations, negativations, newest) == [[2, 1], []]


async def _negativate(work: UnitOfWork, company: Company) -> None:
    for _ in range(2):
        invoice = await work.invoices.add(company.invoice())
        await work.negativations.add(company.negativation(invoice))


async def test_a_hundred_lists_at_once(units_of_work: UnitsOfWork) -> None:
    order = Order(InvoiceOrder.DUE_ON, Direction.ASC)
    async with units_of_work.begin() as work:
        filters = (await _fill(work))[:1] * 100
        assert [len(page.edges) for page in await work.invoices.pages(filters, order, Window(size=3))] == [
            3
        ] * 100
        assert await work.invoices.counts(filters) == [5] * 100
