"""Open a consultation's report for reading: our own sheet (imprimir, baixar PDF), or the provider's page as it came."""

from dataclasses import dataclass

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.consultation import Consultation
from core.domain.errors import NotFound
from core.domain.report_sheet import ReportSheet
from core.domain.subjects import SubjectKind
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReportCommand:
    """number: the consultation's sequential number. form: what is opened, for the audit trail."""

    caller: Caller
    number: int
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReport:
    """Reads what a sheet is printed from; the trail tells who looked (LGPD art. 37).

    Raises Forbidden READ_CONSULTATIONS, and NotFound when there is no such consultation in the caller's branches or it
    delivered no report.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: OpenReportCommand) -> ReportSheet:
        """The sheet, with the document masked unless the caller may see documents whole."""
        command.caller.require(Scope.READ_CONSULTATIONS)
        async with self.units_of_work.begin() as work:
            consultation = await _visible(work, command)
            report = (await work.consultations.reports([consultation.id])).get(consultation.id)
            branch = await work.branches.get(consultation.branch_id)
            integration = await work.integrations.get(consultation.integration_id)
            if report is None or branch is None or integration is None:
                raise NotFound(kind="Consultation", path=("number",))
            await _audit(work, self, command, consultation)
            return ReportSheet(
                consultation=consultation,
                report=report,
                intermediary=integration.intermediary,
                branch_name=branch.name,
                branch_document=branch.document,
                subject_name=await _subject_name(work, consultation),
                whole_document=Scope.WHOLE_DOCUMENTS in command.caller.scopes,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOriginal:
    """Reads the provider's own page. It shows documents whole, so only those who may see them so may open it.

    Raises Forbidden READ_CONSULTATIONS or WHOLE_DOCUMENTS, and NotFound like OpenReport.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: OpenReportCommand) -> tuple[bytes, str]:
        """The page byte for byte, and its media type."""
        command.caller.require(Scope.READ_CONSULTATIONS, Scope.WHOLE_DOCUMENTS)
        async with self.units_of_work.begin() as work:
            consultation = await _visible(work, command)
            original = await work.consultations.original(consultation.id)
            if original is None:
                raise NotFound(kind="Consultation", path=("number",))
            await _audit(work, self, command, consultation)
            return original


async def _visible(work: UnitOfWork, command: OpenReportCommand) -> Consultation:
    consultation = await work.consultations.by_number(command.number)
    if consultation is None or not command.caller.reaches(consultation.branch_id):
        raise NotFound(kind="Consultation", path=("number",))
    return consultation


async def _audit(
    work: UnitOfWork,
    use_case: OpenReport | OpenOriginal,
    command: OpenReportCommand,
    consultation: Consultation,
) -> None:
    await work.audit.add(
        audited(
            command.caller,
            AuditAction.REPORT_OPENED,
            event_id=use_case.ids.new(),
            at=use_case.clock.now(),
            record=("Consultation", consultation.id),
            branch_id=consultation.branch_id,
            number=consultation.number,
            form=command.form,
        )
    )


async def _subject_name(work: UnitOfWork, consultation: Consultation) -> str | None:
    if consultation.subject_id is None:
        return None
    match consultation.subject_kind:
        case SubjectKind.CUSTOMER:
            found = await work.customers.get(consultation.subject_id)
            return found.name if found else None
        case SubjectKind.LEAD:
            lead = await work.leads.get(consultation.subject_id)
            return lead.name if lead else None
        case SubjectKind.PROSPECT:
            prospect = await work.prospects.get(consultation.subject_id)
            return prospect.name if prospect else None
        case _:
            return None
