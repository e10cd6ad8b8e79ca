"""The collection routine and watched CNPJs."""

from operator import attrgetter
from uuid import UUID

from adapters.sql.mapping.values import (
    Fields,
    document_of,
    ids_json,
    ids_of,
    problems_json,
    problems_of,
    row_values,
)
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
    return CollectionParametersRow.of(
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
    return CollectionRunRow.of(
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


ITEM: Fields[CollectionItem] = {
    "id": attrgetter("id"),
    "run_id": attrgetter("run_id"),
    "branch_id": attrgetter("branch_id"),
    "invoice_id": attrgetter("invoice_id"),
    "negativation_id": attrgetter("negativation_id"),
    "decision": attrgetter("decision"),
    "reasons": lambda record: problems_json(record.reasons),
}
"""What is stored of a decision."""


def item_row(record: CollectionItem) -> CollectionItemRow:
    """The row of a decision."""
    return CollectionItemRow.of(**row_values(ITEM, record))


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
    return MonitorRow.of(
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


CHANGE: Fields[MonitorChange] = {
    "id": attrgetter("id"),
    "monitor_id": attrgetter("monitor_id"),
    "branch_id": attrgetter("branch_id"),
    "event_id": attrgetter("event_id"),
    "kind": attrgetter("kind"),
    "description": attrgetter("description"),
    "occurred_at": attrgetter("occurred_at"),
}
"""What is stored of a change."""


def change_row(record: MonitorChange) -> MonitorChangeRow:
    """The row of a change."""
    return MonitorChangeRow.of(**row_values(CHANGE, record))


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
