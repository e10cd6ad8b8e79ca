"""The collection routine and watched CNPJs."""

from typing import Any
from uuid import UUID

from adapters.sql.mapping.values import document_of, ids_json, ids_of, problems_json, problems_of
from adapters.sql.tables import (
    CollectionItemRow,
    CollectionParametersRow,
    CollectionRunRow,
    MonitorChangeRow,
    MonitorRow,
)
from core.domain.bureau import Environment
from core.domain.collection import (
    AutomaticNegativation,
    CollectionDecision,
    CollectionItem,
    CollectionParameters,
    CollectionPhase,
    CollectionProgress,
    CollectionRun,
    CollectionRunStatus,
)
from core.domain.monitoring import ChangeKind, Monitor, MonitorChange


def owner_of(branch_id: UUID | None) -> str:
    """What the row of a branch's parameters, or of the company's, is called."""
    return "company" if branch_id is None else str(branch_id)


def parameters_row(record: CollectionParameters) -> CollectionParametersRow:
    """The row of the routine's parameters."""
    return CollectionParametersRow(
        owner=owner_of(record.branch_id),
        branch_id=record.branch_id,
        automatic=record.automatic,
        days_after_due=record.days_after_due,
    )


def parameters_of(row: CollectionParametersRow) -> CollectionParameters:
    """The routine's parameters of a row."""
    return CollectionParameters(
        branch_id=row.branch_id,
        automatic=AutomaticNegativation(row.automatic),
        days_after_due=row.days_after_due,
    )


def run_row(record: CollectionRun) -> CollectionRunRow:
    """The row of a run."""
    return CollectionRunRow(
        id=record.id,
        run_date=record.run_date,
        dry_run=record.dry_run,
        status=record.status,
        branch_ids=ids_json(record.branch_ids),
        phase=record.progress.phase,
        branches_to_do=ids_json(record.progress.branch_ids),
        after_number=record.progress.after_number,
        examined=record.examined,
        counts=dict(record.counts),
        started_at=record.started_at,
        started_by=record.started_by,
        finished_at=record.finished_at,
    )


def run_of(row: CollectionRunRow) -> CollectionRun:
    """The run of a row."""
    return CollectionRun(
        id=row.id,
        number=row.number,
        run_date=row.run_date,
        dry_run=row.dry_run,
        status=CollectionRunStatus(row.status),
        branch_ids=ids_of(row.branch_ids),
        progress=CollectionProgress(
            phase=CollectionPhase(row.phase),
            branch_ids=ids_of(row.branches_to_do),
            after_number=row.after_number,
        ),
        examined=row.examined,
        started_at=row.started_at,
        started_by=row.started_by,
        finished_at=row.finished_at,
        counts=row.counts,
    )


def item_values(record: CollectionItem) -> dict[str, Any]:
    """What is stored of a decision, by column."""
    return {
        "id": record.id,
        "run_id": record.run_id,
        "branch_id": record.branch_id,
        "invoice_id": record.invoice_id,
        "negativation_id": record.negativation_id,
        "decision": record.decision,
        "reasons": problems_json(record.reasons),
    }


def item_row(record: CollectionItem) -> CollectionItemRow:
    """The row of a decision."""
    return CollectionItemRow(**item_values(record))


def item_of(row: CollectionItemRow) -> CollectionItem:
    """The decision of a row."""
    return CollectionItem(
        id=row.id,
        number=row.number,
        run_id=row.run_id,
        branch_id=row.branch_id,
        invoice_id=row.invoice_id,
        negativation_id=row.negativation_id,
        decision=CollectionDecision(row.decision),
        reasons=problems_of(row.reasons),
    )


def monitor_row(record: Monitor) -> MonitorRow:
    """The row of a watched CNPJ."""
    return MonitorRow(
        id=record.id,
        branch_id=record.branch_id,
        integration_id=record.integration_id,
        environment=record.environment,
        document=record.document.number,
        created_at=record.created_at,
        created_by=record.created_by,
        stopped_at=record.stopped_at,
    )


def monitor_of(row: MonitorRow) -> Monitor:
    """The watched CNPJ of a row."""
    return Monitor(
        id=row.id,
        number=row.number,
        branch_id=row.branch_id,
        integration_id=row.integration_id,
        environment=Environment(row.environment),
        document=document_of(row.document),
        created_at=row.created_at,
        created_by=row.created_by,
        stopped_at=row.stopped_at,
    )


def change_row(record: MonitorChange) -> MonitorChangeRow:
    """The row of a change."""
    return MonitorChangeRow(
        id=record.id,
        monitor_id=record.monitor_id,
        branch_id=record.branch_id,
        event_id=record.event_id,
        kind=record.kind,
        description=record.description,
        occurred_at=record.occurred_at,
    )


def change_of(row: MonitorChangeRow) -> MonitorChange:
    """The change of a row."""
    return MonitorChange(
        id=row.id,
        number=row.number,
        monitor_id=row.monitor_id,
        branch_id=row.branch_id,
        event_id=row.event_id,
        kind=ChangeKind(row.kind),
        description=row.description,
        occurred_at=row.occurred_at,
    )
