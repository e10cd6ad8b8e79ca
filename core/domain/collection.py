"""The collection routine (rotina de cobrança), step 5: registers overdue invoices and clears settled ones by itself.

A run has a controlling date. Running a date again changes nothing: what is registered is not registered twice, and a
date has one real run.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.domain.calendar_rules import MIN_DAYS_OVERDUE
from core.domain.errors import Problem

MAX_DAYS_AFTER_DUE = 1790
"""Later than that no debt is young enough for the bureau (4 years and 11 months)."""


class AutomaticNegativation(StrEnum):
    """Negativate automatically (negativar automaticamente): yes, no, or as the company does (padrão)."""

    YES = "YES"
    DEFAULT = "DEFAULT"
    NO = "NO"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionParameters:
    """Step 5's parameters (parâmetros de cobrança) of the company (branch_id None) or of one branch.

    automatic: DEFAULT, and days_after_due: None, mean "as the company"; the company itself has neither.
    days_after_due: calendar days after the due date (dias para executar).
    """

    branch_id: UUID | None
    automatic: AutomaticNegativation
    days_after_due: int | None


COMPANY_DEFAULT = CollectionParameters(branch_id=None, automatic=AutomaticNegativation.NO, days_after_due=30)
"""Until somebody decides otherwise the routine registers nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveCollection:
    """What holds for a branch after inheritance."""

    automatic: bool
    days_after_due: int

    def overdue_until(self, run_date: date) -> date:
        """The latest due date that a run of that date takes up, which may lie before all dates."""
        days = max(self.days_after_due, MIN_DAYS_OVERDUE)
        return run_date - timedelta(days=days) if days < run_date.toordinal() else date.min


def effective(company: CollectionParameters, branch: CollectionParameters | None) -> EffectiveCollection:
    """The branch's parameters, with the company's where it says "as the company"."""
    automatic = company.automatic
    days = company.days_after_due
    if branch is not None:
        if branch.automatic is not AutomaticNegativation.DEFAULT:
            automatic = branch.automatic
        if branch.days_after_due is not None:
            days = branch.days_after_due
    return EffectiveCollection(
        automatic=automatic is AutomaticNegativation.YES,
        days_after_due=days if days is not None else COMPANY_DEFAULT.days_after_due or MIN_DAYS_OVERDUE,
    )


class CollectionRunStatus(StrEnum):
    """RUNNING until every invoice and registration was looked at, then DONE."""

    RUNNING = "RUNNING"
    DONE = "DONE"


class CollectionPhase(StrEnum):
    """A run first registers, then clears."""

    REGISTER = "REGISTER"
    CLEAR = "CLEAR"


class CollectionDecision(StrEnum):
    """What a run did, or would do, with one invoice.

    REGISTERED: registered automatically. NOT_ELIGIBLE: overdue, but there are reasons against it (pendência). CLEARED:
    its automatic registration is cleared since it is no longer open. NOT_CLEARABLE: it should be, but cannot be now.
    """

    REGISTERED = "REGISTERED"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    CLEARED = "CLEARED"
    NOT_CLEARABLE = "NOT_CLEARABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionItem:
    """One invoice that a run decided about. `reasons` say why not."""

    id: UUID
    number: int
    run_id: UUID
    branch_id: UUID
    invoice_id: UUID
    negativation_id: UUID | None
    decision: CollectionDecision
    reasons: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionProgress:
    """How far a run has come: the phase, the branches still to do in it, and the number of the last record looked at."""

    phase: CollectionPhase
    branch_ids: tuple[UUID, ...]
    after_number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRun:
    """A run. branch_ids: the branches it was started for. counts: how many invoices of each decision so far."""

    id: UUID
    number: int
    run_date: date
    dry_run: bool
    status: CollectionRunStatus
    branch_ids: tuple[UUID, ...]
    progress: CollectionProgress
    examined: int
    started_at: datetime
    started_by: str
    finished_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def fraction_done(self) -> float:
        """How far it has come, from 0 to 1, by branches: each is gone through twice, once in each phase."""
        if self.status is CollectionRunStatus.DONE or not self.branch_ids:
            return 1.0
        behind = len(self.branch_ids) - len(self.progress.branch_ids)
        if self.progress.phase is CollectionPhase.CLEAR:
            behind += len(self.branch_ids)
        return behind / (2 * len(self.branch_ids))

    def advanced(
        self,
        progress: CollectionProgress | None,
        items: tuple[CollectionItem, ...],
        examined: int,
        at: datetime,
    ) -> "CollectionRun":
        """After one more chunk; `progress` None means that nothing is left to do."""
        counts = dict(self.counts)
        for item in items:
            counts[item.decision.value] = counts.get(item.decision.value, 0) + 1
        run = replace(self, counts=counts, examined=self.examined + examined)
        if progress is None:
            return replace(run, status=CollectionRunStatus.DONE, finished_at=at)
        return replace(run, progress=progress)
