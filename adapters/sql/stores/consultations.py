"""Consultations and their reports."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlmodel import col

from adapters.sql.conditions import Conditions, equals, is_just, on_local_days, one_of
from adapters.sql.mapping.consultations import consultation_of, consultation_row, report_row
from adapters.sql.mapping.values import report_of
from adapters.sql.paging import Keyset
from adapters.sql.stores.records import Records
from adapters.sql.tables import ConsultationRow, ReportRow
from adapters.sql.work import CHUNK, Work
from core.domain.bureau import BureauReport, Environment
from core.domain.calendar_rules import local_days
from core.domain.consultation import Consultation, ConsultationOutcome, ConsultationTotals
from core.domain.documents import Document
from core.domain.listing import ConsultationFilter, ConsultationOrderField
from core.domain.money import Money
from core.domain.paging import Order
from core.domain.report import CreditReport
from ports.stores import Consultations

_OPEN = [outcome.value for outcome in ConsultationOutcome if outcome.open]


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
        statement = select(func.count()).where(
            col(ConsultationRow.branch_id) == branch_id,
            col(ConsultationRow.performed_at) >= start,
            col(ConsultationRow.performed_at) < end,
            or_(col(ConsultationRow.billable) == true(), col(ConsultationRow.outcome).in_(_OPEN)),
        )
        return await self._work.scalar(statement)

    async def by_number(self, number: int) -> Consultation | None:
        if not 0 < number < 2**63:
            return None
        statement = select(ConsultationRow).where(col(ConsultationRow.number) == number)
        return self._maybe(await self._work.first(statement))

    async def by_key(self, key: str) -> Consultation | None:
        statement = select(ConsultationRow).where(col(ConsultationRow.key) == key)
        return self._maybe(await self._work.first(statement))

    async def last_successful(self, document: Document, environment: Environment) -> Consultation | None:
        statement = (
            select(ConsultationRow)
            .where(*_of(document, environment))
            .where(col(ConsultationRow.outcome) == ConsultationOutcome.SUCCEEDED)
            .order_by(col(ConsultationRow.performed_at).desc(), col(ConsultationRow.number).desc())
        )
        return self._maybe(await self._work.first(statement))

    async def open_ones(self, document: Document, environment: Environment) -> list[Consultation]:
        statement = (
            select(ConsultationRow)
            .where(*_of(document, environment), col(ConsultationRow.outcome).in_(_OPEN))
            .order_by(col(ConsultationRow.number))
        )
        return [consultation_of(row) for row in await self._work.all(statement)]

    async def add_report(self, consultation_id: UUID, delivered: BureauReport) -> None:
        await self._work.put(report_row(consultation_id, delivered))

    async def reports(self, consultation_ids: Collection[UUID]) -> dict[UUID, CreditReport]:
        wanted = list(consultation_ids)
        found: dict[UUID, CreditReport] = {}
        for start in range(0, len(wanted), CHUNK):
            # Without the provider's page: it is large, and read on its own.
            statement = select(col(ReportRow.consultation_id), col(ReportRow.report)).where(
                col(ReportRow.consultation_id).in_(wanted[start : start + CHUNK])
            )
            rows = await self._work.connection.execute(statement)
            found.update((consultation_id, report_of(report)) for consultation_id, report in rows)
        return found

    async def original(self, consultation_id: UUID) -> tuple[bytes, str] | None:
        row = await self._work.first(
            select(ReportRow).where(col(ReportRow.consultation_id) == consultation_id)
        )
        return None if row is None or not row.original else (row.original, row.original_media_type)


def _of(document: Document, environment: Environment) -> list[ColumnElement[bool]]:
    return [
        col(ConsultationRow.document) == document.number,
        col(ConsultationRow.environment) == environment,
    ]
