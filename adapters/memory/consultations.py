"""Consultations and their reports in memory."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from adapters.memory.records import Records
from adapters.memory.storage import MemoryStorage, Table, Transaction
from core.domain.bureau import BureauReport, Environment
from core.domain.calendar_rules import local_date
from core.domain.consultation import Consultation, ConsultationOutcome, ConsultationTotals
from core.domain.documents import Document
from core.domain.listing import ConsultationFilter, ConsultationOrderField
from core.domain.money import ZERO
from core.domain.paging import KeyValue, Order
from core.domain.report import CreditReport
from ports.stores import Consultations


class MemoryConsultations(
    Records[Consultation, ConsultationFilter, Order[ConsultationOrderField]], Consultations
):
    """The consultations."""

    def __init__(self, storage: MemoryStorage, transaction: Transaction) -> None:
        super().__init__(storage, transaction, Consultation)
        self._reports = Table(transaction, BureauReport.__name__, BureauReport)

    def lets_through(self, record: Consultation, matching: ConsultationFilter) -> bool:
        day = local_date(record.performed_at)
        return (
            (matching.branch_ids is None or record.branch_id in matching.branch_ids)
            and matching.integration_id in (None, record.integration_id)
            and matching.document in (None, record.document.number)
            and matching.subject_kind in (None, record.subject_kind)
            and matching.subject_id in (None, record.subject_id)
            and matching.plan in (None, record.plan)
            and matching.environment in (None, record.environment)
            and matching.outcome in (None, record.outcome)
            and (matching.performed_from is None or matching.performed_from <= day)
            and (matching.performed_to is None or day <= matching.performed_to)
        )

    def order_value(self, record: Consultation, order: Order[ConsultationOrderField]) -> KeyValue:
        by_time = order.field is ConsultationOrderField.PERFORMED_AT
        return record.performed_at if by_time else record.number

    async def totals(self, matching: Sequence[ConsultationFilter]) -> list[ConsultationTotals]:
        return [self._totals(each) for each in matching]

    def _totals(self, matching: ConsultationFilter) -> ConsultationTotals:
        found = self._matching(matching)
        return ConsultationTotals(
            count=len(found),
            billed=sum(record.billable for record in found),
            cost=sum((record.cost or ZERO for record in found), ZERO),
        )

    async def billed_on(self, branch_id: UUID, day: date) -> int:
        return sum(
            record.branch_id == branch_id
            and local_date(record.performed_at) == day
            and (record.billable or record.outcome.open)
            for record in self.table.all()
        )

    async def by_number(self, number: int) -> Consultation | None:
        return next((record for record in self.table.all() if record.number == number), None)

    async def last_successful(self, document: Document, environment: Environment) -> Consultation | None:
        succeeded = (
            record
            for record in self._of(document, environment)
            if record.outcome is ConsultationOutcome.SUCCEEDED
        )
        return max(succeeded, key=lambda record: (record.performed_at, record.number), default=None)

    async def open_ones(self, document: Document, environment: Environment) -> list[Consultation]:
        found = [record for record in self._of(document, environment) if record.outcome.open]
        return sorted(found, key=lambda record: record.number)

    async def add_report(self, consultation_id: UUID, delivered: BureauReport) -> None:
        self._reports.put(consultation_id, delivered)

    async def reports(self, consultation_ids: Collection[UUID]) -> dict[UUID, CreditReport]:
        found = ((record_id, self._reports.get(record_id)) for record_id in consultation_ids)
        return {record_id: delivered.report for record_id, delivered in found if delivered is not None}

    async def original(self, consultation_id: UUID) -> tuple[bytes, str] | None:
        delivered = self._reports.get(consultation_id)
        return (
            None
            if delivered is None or not delivered.original
            else (delivered.original, delivered.original_media_type)
        )

    def _of(self, document: Document, environment: Environment) -> list[Consultation]:
        return [
            record
            for record in self.table.all()
            if record.document == document and record.environment is environment
        ]
