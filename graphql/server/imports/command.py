"""`fiador import`: a file becomes records, in pieces of some hundred rows, each row with its own result."""

import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from core.domain.access import Caller, Scope
from core.use_cases.save_contacts import ContactRow, SaveContactsCommand, SaveLeads, SaveProspects
from core.use_cases.save_customers import CustomerRow, SaveCustomers, SaveCustomersCommand
from core.use_cases.save_invoices import InvoiceRow, SaveInvoices, SaveInvoicesCommand
from core.use_cases.save_rows import MAX_ROWS, SavedHow, SavedRow
from server.container import make
from server.imports.columns import BRANCH, COLUMNS, Kind
from server.imports.reading import SourceRow, WrongFile, read_layout, read_rows
from server.imports.refused import RefusedRows
from server.imports.rows import RowReader, WrongRow
from server.services import open_services
from server.settings import Settings

OPERATOR = Caller(id="cli", name="fiador import", scopes=frozenset(Scope))

RowT = TypeVar("RowT")
ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Saves rows of each kind in the name of whoever holds the database."""

    customers: SaveCustomers
    leads: SaveLeads
    prospects: SaveProspects
    invoices: SaveInvoices

    async def save(self, kind: Kind, reader: RowReader, rows: Sequence[SourceRow]) -> "list[Outcome]":
        """What became of each of the rows, in their order."""
        match kind:
            case Kind.CUSTOMERS:
                return await _save(reader, rows, reader.customer, self._save_customers)
            case Kind.LEADS:
                return await _save(reader, rows, reader.contact, self._save_leads)
            case Kind.PROSPECTS:
                return await _save(reader, rows, reader.contact, self._save_prospects)
            case Kind.INVOICES:
                return await _save(reader, rows, reader.invoice, self._save_invoices)

    async def _save_customers(self, rows: Sequence[CustomerRow]) -> Sequence[SavedRow[Any]]:
        return await self.customers(SaveCustomersCommand(caller=OPERATOR, rows=rows))

    async def _save_leads(self, rows: Sequence[ContactRow]) -> Sequence[SavedRow[Any]]:
        return await self.leads(SaveContactsCommand(caller=OPERATOR, rows=rows))

    async def _save_prospects(self, rows: Sequence[ContactRow]) -> Sequence[SavedRow[Any]]:
        return await self.prospects(SaveContactsCommand(caller=OPERATOR, rows=rows))

    async def _save_invoices(self, rows: Sequence[InvoiceRow]) -> Sequence[SavedRow[Any]]:
        return await self.invoices(SaveInvoicesCommand(caller=OPERATOR, rows=rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a row; reason: why it was refused."""

    row: SourceRow
    how: SavedHow
    reason: str = ""


def template(kind: Kind) -> str:
    """The header of a file of that kind."""
    return ";".join(column.title for column in COLUMNS[kind])


async def import_file(settings: Settings, kind: Kind, path: Path, branch: str | None) -> bool:
    """Import a file; tells whether every row was saved. Raises WrongFile, WrongSettings."""
    if kind is Kind.INVOICES and branch is not None:
        raise WrongFile("--branch is of no use: an invoice belongs to the branch of its customer")
    known = COLUMNS[kind]
    layout = read_layout(path, known, given=frozenset({BRANCH.field} if branch is not None else ()))
    reader = RowReader(layout=layout, known=known, branch=branch)
    counts: Counter[SavedHow] = Counter()
    async with open_services(settings, with_sandbox=False) as services:
        importer = make(services.container, Importer)
        with RefusedRows(path, layout) as refused, _bar() as bar:
            task = bar.add_task(kind.value, total=layout.size)
            rows = read_rows(path, layout, lambda done: bar.update(task, completed=done))
            for piece in _pieces(rows, MAX_ROWS):
                for outcome in await importer.save(kind, reader, piece):
                    counts[outcome.how] += 1
                    if outcome.how is SavedHow.REFUSED:
                        refused.add(outcome.row, outcome.reason)
            bar.update(task, completed=layout.size)
    told = ", ".join(f"{counts[how]} {how.value.lower()}" for how in SavedHow)
    where = f" (see {refused.path})" if counts[SavedHow.REFUSED] else ""
    sys.stdout.write(f"{kind.value}: {told}{where}\n")
    return counts[SavedHow.REFUSED] == 0


async def _save(
    reader: RowReader,
    rows: Sequence[SourceRow],
    read: Callable[[SourceRow], RowT],
    save: Callable[[Sequence[RowT]], Awaitable[Sequence[SavedRow[Any]]]],
) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    readable: list[tuple[SourceRow, RowT]] = []
    for row in rows:
        try:
            readable.append((row, read(row)))
        except WrongRow as error:
            outcomes[row.line] = Outcome(row=row, how=SavedHow.REFUSED, reason=str(error))
    results = await save([read_row for _, read_row in readable])
    for (row, _), result in zip(readable, results, strict=True):
        reason = "" if result.error is None else reader.reason(result.error)
        outcomes[row.line] = Outcome(row=row, how=result.how, reason=reason)
    return [outcomes[row.line] for row in rows]


def _pieces(items: Iterator[ItemT], size: int) -> Iterator[list[ItemT]]:
    while piece := list(islice(items, size)):
        yield piece


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
