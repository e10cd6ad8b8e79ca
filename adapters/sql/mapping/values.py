"""Values that columns hold in a simpler form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from core.domain.bureau import BureauCode, Debtor
from core.domain.documents import Document, DocumentKind
from core.domain.errors import Problem
from core.domain.money import Money
from core.domain.report import CreditReport
from core.domain.states import StateCode

RecordT = TypeVar("RecordT")

Fields: TypeAlias = Mapping[str, Callable[[RecordT], Any]]
"""What is stored of a record: for each column, what reads its value."""

_REPORT = TypeAdapter(CreditReport)
_DEBTOR = TypeAdapter(Debtor)


def row_values(fields: Fields[RecordT], record: RecordT) -> dict[str, Any]:
    """What is stored of a record, by column."""
    return {name: read(record) for name, read in fields.items()}


def column_values(fields: Fields[RecordT], records: Sequence[RecordT]) -> dict[str, list[Any]]:
    """What is stored of many, by column, in their order: a third of what it takes record by record."""
    return {name: list(map(read, records)) for name, read in fields.items()}


def document_of(number: str) -> Document:
    """The document of a number that was checked before it was stored; the length tells its kind."""
    return Document(DocumentKind.CPF if len(number) == 11 else DocumentKind.CNPJ, number)


def maybe_document_of(number: str | None) -> Document | None:
    """A document that may be missing."""
    return None if number is None else document_of(number)


def state_of(code: str | None) -> StateCode | None:
    """A state that may be missing."""
    return None if code is None else StateCode(code)


def money_of(centavos: int | None) -> Money | None:
    """An amount that may be missing."""
    return None if centavos is None else Money(centavos)


def codes_json(codes: Iterable[BureauCode]) -> list[dict[str, str]]:
    """Rows of a code table as JSON."""
    return [{"code": row.code, "description": row.description} for row in codes]


def codes_of(stored: Iterable[dict[str, str]]) -> tuple[BureauCode, ...]:
    """Rows of a code table from JSON."""
    return tuple(BureauCode(code=row["code"], description=row["description"]) for row in stored)


def report_json(report: CreditReport) -> dict[str, Any]:
    """A structured report as JSON. Fields added later have defaults, so that older reports stay readable."""
    stored: dict[str, Any] = _REPORT.dump_python(report, mode="json")
    return stored


def report_of(stored: dict[str, Any]) -> CreditReport:
    """A structured report from JSON."""
    return _REPORT.validate_python(stored)


def debtor_json(debtor: Debtor) -> dict[str, Any]:
    """The debtor's data at the moment of sending, as JSON."""
    stored: dict[str, Any] = _DEBTOR.dump_python(debtor, mode="json")
    return stored


def debtor_of(stored: dict[str, Any]) -> Debtor:
    """The debtor's data from JSON."""
    return _DEBTOR.validate_python(stored)


def problems_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Broken rules as JSON."""
    return [
        {"path": list(problem.path), "code": problem.code, "params": dict(problem.params)}
        for problem in problems
    ]


def problems_of(stored: Iterable[dict[str, Any]]) -> tuple[Problem, ...]:
    """Broken rules from JSON."""
    return tuple(Problem(tuple(row["path"]), row["code"], row["params"]) for row in stored)


def ids_json(ids: Iterable[UUID]) -> list[str]:
    """Ids as JSON, in their order."""
    return [str(each) for each in ids]


def ids_of(stored: Iterable[str]) -> tuple[UUID, ...]:
    """Ids from JSON."""
    return tuple(UUID(each) for each in stored)
