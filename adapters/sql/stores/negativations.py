"""Registrations and their history."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select, true
from sqlmodel import col

from adapters.sql import bulk
from adapters.sql.conditions import Conditions, equals, fixed, is_just, on_local_days, one_of
from adapters.sql.mapping.negativations import (
    HISTORY,
    NEGATIVATION,
    history_entry_of,
    negativation_of,
    negativation_row,
)
from adapters.sql.mapping.values import column_values
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import Records
from adapters.sql.tables import HistoryRow, NegativationRow
from adapters.sql.work import Errors, Work
from core.domain.bureau import Environment
from core.domain.errors import Conflict
from core.domain.listing import (
    ClearingTaskFilter,
    ClearingTaskOrder,
    NegativationFilter,
    NegativationOrder,
)
from core.domain.money import Money
from core.domain.negativation import HistoryEntry, Negativation, NegativationTotals
from core.domain.paging import Order, Page, Window
from ports.stores import ClearingTasks, Negativations

_COLUMNS = {
    NegativationOrder.NUMBER: "number",
    NegativationOrder.CREATED_AT: "created_at",
    NegativationOrder.UPDATED_AT: "updated_at",
}
_COLLISIONS: Errors = {
    "uq_negativations_live_invoice": lambda: Conflict(reason="NEGATIVATION_LIVE"),
    "uq_negativations_live_debt": lambda: Conflict(reason="NEGATIVATION_LIVE"),
    "uq_negativations_inclusion_key": lambda: Conflict(reason="GENERATION_TAKEN"),
}
_LIVE = col(NegativationRow.live) == true()
_IN_ENVIRONMENT = col(NegativationRow.environment) == bindparam("environment")
_TO_CLEAR = col(NegativationRow.awaits_clearing) == true()


class SqlNegativations(
    Records[Negativation, NegativationRow, NegativationFilter, Order[NegativationOrder]], Negativations
):
    """The registrations."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, NegativationRow, negativation_row, negativation_of)

    def conditions(self, matching: NegativationFilter) -> Conditions:
        return [
            *one_of(col(NegativationRow.branch_id), matching.branch_ids),
            *one_of(col(NegativationRow.status), matching.status),
            *equals(col(NegativationRow.form), matching.form),
            *equals(col(NegativationRow.environment), matching.environment),
            *is_just(col(NegativationRow.customer_id), matching.customer_id),
            *is_just(col(NegativationRow.invoice_id), matching.invoice_id),
            *is_just(col(NegativationRow.debtor_document), matching.debtor_document),
            *equals(col(NegativationRow.integration_id), matching.integration_id),
            *on_local_days(col(NegativationRow.created_at), matching.created_from, matching.created_to),
            *fixed("to clear", _TO_CLEAR, wanted=matching.clearing_due),
        ]

    def keyset(self, order: Order[NegativationOrder]) -> Keyset:
        return Keyset(NegativationRow, _COLUMNS[order.field], order.direction)

    def errors(self, row: NegativationRow) -> Errors:
        return _COLLISIONS

    async def live_of_invoices(self, invoice_ids: Collection[UUID]) -> dict[UUID, Negativation]:
        rows = await self._work.among(NegativationRow, col(NegativationRow.invoice_id), invoice_ids, _LIVE)
        return {row.invoice_id: negativation_of(row) for row in rows}

    async def live_among(self, invoice_ids: Collection[UUID]) -> set[UUID]:
        column = col(NegativationRow.invoice_id)
        rows = await self._work.among(NegativationRow, column, invoice_ids, _LIVE, only=(column,))
        return {row.invoice_id for row in rows}

    async def live_contracts(
        self, debts: Collection[tuple[str, str]], environment: Environment
    ) -> set[tuple[str, str]]:
        # The documents alone find few rows.
        rows = await self._work.among(
            NegativationRow,
            col(NegativationRow.debtor_document),
            {document for document, _ in debts},
            _IN_ENVIRONMENT,
            _LIVE,
            only=(col(NegativationRow.debtor_document), col(NegativationRow.contract)),
            environment=environment,
        )
        return {(row.debtor_document, row.contract) for row in rows} & set(debts)

    async def add_many(self, records: Sequence[Negativation]) -> list[int]:
        columns = column_values(NEGATIVATION, records)
        return await bulk.insert_numbered(self._work, NegativationRow, columns, _COLLISIONS)

    async def latest_of_invoices(self, invoice_ids: Collection[UUID]) -> dict[UUID, Negativation]:
        rows = await self._work.among(NegativationRow, col(NegativationRow.invoice_id), invoice_ids)
        latest = {row.invoice_id: row for row in sorted(rows, key=lambda row: row.generation)}
        return {invoice_id: negativation_of(row) for invoice_id, row in latest.items()}

    async def by_inclusion_keys(self, keys: Collection[str]) -> dict[str, Negativation]:
        column = col(NegativationRow.inclusion_key)
        rows = await self._work.among(NegativationRow, column, keys, lock=True)
        return {row.inclusion_key: negativation_of(row) for row in rows}

    async def add_history(self, entries: Mapping[UUID, Sequence[HistoryEntry]]) -> None:
        ids = [negativation_id for negativation_id, of_one in entries.items() for _ in of_one]
        every = [entry for of_one in entries.values() for entry in of_one]
        await bulk.insert(self._work, HistoryRow, {"negativation_id": ids, **column_values(HISTORY, every)})

    async def histories(self, negativation_ids: Collection[UUID]) -> dict[UUID, list[HistoryEntry]]:
        rows = await self._work.among(HistoryRow, col(HistoryRow.negativation_id), negativation_ids)
        found: dict[UUID, list[HistoryEntry]] = {record_id: [] for record_id in negativation_ids}
        for row in sorted(rows, key=lambda row: row.number):
            found[row.negativation_id].append(history_entry_of(row))
        return found

    async def totals(self, matching: Sequence[NegativationFilter]) -> list[NegativationTotals]:
        amount = func.coalesce(func.sum(col(NegativationRow.amount_centavos)), 0)
        rows = await self.sums(matching, func.count(), amount, func.count().filter(_LIVE))
        return [
            NegativationTotals(count=count, amount=Money(int(sum_)), live=live) for count, sum_, live in rows
        ]

    async def count_live(self, integration_id: UUID) -> int:
        statement = (
            select(func.count())
            .select_from(NegativationRow)
            .where(col(NegativationRow.integration_id) == integration_id, _LIVE)
        )
        return await self._work.scalar(statement)


class _Tasks(Records[Negativation, NegativationRow, ClearingTaskFilter, Order[ClearingTaskOrder]]):
    def __init__(self, work: Work) -> None:
        super().__init__(work, NegativationRow, negativation_row, negativation_of)

    def conditions(self, matching: ClearingTaskFilter) -> Conditions:
        return [
            *fixed("to clear", _TO_CLEAR),
            *one_of(col(NegativationRow.branch_id), matching.branch_ids),
            *equals(col(NegativationRow.form), matching.form),
        ]

    def keyset(self, order: Order[ClearingTaskOrder]) -> Keyset:
        # Not null wherever `awaits_clearing` holds.
        return Keyset(NegativationRow, "clearing_due_on", order.direction)


class SqlClearingTasks(ClearingTasks):
    """The registrations that somebody must clear: a list alone."""

    def __init__(self, work: Work) -> None:
        self._tasks = _Tasks(work)

    async def page(
        self, matching: ClearingTaskFilter, order: Order[ClearingTaskOrder], window: Window
    ) -> Page[Negativation]:
        return await self._tasks.page(matching, order, window)

    async def count(self, matching: ClearingTaskFilter) -> int:
        return await self._tasks.count(matching)
