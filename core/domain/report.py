"""The credit report (relatório de consulta): what a bureau knows of a person or company, in structured form."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.money import Money


class ScoreBand(StrEnum):
    """The band of a score: the higher the score, the lower the risk of default."""

    VERY_LOW = "VERY_LOW"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    VERY_HIGH = "VERY_HIGH"


_BAND_FLOORS = (
    (801, ScoreBand.VERY_HIGH),
    (601, ScoreBand.HIGH),
    (401, ScoreBand.MEDIUM),
    (201, ScoreBand.LOW),
)


@dataclass(frozen=True, slots=True)
class Score:
    """A credit score from 0 (worst) to 1000 (best)."""

    value: int

    @property
    def band(self) -> ScoreBand:
        """VERY_LOW up to 200, LOW up to 400, MEDIUM up to 600, HIGH up to 800, VERY_HIGH above."""
        return next((band for floor, band in _BAND_FLOORS if self.value >= floor), ScoreBand.VERY_LOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the document belongs to, as the bureau confirms it (confirmei)."""

    name: str
    birth_or_foundation_on: date | None = None
    document_status: str | None = None
    mother_name: str | None = None

    @property
    def names(self) -> tuple[str | None, ...]:
        """The names of people in it."""
        return (self.name, self.mother_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """One occurrence in a block. Fields that a block does not know are None.

    origin: creditor, registry office, court, bank or consulting company. reference: contract, cheque or case number.
    """

    occurred_on: date | None = None
    amount: Money | None = None
    origin: str | None = None
    modality: str | None = None
    reference: str | None = None
    city: str | None = None
    state_code: str | None = None
    guarantor: bool = False
    sub_judice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBlock:
    """A block of the report: how many occurrences, their total, first and last date, and those the bureau lists.

    `count` and `total` speak of all occurrences; `entries` may list fewer (bureaus list the latest).
    """

    count: int = 0
    total: Money | None = None
    first_on: date | None = None
    last_on: date | None = None
    entries: tuple[ReportEntry, ...] = ()
    message: str | None = None


EMPTY_BLOCK = ReportBlock()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditReport:
    """A structured report. Blocks that the plan does not include are None; a block without occurrences has count 0."""

    identity: Identity | None = None
    score: Score | None = None
    pending_debts: ReportBlock | None = None
    protests: ReportBlock | None = None
    bad_cheques: ReportBlock | None = None
    lawsuits: ReportBlock | None = None
    bankruptcies: ReportBlock | None = None
    earlier_queries: ReportBlock | None = None
