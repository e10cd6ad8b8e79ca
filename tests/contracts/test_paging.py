"""Pages: whatever the order, the direction and the size, walking a list gives the sorted list and nothing else."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import product
from random import Random
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.listing import (
    AuditFilter,
    AuditOrder,
    BranchFilter,
    BranchOrder,
    ClearingTaskFilter,
    ClearingTaskOrder,
    ConsultationFilter,
    ConsultationOrderField,
    IntegrationFilter,
    IntegrationOrder,
    InvoiceFilter,
    InvoiceOrder,
    NegativationFilter,
    NegativationOrder,
    PersonFilter,
    PersonOrder,
)
from core.domain.negativation import NegativationStatus
from core.domain.paging import Cursor, Direction, Edge, Order, Page, Window
from core.domain.text import folded
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.builders import (
    NOW,
    TODAY,
    make_audit_event,
    make_branch,
    make_customer,
    make_integration,
    make_lead,
    make_prospect,
)
from support.records import store_company, store_negativation

COUNT = 23
NAMES = (
    "Zélia",
    "zelia",
    "ana",
    "Ana",
    "Ânia",
    "São José",
    "sao jose",
    "Ñandú",
    "木",
    "😀",
    "100%",
    "a_b",
    "",
)


class Listed(Protocol):
    """Any list."""

    async def page(self, matching: Any, order: Any, window: Window) -> Page[Any]: ...

    async def count(self, matching: Any) -> int: ...


ALL_PERSON_ORDERS = [Order(field, direction) for field in PersonOrder for direction in Direction]

Fill = Callable[[UnitOfWork, Random], Awaitable[None]]


async def _fill_branches(work: UnitOfWork, random: Random) -> None:
    for _ in range(COUNT):
        await work.branches.add(make_branch(name=random.choice(NAMES)))


async def _fill_integrations(work: UnitOfWork, random: Random) -> None:
    for _ in range(COUNT):
        branch = await work.branches.add(make_branch())
        created_at = NOW + timedelta(hours=random.randrange(4))
        await work.integrations.add(make_integration(branch_id=branch.id, created_at=created_at))


async def _fill_people(work: UnitOfWork, random: Random) -> None:
    branch = await work.branches.add(make_branch())
    for _ in range(COUNT):
        name = random.choice(NAMES)
        await work.customers.add(make_customer(branch_id=branch.id, name=name))
        await work.leads.add(make_lead(branch_id=branch.id, name=name))
        await work.prospects.add(make_prospect(branch_id=branch.id, name=name))


async def _fill_invoices(work: UnitOfWork, random: Random) -> None:
    company = await store_company(work)
    for _ in range(COUNT):
        await work.invoices.add(company.invoice(due_on=TODAY + timedelta(days=random.randrange(5))))


async def _fill_consultations(work: UnitOfWork, random: Random) -> None:
    company = await store_company(work)
    for _ in range(COUNT):
        performed_at = NOW + timedelta(microseconds=random.randrange(5))
        await work.consultations.add(company.consultation(performed_at=performed_at))


async def _fill_negativations(work: UnitOfWork, random: Random) -> None:
    company = await store_company(work)
    for _ in range(COUNT):
        created_at = NOW + timedelta(seconds=random.randrange(3))
        updated_at = NOW + timedelta(days=random.randrange(3))
        await store_negativation(work, company, created_at=created_at, updated_at=updated_at)


async def _fill_clearing_tasks(work: UnitOfWork, random: Random) -> None:
    company = await store_company(work)
    for _ in range(COUNT):
        due_on = TODAY + timedelta(days=random.randrange(4))
        await store_negativation(work, company, status=NegativationStatus.ACTIVE, clearing_due_on=due_on)
    await store_negativation(work, company, status=NegativationStatus.ACTIVE)


async def _fill_audit(work: UnitOfWork, random: Random) -> None:
    await work.audit.add(*(make_audit_event() for _ in range(COUNT)))


ORDERS: dict[str, tuple[str, Any, Any, Fill, Callable[[Any], Any]]] = {
    "branches by number": (
        "branches",
        BranchFilter(),
        BranchOrder.NUMBER,
        _fill_branches,
        lambda r: r.number,
    ),
    "branches by name": (
        "branches",
        BranchFilter(),
        BranchOrder.NAME,
        _fill_branches,
        lambda r: folded(r.name),
    ),
    "integrations by number": (
        "integrations",
        IntegrationFilter(),
        IntegrationOrder.NUMBER,
        _fill_integrations,
        lambda r: r.number,
    ),
    "integrations by creation": (
        "integrations",
        IntegrationFilter(),
        IntegrationOrder.CREATED_AT,
        _fill_integrations,
        lambda r: r.created_at,
    ),
    "customers by name": (
        "customers",
        PersonFilter(),
        PersonOrder.NAME,
        _fill_people,
        lambda r: folded(r.name),
    ),
    "leads by name": ("leads", PersonFilter(), PersonOrder.NAME, _fill_people, lambda r: folded(r.name)),
    "prospects by number": (
        "prospects",
        PersonFilter(),
        PersonOrder.NUMBER,
        _fill_people,
        lambda r: r.number,
    ),
    "invoices by due date": (
        "invoices",
        InvoiceFilter(),
        InvoiceOrder.DUE_ON,
        _fill_invoices,
        lambda r: r.due_on,
    ),
    "consultations by time": (
        "consultations",
        ConsultationFilter(),
        ConsultationOrderField.PERFORMED_AT,
        _fill_consultations,
        lambda r: r.performed_at,
    ),
    "registrations by creation": (
        "negativations",
        NegativationFilter(),
        NegativationOrder.CREATED_AT,
        _fill_negativations,
        lambda r: r.created_at,
    ),
    "registrations by change": (
        "negativations",
        NegativationFilter(),
        NegativationOrder.UPDATED_AT,
        _fill_negativations,
        lambda r: r.updated_at,
    ),
    "clearing tasks": (
        "clearing_tasks",
        ClearingTaskFilter(),
        ClearingTaskOrder.DUE_ON,
        _fill_clearing_tasks,
        lambda r: r.clearing_due_on,
    ),
    "audit events": ("audit", AuditFilter(), AuditOrder.NUMBER, _fill_audit, lambda r: r.number),
}


@pytest.mark.parametrize("listed", ORDERS)
async def test_every_page_is_the_part_of_the_sorted_list_that_was_asked_for(
    units_of_work: UnitsOfWork, listed: str
) -> None:
    kind, matching, field, fill, value = ORDERS[listed]
    random = Random(listed)  # noqa: S311 - the same windows each time
    async with units_of_work.begin() as work:
        await fill(work, random)
    async with units_of_work.read() as work:
        store: Listed = getattr(work, kind)
        assert await store.count(matching) == COUNT
        for direction in Direction:
            order = Order(field, direction)
            everything = (await store.page(matching, order, Window(size=100))).edges
            assert len(everything) == COUNT
            assert list(everything) == sorted(
                everything,
                key=lambda edge: (value(edge.record), edge.record.number),
                reverse=direction is Direction.DESC,
            )
            assert all(edge.cursor == Cursor(value(edge.record), edge.record.number) for edge in everything)
            for window, expected in _windows(everything, random):
                assert await store.page(matching, order, window) == expected, window


def _windows(edges: tuple[Edge[Any], ...], random: Random) -> list[tuple[Window, Page[Any]]]:
    """Windows of every kind with the pages they must give; bounds lie at some records, or nowhere."""
    places = [None, *random.sample(range(COUNT), 4), 0, COUNT - 1]
    cases = []
    for after, before, size in product(places, places, (0, 1, 5, 100)):
        first = 0 if after is None else after + 1
        last = COUNT if before is None else before
        inside = edges[first : max(first, last)]
        window = {
            "size": size,
            "after": None if after is None else edges[after].cursor,
            "before": None if before is None else edges[before].cursor,
        }
        more = len(inside) > size
        if random.random() < 0.3:
            forward = Page(inside[:size], has_next=more, has_previous=False)
            cases.append((Window(**window), forward))  # type: ignore[arg-type]
        if random.random() < 0.3:
            backward = Page(inside[max(0, len(inside) - size) :], has_next=False, has_previous=more)
            cases.append((Window(**window, backward=True), backward))  # type: ignore[arg-type]
    return cases


class _TakenBack(Exception):
    """Ends an example, so that the next one finds the storage as empty as this one did."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text("aÁá%_\\éZz ", max_size=3), max_size=12),
    order=st.builds(Order, st.sampled_from(PersonOrder), st.sampled_from(Direction)),
    size=st.integers(1, 5),
    backward=st.booleans(),
)
async def test_walking_a_list_page_by_page_gives_it_whole(
    units_of_work: UnitsOfWork, names: list[str], order: Order[PersonOrder], size: int, backward: bool
) -> None:
    with suppress(_TakenBack):
        async with units_of_work.begin() as work:
            branch = await work.branches.add(make_branch())
            leads = [await work.leads.add(make_lead(branch_id=branch.id, name=name)) for name in names]
            walked = await _walk(work.leads, order, size, backward=backward)
            assert walked == sorted(
                leads,
                key=partial(_person_key, order.field),
                reverse=order.direction is Direction.DESC,
            )
            raise _TakenBack


def _person_key(field: PersonOrder, person: Any) -> tuple[str, int]:
    return (folded(person.name) if field is PersonOrder.NAME else "", person.number)


async def _walk(
    store: Listed,
    order: Order[PersonOrder],
    size: int,
    *,
    backward: bool,
    matching: PersonFilter = PersonFilter(),  # noqa: B008 - immutable
) -> list[Any]:
    records: list[Any] = []
    window = Window(size=size, backward=backward)
    while True:
        page = await store.page(matching, order, window)
        found = [edge.record for edge in page.edges]
        records = found + records if backward else records + found
        if not (page.has_previous if backward else page.has_next):
            return records
        bound = {"before": page.edges[0].cursor} if backward else {"after": page.edges[-1].cursor}
        window = Window(size=size, backward=backward, **bound)


async def test_a_page_starts_where_a_record_was_that_is_gone(units_of_work: UnitsOfWork) -> None:
    order = Order(PersonOrder.NAME, Direction.ASC)
    async with units_of_work.begin() as work:
        branch = await work.branches.add(make_branch())
        leads = [await work.leads.add(make_lead(branch_id=branch.id, name=name)) for name in "abd"]
    async with units_of_work.read() as work:
        page = await work.leads.page(PersonFilter(), order, Window(size=5, after=Cursor("c", 7)))
        beyond_any = Cursor("b", 2**70)
        after_b = await work.leads.page(PersonFilter(), order, Window(size=5, after=beyond_any))
        before_a = await work.leads.page(
            PersonFilter(), order, Window(size=5, backward=True, before=Cursor("a", -(2**70)))
        )
    assert [edge.record for edge in page.edges] == [leads[2]]
    assert [edge.record for edge in after_b.edges] == [leads[2]]
    assert before_a.edges == ()


@pytest.mark.parametrize("chosen", [(0,), (0, 1), (0, 1, 2), (0, 2)])
async def test_the_pages_of_a_filtered_list_hold_what_the_filter_lets_through(
    units_of_work: UnitsOfWork, chosen: tuple[int, ...]
) -> None:
    async with units_of_work.begin() as work:
        branches = [await work.branches.add(make_branch()) for _ in range(3)]
        for number in range(24):
            branch = branches[number % 7 % 3]
            await work.leads.add(make_lead(branch_id=branch.id, name=f"{number % 5} {number}"))
    matching = PersonFilter(branch_ids=frozenset(branches[each].id for each in chosen), search=" ")
    expected = {f"{number % 5} {number}" for number in range(24) if number % 7 % 3 in chosen}
    async with units_of_work.read() as work:
        assert await work.leads.count(matching) == len(expected)
        for order, backward in product(ALL_PERSON_ORDERS, (False, True)):
            walked = await _walk(work.leads, order, 4, backward=backward, matching=matching)
            assert {lead.name for lead in walked} == expected
            assert walked == sorted(
                walked,
                key=partial(_person_key, order.field),
                reverse=order.direction is Direction.DESC,
            )
