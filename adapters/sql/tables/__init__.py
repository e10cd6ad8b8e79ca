"""The tables. Importing this package makes all of them known to `METADATA`."""

from sqlalchemy.orm import configure_mappers

from adapters.sql.tables.administration import (
    AccessTokenRow,
    AuditEventRow,
    AuditSealRow,
    CodeTableRow,
    CreditParametersRow,
    IdempotencyRow,
)
from adapters.sql.tables.base import METADATA, Row
from adapters.sql.tables.collection import (
    CollectionItemRow,
    CollectionParametersRow,
    CollectionRunRow,
    MonitorChangeRow,
    MonitorRow,
)
from adapters.sql.tables.company import BranchRow, IntegrationRow, UsedPasswordRow
from adapters.sql.tables.consultations import ConsultationRow, ReportRow
from adapters.sql.tables.negativations import HistoryRow, NegativationRow
from adapters.sql.tables.outbox import AccountRow, HeartbeatRow, IntentRow, RoutineRow
from adapters.sql.tables.people import CustomerRow, InvoiceRow, LeadRow, ProspectRow

__all__ = [
    "METADATA",
    "AccessTokenRow",
    "AccountRow",
    "AuditEventRow",
    "AuditSealRow",
    "BranchRow",
    "CodeTableRow",
    "CollectionItemRow",
    "CollectionParametersRow",
    "CollectionRunRow",
    "ConsultationRow",
    "CreditParametersRow",
    "CustomerRow",
    "HeartbeatRow",
    "HistoryRow",
    "IdempotencyRow",
    "IntegrationRow",
    "IntentRow",
    "InvoiceRow",
    "LeadRow",
    "MonitorChangeRow",
    "MonitorRow",
    "NegativationRow",
    "ProspectRow",
    "ReportRow",
    "RoutineRow",
    "Row",
    "UsedPasswordRow",
]

# Columns of a row that was made without SQLAlchemy (`Row.of`) can be read from here on. It would do this at its own first row.
configure_mappers()
