"""Rows for planned answers: statements that are put together once, run by the database's driver without anything between."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, func, select

from adapters.sql.conditions import Conditions, Numbered, numbered, shaped
from adapters.sql.drivers import Driver
from adapters.sql.paging import Keyset, written_limit
from adapters.sql.prepared import Key, Statements
from adapters.sql.stores.company import SqlBranches, SqlIntegrations
from adapters.sql.stores.consultations import SqlConsultations
from adapters.sql.stores.negativations import SqlNegativations
from adapters.sql.stores.people import SqlCustomers, SqlInvoices, SqlLeads, SqlProspects
from adapters.sql.stores.records import Records, padded
from adapters.sql.tables import METADATA
from core.domain.paging import Order, Window
from ports.rows import Columns, ListName, Row, Rows

_NO_WORK: Any = None
"""Stores are asked here for conditions and orders alone."""

_STORES: Mapping[ListName, Records[Any, Any, Any, Any]] = {
    ListName.BRANCHES: SqlBranches(_NO_WORK),
    ListName.INTEGRATIONS: SqlIntegrations(_NO_WORK),
    ListName.CUSTOMERS: SqlCustomers(_NO_WORK),
    ListName.LEADS: SqlLeads(_NO_WORK),
    ListName.PROSPECTS: SqlProspects(_NO_WORK),
    ListName.INVOICES: SqlInvoices(_NO_WORK),
    ListName.CONSULTATIONS: SqlConsultations(_NO_WORK),
    ListName.NEGATIVATIONS: SqlNegativations(_NO_WORK),
}

_REFERENCES = {
    "branch": ("branches", "branch_id", "id"),
    "customer": ("customers", "customer_id", "id"),
    "integration": ("integrations", "integration_id", "id"),
    "invoice": ("invoices", "invoice_id", "id"),
    "replaces": ("negativations", "replaces_id", "id"),
    "report": ("consultation_reports", "id", "consultation_id"),
    "subject_customer": ("customers", "subject_id", "id"),
    "subject_lead": ("leads", "subject_id", "id"),
    "subject_prospect": ("prospects", "subject_id", "id"),
}
"""For the word before the point: the table referred to, by which column, and which column of it that is."""


class SqlRows(Rows):
    """Rows by statements that are remembered by their shape: which columns, which conditions, which order, which bounds."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.forms = driver.forms
        self._statements = Statements(driver.dialect)

    async def page(
        self, of: ListName, columns: Columns, matching: Any, order: Order[Any], window: Window
    ) -> Sequence[Row]:
        store = _STORES[of]
        conditions, keyset = store.conditions(matching), store.keyset(order)

        def make() -> Select[Any]:
            return keyset.page(_placed(of, columns, keyset), conditions, window, Numbered())

        key = (of, columns, keyset.shape, _shape(conditions, window), *_bounds(window))
        return await self._several(key, make, keyset.values(conditions, window))

    async def listed(
        self, of: ListName, columns: Columns, matching: Any, order: Order[Any], window: Window
    ) -> Sequence[str]:
        """The same rows as a JSON array for each column (see `Driver.listed`), for whoever reads many: the driver then makes
        no value for each of them. `debtor->name` is the text of that name in a column of JSON.
        """
        store = _STORES[of]
        conditions, keyset = store.conditions(matching), store.keyset(order)

        def make() -> Select[Any]:
            page = keyset.page(_selection(of, columns), conditions, window, Numbered())
            return select(*map(self._driver.listed, page.subquery().c))

        key = ("listed", of, columns, keyset.shape, _shape(conditions, window), *_bounds(window))
        statement = self._statements.of(key, make)
        values = statement.bound(numbered(keyset.values(conditions, window)))
        (listed,) = await self._driver.fetch(statement.text, values)
        return ["[]" if column is None else column for column in listed]

    async def pages(
        self, of: ListName, columns: Columns, matching: Sequence[Any], order: Order[Any], window: Window
    ) -> list[list[Row]]:
        if not matching:
            return []
        store = _STORES[of]
        keyset, every = store.keyset(order), [store.conditions(each) for each in padded(matching)]

        def make() -> Select[Any]:
            return keyset.pages(_placed(of, columns, keyset), every, window, Numbered())

        shapes = tuple(_shape(each, window) for each in every)
        key = (of, columns, keyset.shape, shapes, *_bounds(window))
        values = [value for each in every for value in keyset.values(each, window)]
        found: list[list[Row]] = [[] for _ in every]
        for row in await self._several(key, make, values):
            found[row[-1]].append(row)
        return found[: len(matching)]

    async def count(self, of: ListName, matching: Any) -> int:
        conditions = _STORES[of].conditions(matching)

        def make() -> Select[Any]:
            return select(func.count()).select_from(METADATA.tables[of]).where(*shaped(conditions))

        shapes = tuple(condition.shape for condition in conditions)
        values = [value for condition in conditions for value in condition.values]
        statement = self._statements.of(("count", of, shapes), make)
        ((total,),) = await self._driver.fetch(statement.text, statement.bound(numbered(values)))
        return int(total)

    async def of_ids(self, of: ListName, columns: Columns, ids: Collection[UUID]) -> Sequence[Row]:
        if not ids:
            return []
        wanted = padded(list(ids))

        def make() -> Select[Any]:
            parameter, column = Numbered(), METADATA.tables[of].c.id
            return _selection(of, columns).where(
                column.in_([parameter(each, column.type) for each in wanted])
            )

        statement = self._statements.of(("ids", of, columns, len(wanted)), make)
        return await self._driver.glance(statement.text, statement.bound(numbered(wanted)))

    async def _several(
        self, key: Key, make: Callable[[], Select[Any]], values: Sequence[Any]
    ) -> Sequence[Row]:
        statement = self._statements.of(key, lambda: self._driver.packed(make()))
        return await self._driver.unpacked(statement.text, statement.bound(numbered(values)))


def _shape(conditions: Conditions, window: Window) -> tuple[object, ...]:
    return (*(condition.shape for condition in conditions), written_limit(conditions, window))


def _bounds(window: Window) -> tuple[bool, bool, bool]:
    return window.backward, window.after is None, window.before is None


def _placed(of: ListName, columns: Columns, keyset: Keyset) -> Select[Any]:
    return _selection(of, columns).add_columns(*keyset.place)


def _selection(of: ListName, columns: Columns) -> Select[Any]:
    """The columns, from the list's table and those that it refers to."""
    base = METADATA.tables[of]
    joined: FromClause = base
    tables: dict[str, FromClause] = {"": base}
    for path in columns:
        words = path.split(".")[:-1]
        for depth, word in enumerate(words):
            reference = ".".join(words[: depth + 1])
            if reference not in tables:
                table_name, ours, theirs = _REFERENCES[word]
                table = METADATA.tables[table_name].alias(f"its_{'_'.join(words[: depth + 1])}")
                tables[reference] = table
                referring = tables[".".join(words[:depth])]
                joined = joined.outerjoin(table, referring.c[ours] == table.c[theirs])
    return select(*(_column(tables, path) for path in columns)).select_from(joined)


def _column(tables: Mapping[str, FromClause], path: str) -> ColumnElement[Any]:
    reference, _, name = path.rpartition(".")
    name, _, member = name.partition("->")
    column = tables[reference].c[name]
    return column[member].as_string().label(f"{name}_{member}") if member else column
