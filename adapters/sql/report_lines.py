"""Lines of reports: the columns that are shown, as the database lists them, made into what they stand for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from adapters.sql.database import Database
from adapters.sql.mapping.values import codes_of
from adapters.sql.rows import SqlRows
from core.domain.bureau import BureauCode
from core.domain.listing import (
    ConsultationFilter,
    ConsultationOrderField,
    NegativationFilter,
    NegativationOrder,
)
from core.domain.paging import Cursor, Direction, Order, Window
from ports.report_lines import ConsultationLines, Found, NegativationLines, ReportLines
from ports.rows import ListName

_CONSULTATION = {
    "number": "number",
    "performed_at": "performed_at",
    "subject_kind": "subject_kind",
    "document": "document",
    "state_code": "state_code",
    "plan": "plan",
    "purpose": "purpose",
    "outcome": "outcome",
    "branch_name": "branch.name",
    "integration_number": "integration.number",
    "intermediary": "integration.intermediary",
    "environment": "environment",
    "performed_by": "performed_by",
    "billable": "billable",
    "cost": "cost_centavos",
    "protocol": "protocol",
    "bureau_code": "bureau_code",
    "customer": "subject_customer.name",
    "lead": "subject_lead.name",
    "prospect": "subject_prospect.name",
}
"""Of which column each field is. Of the last three at most one has a name: the consulted person's."""

_NEGATIVATION = {
    "number": "number",
    "status": "status",
    "form": "form",
    "debtor_name": "debtor->name",
    "debtor_document": "debtor_document",
    "invoice_number": "invoice.number",
    "invoice_external_id": "invoice.external_id",
    "invoice_status": "invoice.status",
    "contract": "contract",
    "amount": "amount_centavos",
    "due_on": "due_on",
    "expires_on": "expires_on",
    "branch_name": "branch.name",
    "integration_number": "integration.number",
    "intermediary": "integration.intermediary",
    "environment": "environment",
    "restriction_code": "restriction_code",
    "created_at": "created_at",
    "created_by": "created_by",
    "updated_at": "updated_at",
    "protocol": "protocol",
    "clearing_code": "clearing_code",
    "clearing_requested_at": "clearing_requested_at",
    "clearing_requested_by": "clearing_requested_by",
    "clearing_due_on": "clearing_due_on",
    "codes": "codes",
}


@lru_cache(maxsize=1_000)
def _codes(codes: str) -> tuple[BureauCode, ...]:
    return codes_of(orjson.loads(codes))


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "billable": bool,  # SQLite's truths are numbers
    "codes": _codes,
}
"""What is not shown as it is listed."""


class SqlReportLines(ReportLines):
    """One statement for each chunk."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = SqlRows(database.driver)

    async def consultations(
        self, matching: ConsultationFilter, after: int, size: int
    ) -> Found[ConsultationLines]:
        order = Order(ConsultationOrderField.NUMBER, Direction.ASC)
        read = await self._read(ListName.CONSULTATIONS, _CONSULTATION, matching, order, after, size)
        return Found(numbers=read.numbers, lines=lambda: _consultations(read))

    async def negativations(
        self, matching: NegativationFilter, after: int, size: int
    ) -> Found[NegativationLines]:
        order = Order(NegativationOrder.NUMBER, Direction.ASC)
        read = await self._read(ListName.NEGATIVATIONS, _NEGATIVATION, matching, order, after, size)
        return Found(numbers=read.numbers, lines=lambda: NegativationLines(**read.columns()))

    async def _read(
        self,
        of: ListName,
        paths: Mapping[str, str],
        matching: Any,
        order: Order[Any],
        after: int,
        size: int,
    ) -> "_Read":
        window = Window(size=size, after=Cursor(after, after))
        with self._database.telling():
            texts = await self._rows.listed(of, tuple(paths.values()), matching, order, window)
        listed = dict(zip(paths, texts, strict=True))
        return _Read(numbers=orjson.loads(listed["number"])[:size], listed=listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What was read: the numbers, and of each field all values as a JSON array, in which there may be one line more."""

    numbers: Sequence[int]
    listed: Mapping[str, str]

    def columns(self) -> dict[str, Sequence[Any]]:
        """The values of each field."""
        return {
            field: _values(field, orjson.loads(text)[: len(self.numbers)])
            for field, text in self.listed.items()
        }


def _values(field: str, column: Sequence[Any]) -> Sequence[Any]:
    convert = _CONVERSIONS.get(field)
    if convert is None:
        return column
    return [None if value is None else convert(value) for value in column]


def _consultations(read: _Read) -> ConsultationLines:
    columns = read.columns()
    customers, leads, prospects = (columns.pop(kind) for kind in ("customer", "lead", "prospect"))
    names = [
        customer if customer is not None else lead if lead is not None else prospect
        for customer, lead, prospect in zip(customers, leads, prospects, strict=True)
    ]
    return ConsultationLines(subject_name=names, **columns)
