"""All consultations that a filter selects, for the report of consultations (relatório de consultas análise de crédito)."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from core.domain.access import Caller, Scope
from core.domain.listing import ConsultationFilter
from core.use_cases.audit_export import audit_export
from core.use_cases.report_chunks import chunks_of
from ports.clock import Clock
from ports.ids import Ids
from ports.report_lines import ConsultationLines, ReportLines
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConsultationsCommand:
    """Which consultations, and what they are made into (`form`, for the audit trail)."""

    caller: Caller
    matching: ConsultationFilter
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConsultations:
    """Policy: oldest first, as of each chunk's reading; memory does not grow with the length of the report; audited."""

    units_of_work: UnitsOfWork
    lines: ReportLines
    clock: Clock
    ids: Ids

    async def __call__(self, command: StreamConsultationsCommand) -> AsyncGenerator[ConsultationLines, None]:
        """The lines in chunks, none of which is empty. Raises Forbidden at the first one."""
        caller = command.caller
        caller.require(Scope.READ, Scope.READ_CONSULTATIONS)
        narrowed = replace(command.matching, branch_ids=caller.narrowed(command.matching.branch_ids))
        await audit_export(
            self.units_of_work,
            caller,
            kind="Consultations",
            form=command.form,
            branch_ids=narrowed.branch_ids,
            event_id=self.ids.new(),
            at=self.clock.now(),
        )
        async with aclosing(chunks_of(partial(self.lines.consultations, narrowed))) as chunks:
            async for lines in chunks:
                yield lines
