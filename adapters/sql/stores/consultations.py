"""Consultations and their reports."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, literal, or_, select, true
from sqlmodel import col

from adapters.sql.conditions import Conditions, equals, is_just, on_local_days, one_of
from adapters.sql.mapping.consultations import consultation_of, consultation_row, report_row
from adapters.sql.mapping.values import report_of
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import Records
from adapters.sql.tables import ConsultationRow, ReportRow
from adapters.sql.work import Work
from core.domain.bureau import BureauReport, Environment
from core.domain.calendar_rules import local_days
from core.domain.consultation import Consultation, ConsultationOutcome, ConsultationTotals
from core.domain.documents import Document
from core.domain.listing import ConsultationFilter, ConsultationOrderField
from core.domain.money import Money
from core.domain.paging import Order
from core.domain.report import CreditReport
from ports.stores import Consultations

_IS_OPEN = col(ConsultationRow.outcome).in_(
    [literal(outcome.value) for outcome in ConsultationOutcome if outcome.open]
)
_OF_NUMBER = select(ConsultationRow).where(col(ConsultationRow.number) == bindparam("number"))
_OF_DOCUMENT = select(ConsultationRow).where(
    col(ConsultationRow.document) == bindparam("document"),
    col(ConsultationRow.environment) == bindparam("environment"),
)
_LAST_SUCCESSFUL = (
    _OF_DOCUMENT.where(col(ConsultationRow.outcome) == ConsultationOutcome.SUCCEEDED)
    .order_by(col(ConsultationRow.performed_at).desc(), col(ConsultationRow.number).desc())
    .limit(1)
)
_OPEN_ONES = _OF_DOCUMENT.where(_IS_OPEN).order_by(col(ConsultationRow.number))
_BILLED: Select[Any] = select(func.count().label("billed")).where(
    col(ConsultationRow.branch_id) == bindparam("branch_id"),
    col(ConsultationRow.performed_at) >= bindparam("start"),
    col(ConsultationRow.performed_at) < bindparam("end"),
    or_(col(ConsultationRow.billable) == true(), _IS_OPEN),
)
_REPORT = select(ReportRow).where(col(ReportRow.consultation_id) == bindparam("consultation_id"))


class SqlConsultations(
    Records[Consultation, ConsultationRow, ConsultationFilter, Order[ConsultationOrderField]], Consultations
):
    """The consultations."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, ConsultationRow, consultation_row, consultation_of)

    def conditions(self, matching: ConsultationFilter) -> Conditions:
        return [
            *one_of(col(ConsultationRow.branch_id), matching.branch_ids),
            *equals(col(ConsultationRow.integration_id), matching.integration_id),
            *is_just(col(ConsultationRow.document), matching.document),
            *equals(col(ConsultationRow.subject_kind), matching.subject_kind),
            *is_just(col(ConsultationRow.subject_id), matching.subject_id),
            *equals(col(ConsultationRow.plan), matching.plan),
            *equals(col(ConsultationRow.environment), matching.environment),
            *equals(col(ConsultationRow.outcome), matching.outcome),
            *on_local_days(col(ConsultationRow.performed_at), matching.performed_from, matching.performed_to),
        ]

    def keyset(self, order: Order[ConsultationOrderField]) -> Keyset:
        column = "performed_at" if order.field is ConsultationOrderField.PERFORMED_AT else "number"
        return Keyset(ConsultationRow, column, order.direction)

    async def totals(self, matching: Sequence[ConsultationFilter]) -> list[ConsultationTotals]:
        billed = func.count().filter(col(ConsultationRow.billable) == true())
        cost = func.coalesce(func.sum(col(ConsultationRow.cost_centavos)), 0)
        rows = await self.sums(matching, func.count(), billed, cost)
        return [ConsultationTotals(count=row[0], billed=row[1], cost=Money(int(row[2]))) for row in rows]

    async def billed_on(self, branch_id: UUID, day: date) -> int:
        start, end = local_days(day, day)
        # An index finds those of the day, but a branch with a budget may well have had thousands.
        (found,) = await self._work.rows(_BILLED, few=False, branch_id=branch_id, start=start, end=end)
        billed: int = found.billed
        return billed

    async def by_number(self, number: int) -> Consultation | None:
        if not 0 < number < 2**63:
            return None
        return self._maybe(await self._work.row(_OF_NUMBER, number=number))

    async def last_successful(self, document: Document, environment: Environment) -> Consultation | None:
        found = self._work.row(_LAST_SUCCESSFUL, document=document.number, environment=environment)
        return self._maybe(await found)

    async def open_ones(self, document: Document, environment: Environment) -> list[Consultation]:
        found = self._work.rows(_OPEN_ONES, document=document.number, environment=environment)
        return [consultation_of(row) for row in await found]

    async def add_report(self, consultation_id: UUID, delivered: BureauReport) -> None:
        await self._work.put(report_row(consultation_id, delivered))

    async def reports(self, consultation_ids: Collection[UUID]) -> dict[UUID, CreditReport]:
        # Without the provider's page: it is large, and read on its own.
        its_own = col(ReportRow.consultation_id)
        rows = await self._work.among(
            ReportRow, its_own, consultation_ids, only=(its_own, col(ReportRow.report))
        )
        return {row.consultation_id: report_of(row.report) for row in rows}

    async def original(self, consultation_id: UUID) -> tuple[bytes, str] | None:
        row = await self._work.row(_REPORT, consultation_id=consultation_id)
        return None if row is None or not row.original else (row.original, row.original_media_type)
