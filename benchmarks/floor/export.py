"""The report of registrations as a CSV file, by hand: one statement, read some rows at a time."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from adapters.reports.labels import INTERMEDIARIES
from benchmarks.floor.reads import formatted
from benchmarks.floor.stores import Store
from core.domain.calendar_rules import LOCAL_ZONE
from server.report_tables import (
    ENVIRONMENTS,
    FORMS,
    INVOICE_STATUSES,
    NEGATIVATION_COLUMNS,
    STATUSES,
    columns_of,
)

RAW = """
    SELECT n.number, n.status, n.form, n.debtor ->> 'name' AS debtor_name, n.debtor_document, i.number AS invoice_number,
           i.external_id, i.status AS invoice_status, n.contract, n.amount_centavos, n.due_on, n.expires_on,
           b.name AS branch_name, g.number AS integration_number, g.intermediary, n.environment, n.restriction_code,
           n.created_at, n.created_by, n.updated_at, n.protocol, n.clearing_code, n.clearing_requested_at,
           n.clearing_requested_by, n.clearing_due_on, n.codes
    FROM negativations n
    JOIN invoices i ON i.id = n.invoice_id
    JOIN branches b ON b.id = n.branch_id
    JOIN integrations g ON g.id = n.integration_id
"""
"""Everything that the file shows, as the database has it: what COPY and the shell of SQLite write as it is."""

_ORDERED = "ORDER BY n.number"

_LABELS = {
    1: {str(key): text for key, text in STATUSES.items()},
    2: {str(key): text for key, text in FORMS.items()},
    7: {str(key): text for key, text in INVOICE_STATUSES.items()},
    15: {str(key): text for key, text in ENVIRONMENTS.items()},
}
_INTERMEDIARY = {str(key): text for key, text in INTERMEDIARIES.items()}


async def file(store: Store, branch_id: str | None) -> AsyncIterator[bytes]:
    """The file in pieces."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([column.title for column in columns_of(NEGATIVATION_COLUMNS)])
    condition, values = (" WHERE n.branch_id = $1 ", (branch_id,)) if branch_id else (" ", ())
    async for rows in store.stream(RAW + condition + _ORDERED, *values):
        writer.writerows(_line(row) for row in rows)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _line(row: Sequence[Any]) -> list[Any]:
    line = list(row)
    for place, labels in _LABELS.items():
        line[place] = labels[line[place]]
    line[4] = formatted(line[4])
    line[9] = f"{line[9] // 100},{line[9] % 100:02d}"
    for place in (10, 11, 24):
        line[place] = line[place] and _day(line[place])
    for place in (17, 19, 22):
        line[place] = line[place] and _moment(line[place])
    line[13:15] = [f"{line[13]} - {_INTERMEDIARY[line[14]]}"]
    if line[-1] == "[]":
        line[-1] = None
    return line


def _day(value: Any) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _moment(value: Any) -> str:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
    return moment.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M:%S")
