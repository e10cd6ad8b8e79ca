"""The collection routine's parameters, runs and decisions."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, false, select
from sqlmodel import col

from adapters.sql import bulk
from adapters.sql.conditions import Conditions, between_days, equals, one_of
from adapters.sql.mapping.collection import (
    ITEM,
    item_of,
    item_row,
    owner_of,
    parameters_of,
    parameters_row,
    run_of,
    run_row,
)
from adapters.sql.mapping.values import column_values
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import Records
from adapters.sql.tables import (
    BranchRow,
    CollectionItemRow,
    CollectionParametersRow,
    CollectionRunRow,
    CustomerRow,
    IntegrationRow,
    InvoiceRow,
)
from adapters.sql.work import Errors, Work
from core.domain.bureau import Environment
from core.domain.collection import CollectionDecision, CollectionItem, CollectionParameters, CollectionRun
from core.domain.errors import Conflict
from core.domain.listing import CollectionItemFilter, CollectionOrder, CollectionRunFilter
from core.domain.paging import Order, Page, Window
from ports.stores import CollectionItems, CollectionRuns, CollectionSettings

_RUN_OF_DATE = select(CollectionRunRow).where(
    col(CollectionRunRow.run_date) == bindparam("run_date"), col(CollectionRunRow.dry_run) == false()
)


class SqlCollectionSettings(CollectionSettings):
    """The parameters."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def of(self, branch_ids: Collection[UUID]) -> dict[UUID | None, CollectionParameters]:
        owners = [owner_of(branch_id) for branch_id in (None, *branch_ids)]
        rows = await self._work.among(CollectionParametersRow, col(CollectionParametersRow.owner), owners)
        return {row.branch_id: parameters_of(row) for row in rows}

    async def save(self, parameters: CollectionParameters) -> None:
        await self._work.put(parameters_row(parameters))


class SqlCollectionRuns(
    Records[CollectionRun, CollectionRunRow, CollectionRunFilter, Order[CollectionOrder]], CollectionRuns
):
    """The runs."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, CollectionRunRow, run_row, run_of)

    def conditions(self, matching: CollectionRunFilter) -> Conditions:
        return [
            *between_days(col(CollectionRunRow.run_date), matching.run_from, matching.run_to),
            *equals(col(CollectionRunRow.dry_run), matching.dry_run),
        ]

    def keyset(self, order: Order[CollectionOrder]) -> Keyset:
        return Keyset(CollectionRunRow, "number", order.direction)

    def errors(self, row: CollectionRunRow) -> Errors:
        day = {"date": row.run_date.isoformat()}
        return {"uq_collection_runs_real_date": lambda: Conflict(reason="COLLECTION_RUN_EXISTS", params=day)}

    async def of_date(self, run_date: date) -> CollectionRun | None:
        return self._maybe(await self._work.row(_RUN_OF_DATE, run_date=run_date))


class _Items(Records[CollectionItem, CollectionItemRow, CollectionItemFilter, Order[CollectionOrder]]):
    def __init__(self, work: Work) -> None:
        super().__init__(work, CollectionItemRow, item_row, item_of)

    def conditions(self, matching: CollectionItemFilter) -> Conditions:
        return [
            *equals(col(CollectionItemRow.run_id), matching.run_id),
            *one_of(col(CollectionItemRow.branch_id), matching.branch_ids),
            *equals(col(CollectionItemRow.decision), matching.decision),
        ]

    def keyset(self, order: Order[CollectionOrder]) -> Keyset:
        return Keyset(CollectionItemRow, "number", order.direction)


class SqlCollectionItems(CollectionItems):
    """The decisions: a store of records without the ways to change one."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._items = _Items(work)

    async def add(self, items: Sequence[CollectionItem]) -> None:
        await bulk.insert(self._work, CollectionItemRow, column_values(ITEM, items))

    async def registered_contracts(
        self, run_id: UUID, environment: Environment, debts: Collection[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        document, contract = col(CustomerRow.document), col(InvoiceRow.contract_number)
        decided = [
            col(CollectionItemRow.invoice_id) == col(InvoiceRow.id),
            col(CollectionItemRow.run_id) == run_id,
            col(CollectionItemRow.decision) == CollectionDecision.REGISTERED,
        ]
        # Outer joins keep SQLite from beginning with all that the run decided: the debtors' invoices are few.
        statement = (
            select(document, contract, col(IntegrationRow.environment))
            .outerjoin(
                InvoiceRow,
                and_(
                    col(InvoiceRow.customer_id) == col(CustomerRow.id),
                    contract.in_({number for _, number in debts}),
                ),
            )
            .outerjoin(CollectionItemRow, and_(*decided))
            .outerjoin(BranchRow, col(BranchRow.id) == col(CollectionItemRow.branch_id))
            .outerjoin(IntegrationRow, col(IntegrationRow.id) == col(BranchRow.integration_id))
            .where(document.in_({number for number, _ in debts}))
        )
        found = await self._work.connection.execute(statement)
        return {(row.document, row.contract_number) for row in found if row.environment == environment} & set(
            debts
        )

    async def page(
        self, matching: CollectionItemFilter, order: Order[CollectionOrder], window: Window
    ) -> Page[CollectionItem]:
        return await self._items.page(matching, order, window)

    async def count(self, matching: CollectionItemFilter) -> int:
        return await self._items.count(matching)

    async def pages(
        self, matching: Sequence[CollectionItemFilter], order: Order[CollectionOrder], window: Window
    ) -> list[Page[CollectionItem]]:
        return await self._items.pages(matching, order, window)

    async def counts(self, matching: Sequence[CollectionItemFilter]) -> list[int]:
        return await self._items.counts(matching)
