"""Consultations and reports."""

from uuid import UUID

from adapters.sql.mapping.values import document_of, money_of, report_json, state_of
from adapters.sql.tables import ConsultationRow, ReportRow
from core.domain.bureau import BureauReport, Environment, FailureClass
from core.domain.consultation import Consultation, ConsultationOutcome, ConsultationPurpose
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind


def consultation_row(record: Consultation) -> ConsultationRow:
    """The row of a consultation."""
    return ConsultationRow.of(
        id=record.id,
        key=record.key,
        subject_kind=record.subject_kind,
        subject_id=record.subject_id,
        document=record.document.number,
        state_code=record.state_code,
        plan=record.plan,
        purpose=record.purpose,
        environment=record.environment,
        integration_id=record.integration_id,
        branch_id=record.branch_id,
        outcome=record.outcome,
        performed_at=record.performed_at,
        performed_by=record.performed_by,
        repeat_confirmed=record.repeat_confirmed,
        protocol=record.protocol,
        billable=record.billable,
        cost_centavos=None if record.cost is None else record.cost.centavos,
        failure=record.failure,
        bureau_code=record.bureau_code,
        bureau_message=record.bureau_message,
    )


def consultation_of(row: ConsultationRow) -> Consultation:
    """The consultation of a row."""
    return Consultation(
        id=row.id,
        number=row.number,
        key=row.key,
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        document=document_of(row.document),
        state_code=state_of(row.state_code),
        plan=ConsultationPlan(row.plan),
        purpose=None if row.purpose is None else ConsultationPurpose(row.purpose),
        environment=Environment(row.environment),
        integration_id=row.integration_id,
        branch_id=row.branch_id,
        outcome=ConsultationOutcome(row.outcome),
        performed_at=row.performed_at,
        performed_by=row.performed_by,
        repeat_confirmed=row.repeat_confirmed,
        protocol=row.protocol,
        billable=row.billable,
        cost=money_of(row.cost_centavos),
        failure=None if row.failure is None else FailureClass(row.failure),
        bureau_code=row.bureau_code,
        bureau_message=row.bureau_message,
    )


def report_row(consultation_id: UUID, delivered: BureauReport) -> ReportRow:
    """The row of what was delivered. Protocol and cost are the consultation's."""
    return ReportRow.of(
        consultation_id=consultation_id,
        report=report_json(delivered.report),
        original=delivered.original,
        original_media_type=delivered.original_media_type,
    )
