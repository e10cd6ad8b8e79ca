"""All consultations that a filter selects, for the report of consultations (relatório de consultas análise de crédito)."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.branch import Branch
from core.domain.consultation import Consultation
from core.domain.integration import Integration
from core.domain.listing import ConsultationFilter, ConsultationOrderField
from core.domain.paging import Cursor, Direction, Order, Window
from core.domain.subjects import Customer, Lead, Prospect, SubjectKind
from core.use_cases.audit_export import audit_export
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationLine:
    """A consultation with what the report shows beside it."""

    consultation: Consultation
    branch: Branch
    integration: Integration
    subject_name: str | None


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
    clock: Clock
    ids: Ids

    async def __call__(self, command: StreamConsultationsCommand) -> AsyncGenerator[ConsultationLine, None]:
        """The lines, two hundred read at a time. Raises Forbidden at the first one."""
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
        order = Order(ConsultationOrderField.NUMBER, Direction.ASC)
        after: Cursor | None = None
        while True:
            async with self.units_of_work.read() as work:
                page = await work.consultations.page(narrowed, order, Window(size=CHUNK, after=after))
                lines = await _lines(work, [edge.record for edge in page.edges])
            for line in lines:
                yield line
            if not page.has_next:
                return
            after = page.edges[-1].cursor


async def _lines(work: UnitOfWork, consultations: Collection[Consultation]) -> list[ConsultationLine]:
    branches = await work.branches.get_many({consultation.branch_id for consultation in consultations})
    integrations = await work.integrations.get_many(
        {consultation.integration_id for consultation in consultations}
    )
    names = await _names(work, consultations)
    return [
        ConsultationLine(
            consultation=consultation,
            branch=branches[consultation.branch_id],
            integration=integrations[consultation.integration_id],
            subject_name=names.get(consultation.subject_id) if consultation.subject_id else None,
        )
        for consultation in consultations
    ]


async def _names(work: UnitOfWork, consultations: Collection[Consultation]) -> dict[UUID, str]:
    wanted: dict[SubjectKind, set[UUID]] = {}
    for consultation in consultations:
        if consultation.subject_id is not None:
            wanted.setdefault(consultation.subject_kind, set()).add(consultation.subject_id)
    customers = await work.customers.get_many(wanted.get(SubjectKind.CUSTOMER, ()))
    leads = await work.leads.get_many(wanted.get(SubjectKind.LEAD, ()))
    prospects = await work.prospects.get_many(wanted.get(SubjectKind.PROSPECT, ()))
    people: list[Customer | Lead | Prospect] = [*customers.values(), *leads.values(), *prospects.values()]
    return {person.id: person.name for person in people}
