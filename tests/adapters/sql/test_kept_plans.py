"""PostgreSQL keeps the plans of what is asked for often: to make one takes longer than to find a page.

It decides by what it reckons a plan to cost. On few rows it keeps those, too, of which it is not told how many rows are wanted; so
where it is not told, the statement is looked at.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlmodel import col

from adapters.memory.clock import FixedClock
from adapters.sql.conditions import Numbered
from adapters.sql.database import Database
from adapters.sql.rows import SqlRows
from adapters.sql.stores.negativations import SqlNegativations
from adapters.sql.tables import InvoiceRow, NegativationRow
from benchmarks.dataset import Size, fill
from core.domain.listing import NegativationFilter, NegativationOrder
from core.domain.negativation import NegativationStatus
from core.domain.paging import Cursor, Direction, Order, Window
from ports.rows import ListName
from support.builders import new_id

_NO_WORK: Any = None
SIZE = Size(registrations=3_000)
OFTEN = 12
"""Each of the first five times PostgreSQL plans anew, to compare."""

COLUMNS = ("id", "status", "customer.name", "branch.name")
ORDER = Order(NegativationOrder.NUMBER, Direction.DESC)
ACTIVE = NegativationStatus.ACTIVE
ID = new_id()
SEVERAL = frozenset({ACTIVE, NegativationStatus.CLEARED})


@pytest.fixture
async def database(bare_postgres_address: str) -> AsyncIterator[Database]:
    """One connection for rows, one for transactions, over so many registrations that it matters how they are found."""
    await fill(bare_postgres_address, SIZE)
    opened = Database(bare_postgres_address, pool_size=2)
    yield opened
    await opened.close()


KEPT = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%{}%' AND NOT statement LIKE '%kept%'"


async def _pages(database: Database, matching: NegativationFilter) -> int:
    """How often the same page was found by a plan that was kept."""
    rows = SqlRows(database.driver)
    for place in range(OFTEN):
        number = SIZE.registrations - place
        await rows.page(
            ListName.NEGATIVATIONS, COLUMNS, matching, ORDER, Window(size=50, after=Cursor(number, number))
        )
    ((kept,),) = await database.driver.fetch(f"/* kept */ {KEPT.format('FROM negativations')}", [])
    times: int = kept
    return times


@pytest.mark.postgres
@pytest.mark.parametrize(
    "matching", [NegativationFilter(), NegativationFilter(customer_id=ID)], ids=["all", "one customer"]
)
async def test_the_plan_of_a_page_is_kept(database: Database, matching: NegativationFilter) -> None:
    assert await _pages(database, matching) == OFTEN - 5


@pytest.mark.postgres
async def test_pages_of_each_size_have_a_statement_of_their_own(database: Database) -> None:
    rows = SqlRows(database.driver)
    for size in (50, 10):
        window = Window(size=size)
        page = await rows.page(ListName.NEGATIVATIONS, COLUMNS, NegativationFilter(), ORDER, window)
        assert len(page) == size + 1


@pytest.mark.parametrize(
    ("matching", "told"),
    [
        (NegativationFilter(), True),
        (NegativationFilter(invoice_id=ID), True),
        (NegativationFilter(invoice_id=ID, status=frozenset({ACTIVE})), False),
        (NegativationFilter(status=frozenset({ACTIVE})), False),
        (NegativationFilter(status=SEVERAL), False),
        (NegativationFilter(integration_id=ID), False),
        (NegativationFilter(created_from=date(2026, 1, 1)), False),
    ],
    ids=["all", "invoice", "invoice and status", "status", "statuses", "integration", "days"],
)
def test_where_values_matter_it_is_not_told_how_many_rows_are_wanted(
    matching: NegativationFilter, told: bool
) -> None:
    store = SqlNegativations(_NO_WORK)
    keyset, conditions, window = store.keyset(ORDER), store.conditions(matching), Window(size=50)
    page = keyset.page(select(NegativationRow), conditions, window, Numbered())
    text = str(page.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert ("LIMIT 51" in text) is told
    assert len(keyset.values(conditions, window)) == len(page.compile().params)


@pytest.mark.postgres
async def test_the_plan_of_a_single_record_is_kept(database: Database) -> None:
    found: Any = None
    async with database.writing(FixedClock()) as work:
        for _ in range(OFTEN):
            found = await work.among(InvoiceRow, col(InvoiceRow.id), [new_id()], lock=True)
        ((kept,),) = await work.transaction.fetch(f"/* kept */ {KEPT.format('FROM invoices')}")
    assert found == []
    assert kept == OFTEN - 5
