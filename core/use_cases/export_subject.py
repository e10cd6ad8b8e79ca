"""Everything that is held of a person, for that person (acesso aos dados, LGPD arts. 18 II and 19; CDC art. 43)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, AuditEvent
from core.domain.bureau import Environment
from core.domain.consultation import Consultation
from core.domain.documents import Document, parse_document
from core.domain.integration import Intermediary
from core.domain.invoice import Invoice
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.monitoring import Monitor
from core.domain.negativation import HistoryEntry, Negativation
from core.domain.paging import Direction, Order
from core.domain.report import CreditReport
from core.domain.subjects import Customer, Lead, Prospect
from core.use_cases.subject_records import SubjectRecords, everything, subject_event, subject_records
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSubjectCommand:
    """document: CPF or CNPJ, punctuated or not."""

    caller: Caller
    document: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalPage:
    """The provider's own page of a report, as it came."""

    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedConsultation:
    """A consultation with what was answered; None for what was forgotten or never came."""

    consultation: Consultation
    report: CreditReport | None
    original: OriginalPage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedNegativation:
    """A registration with all that happened to it."""

    negativation: Negativation
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom the data went to (uso compartilhado, LGPD art. 18 VII), and in how many consultations and registrations."""

    intermediary: Intermediary
    environment: Environment
    consultations: int
    negativations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectExport:
    """All of it, oldest first. audit_events: what was done to these records; it holds no data of the person itself."""

    document: Document
    exported_at: datetime
    customers: tuple[Customer, ...]
    leads: tuple[Lead, ...]
    prospects: tuple[Prospect, ...]
    invoices: tuple[Invoice, ...]
    consultations: tuple[ExportedConsultation, ...]
    negativations: tuple[ExportedNegativation, ...]
    monitors: tuple[Monitor, ...]
    recipients: tuple[Recipient, ...]
    audit_events: tuple[AuditEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSubject:
    """Policy: READ, READ_CONSULTATIONS, WHOLE_DOCUMENTS and AUDIT, by those who reach every branch.

    That it was asked for is in the audit trail, with a keyed digest instead of the document. Raises Forbidden, InvalidInput.
    """

    units_of_work: UnitsOfWork
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: ExportSubjectCommand) -> SubjectExport:
        """All that is held; empty lists when nothing is."""
        command.caller.require(Scope.READ, Scope.READ_CONSULTATIONS, Scope.WHOLE_DOCUMENTS, Scope.AUDIT)
        command.caller.require_every_branch()
        document = parse_document(command.document, path=("document",))
        async with self.units_of_work.begin() as work:
            event = subject_event(
                command.caller,
                AuditAction.SUBJECT_EXPORTED,
                event_id=self.ids.new(),
                at=self.clock.now(),
                subject=self.vault.fingerprint(document.number),
            )
            await work.audit.add(event)
        async with self.units_of_work.read() as work:
            records = await subject_records(work, document)
            return SubjectExport(
                document=document,
                exported_at=event.at,
                customers=tuple(records.customers),
                leads=tuple(records.leads),
                prospects=tuple(records.prospects),
                invoices=tuple(records.invoices),
                consultations=await _consultations(work, records),
                negativations=await _negativations(work, records),
                monitors=tuple(records.monitors),
                recipients=await _recipients(work, records),
                audit_events=await _audit_events(work, records),
            )


async def _consultations(work: UnitOfWork, records: SubjectRecords) -> tuple[ExportedConsultation, ...]:
    reports = await work.consultations.reports([each.id for each in records.consultations])
    exported = []
    for consultation in records.consultations:
        original = await work.consultations.original(consultation.id)
        exported.append(
            ExportedConsultation(
                consultation=consultation,
                report=reports.get(consultation.id),
                original=original and OriginalPage(content=original[0], media_type=original[1]),
            )
        )
    return tuple(exported)


async def _negativations(work: UnitOfWork, records: SubjectRecords) -> tuple[ExportedNegativation, ...]:
    histories = await work.negativations.histories([each.id for each in records.negativations])
    return tuple(
        ExportedNegativation(negativation=each, history=tuple(histories[each.id]))
        for each in records.negativations
    )


async def _recipients(work: UnitOfWork, records: SubjectRecords) -> tuple[Recipient, ...]:
    used = {each.integration_id for each in records.consultations}
    used |= {each.integration_id for each in records.negativations}
    integrations = await work.integrations.get_many(used)

    def told(of: list[Consultation] | list[Negativation]) -> Counter[tuple[Intermediary, Environment]]:
        return Counter((integrations[each.integration_id].intermediary, each.environment) for each in of)

    consulted, registered = told(records.consultations), told(records.negativations)
    return tuple(
        Recipient(
            intermediary=intermediary,
            environment=environment,
            consultations=consulted[intermediary, environment],
            negativations=registered[intermediary, environment],
        )
        for intermediary, environment in sorted(consulted | registered)
    )


async def _audit_events(work: UnitOfWork, records: SubjectRecords) -> tuple[AuditEvent, ...]:
    found: dict[int, AuditEvent] = {}
    order = Order(AuditOrder.NUMBER, Direction.ASC)
    for record_id in records.ids:
        async for event in everything(work.audit, AuditFilter(record_id=record_id), order):
            found[event.number] = event
    return tuple(found[number] for number in sorted(found))
