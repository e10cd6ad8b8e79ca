"""From the cells of a file to the rows that are saved, and from refusals to sentences about the file's own columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from api.messages import conflict_message, error_message, kind_name, problem_message
from api.texts.languages import Language
from core.domain.errors import Conflict, DomainError, InvalidInput, NotFound
from core.use_cases.contact_record import ContactFields
from core.use_cases.record_input import AddressFields
from core.use_cases.save_contacts import ContactRow
from core.use_cases.save_customer import CustomerFields
from core.use_cases.save_customers import CustomerRow
from core.use_cases.save_invoice import InvoiceFields
from core.use_cases.save_invoices import InvoiceRow
from server.imports.columns import BRANCH, EXTERNAL_ID, Column
from server.imports.reading import Layout, SourceRow
from server.imports.values import WrongCell

LANGUAGE = Language.PT_BR

_ADDRESS_PARTS = frozenset(field.name for field in fields(AddressFields))


class WrongRow(Exception):
    """The row cannot be saved; the text says why, in Portuguese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the rows of one file. known: all columns of its kind; branch: whose records they are unless a row says so.

    What the file has no column for stays as it is when a record is updated.
    """

    layout: Layout
    known: Sequence[Column]
    branch: str | None = None

    def customer(self, row: SourceRow) -> CustomerRow:
        """A customer. Raises WrongRow."""
        values = self._values(row)
        branch = values.pop(BRANCH.field)
        address = AddressFields(**{part: values.pop(part) for part in _ADDRESS_PARTS})
        return CustomerRow(
            branch_external_id=branch, fields=CustomerFields(**values, address=address), kept=self._kept()
        )

    def contact(self, row: SourceRow) -> ContactRow:
        """A lead or prospect. Raises WrongRow."""
        values = self._values(row)
        branch = values.pop(BRANCH.field)
        return ContactRow(branch_external_id=branch, fields=ContactFields(**values), kept=self._kept())

    def invoice(self, row: SourceRow) -> InvoiceRow:
        """An invoice. Raises WrongRow."""
        values = self._values(row)
        customer = values.pop("customer_external_id")
        return InvoiceRow(customer_external_id=customer, fields=InvoiceFields(**values), kept=self._kept())

    def reason(self, error: DomainError) -> str:
        """Why a row was refused, by the file's own titles."""
        match error:
            case InvalidInput():
                return "; ".join(
                    self._at(problem.path, problem_message(problem, LANGUAGE)) for problem in error.problems
                )
            case NotFound():
                kind = kind_name(error.kind, LANGUAGE)
                return self._at(error.path, error_message("NOT_FOUND", LANGUAGE, kind=kind))
            case Conflict():
                return self._at((), conflict_message(error.reason, LANGUAGE, error.params))
            case _:
                return type(error).__name__

    def _values(self, row: SourceRow) -> dict[str, Any]:
        """What the row says, by field; every field of the kind is there. Raises WrongRow with all that is wrong."""
        if any(cell.strip() for cell in row.cells[len(self.layout.columns) :]):
            raise WrongRow("a linha tem mais células do que o cabeçalho")
        values: dict[str, Any] = {column.field: None for column in self.known}
        if self.branch is not None:
            values[BRANCH.field] = self.branch
        titles, wrong = self._titles(), dict[str, str]()
        for column, text in zip(self.layout.columns, _padded(row, self.layout), strict=True):
            if column is not None and text:
                try:
                    values[column.field] = column.read(text)
                except WrongCell as error:
                    wrong[titles[column.path]] = str(error)
        for column in self.known:
            if column.needed and values[column.field] is None:
                wrong.setdefault(titles[column.path], "o campo é obrigatório")
        if wrong:
            raise WrongRow("; ".join(f"{title}: {sentence}" for title, sentence in wrong.items()))
        return values

    def _at(self, path: tuple[str, ...], sentence: str) -> str:
        title, clause = self._titles().get(path), sentence.removesuffix(".")
        return f"{title}: {clause}" if title else clause

    def _titles(self) -> Mapping[tuple[str, ...], str]:
        own = {column.path: column.title for column in self.known}
        return {**own, **self.layout.titles()}

    def _kept(self) -> frozenset[str]:
        present = {column.field for column in self.layout.columns if column is not None}
        return frozenset(column.field for column in self.known) - present - {EXTERNAL_ID.field}


def _padded(row: SourceRow, layout: Layout) -> Sequence[str]:
    """The cells of the header's columns, trimmed; a row may end early when its last cells are empty."""
    width = len(layout.columns)
    return [*(cell.strip() for cell in row.cells[:width]), *[""] * (width - len(row.cells))]
