"""The printed report (relatório de consulta): everything that stands on the sheet handed to a person."""

from dataclasses import dataclass

from core.domain.consultation import Consultation
from core.domain.documents import Document
from core.domain.integration import Intermediary
from core.domain.report import CreditReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSheet:
    """A delivered consultation, ready to be printed. The same sheet always prints the same.

    intermediary: gives the report its name. branch_name, branch_document: who consulted (always shown whole).
    subject_name: the name in our own record; None when a bare document was consulted.
    whole_document: whether the reader may see the consulted document whole; otherwise it is masked wherever it appears,
    also inside the bureau's texts, and so are the names of a person; the birth date is left out.
    """

    consultation: Consultation
    report: CreditReport
    intermediary: Intermediary
    branch_name: str
    branch_document: Document
    subject_name: str | None
    whole_document: bool
