"""Filters of what the collection routine and the watching of companies have to show, as inputs."""

from datetime import date
from uuid import UUID

import strawberry

from api.types.filters import FilterReader
from core.domain.access import Caller
from core.domain.collection import CollectionDecision
from core.domain.listing import (
    ClearingTaskFilter,
    CollectionItemFilter,
    CollectionRunFilter,
    MonitorChangeFilter,
    MonitorFilter,
)
from core.domain.negativation import NegativationForm

_BRANCH = "Only of this branch (filial)."


@strawberry.input(
    name="ClearingTaskFilter",
    description="Which clearing tasks (filtro de baixas pendentes). All conditions must hold.",
)
class ClearingTaskFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    form: NegativationForm | None = strawberry.field(
        default=None,
        description="Only of this form (forma); the routine clears AUTOMATIC ones by itself where it is switched on.",
    )

    def read(self, caller: Caller) -> ClearingTaskFilter:
        """The filter that is meant."""
        reader = FilterReader()
        branch_ids = reader.branches(caller, self.branch_id)
        reader.raise_if_any()
        return ClearingTaskFilter(branch_ids=branch_ids, form=self.form)


@strawberry.input(
    name="CollectionRunFilter",
    description="Which runs of the collection routine (filtro de execuções). All conditions must hold.",
)
class CollectionRunFilterInput:
    date_from: date | None = strawberry.field(
        default=None, description="Run for this date or a later one (data inicial)."
    )
    date_to: date | None = strawberry.field(
        default=None, description="Run for this date or an earlier one (data final)."
    )
    dry_run: bool | None = strawberry.field(
        default=None, description="Only dry runs, or only real ones (simulação)."
    )

    def read(self) -> CollectionRunFilter:
        """The filter that is meant."""
        reader = FilterReader()
        reader.period(self.date_from, self.date_to, "dateTo")
        reader.raise_if_any()
        return CollectionRunFilter(run_from=self.date_from, run_to=self.date_to, dry_run=self.dry_run)


@strawberry.input(
    name="CollectionItemFilter",
    description="Which of a run's decisions (filtro de decisões). All conditions must hold.",
)
class CollectionItemFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    decision: CollectionDecision | None = strawberry.field(
        default=None, description="Only with this decision (decisão)."
    )

    def read(self, caller: Caller, run_id: UUID) -> CollectionItemFilter:
        """The filter that is meant."""
        reader = FilterReader()
        branch_ids = reader.branches(caller, self.branch_id)
        reader.raise_if_any()
        return CollectionItemFilter(run_id=run_id, branch_ids=branch_ids, decision=self.decision)


@strawberry.input(
    name="MonitorFilter",
    description="Which watched companies (filtro de monitoramentos). All conditions must hold.",
)
class MonitorFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    document: str | None = strawberry.field(
        default=None, description="Only this whole CNPJ, punctuated or not (CNPJ)."
    )
    stopped: bool = strawberry.field(
        default=False, description="Also those that are no longer watched (incluir encerrados)."
    )

    def read(self, caller: Caller) -> MonitorFilter:
        """The filter that is meant."""
        reader = FilterReader()
        found = MonitorFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            document=reader.document(self.document),
            stopped=self.stopped,
        )
        reader.raise_if_any()
        return found


@strawberry.input(
    name="MonitorChangeFilter",
    description="Which changes found at watched companies (filtro de alterações). All conditions must hold.",
)
class MonitorChangeFilterInput:
    branch_id: strawberry.ID | None = strawberry.field(default=None, description=_BRANCH)
    monitor_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only of this watched company (monitoramento)."
    )

    def read(self, caller: Caller) -> MonitorChangeFilter:
        """The filter that is meant."""
        reader = FilterReader()
        found = MonitorChangeFilter(
            branch_ids=reader.branches(caller, self.branch_id),
            monitor_id=reader.optional_id("Monitor", self.monitor_id, "filter", "monitorId"),
        )
        reader.raise_if_any()
        return found
