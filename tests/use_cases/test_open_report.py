"""Opening a report: who may, what they see, and that the trail tells of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from adapters.memory.clock import FixedClock
from adapters.memory.ids import SequentialIds
from adapters.memory.storage import MemoryStorage
from adapters.memory.unit_of_work import MemoryUnitsOfWork
from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, AuditEvent
from core.domain.consultation import Consultation
from core.domain.errors import Forbidden, NotFound
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.paging import Direction, Order, Window
from core.domain.subjects import SubjectKind
from core.use_cases.open_report import OpenOriginal, OpenReport, OpenReportCommand
from support.builders import (
    make_branch,
    make_bureau_report,
    make_caller,
    make_consultation,
    make_customer,
    make_integration,
    make_lead,
    make_prospect,
    new_id,
)


class Desk:
    """A branch whose customer was consulted, and the two use cases."""

    def __init__(self) -> None:
        clock = FixedClock()
        self.units_of_work = MemoryUnitsOfWork(MemoryStorage(), clock)
        ids = SequentialIds()
        self.open_report = OpenReport(units_of_work=self.units_of_work, clock=clock, ids=ids)
        self.open_original = OpenOriginal(units_of_work=self.units_of_work, clock=clock, ids=ids)
        self.branch = make_branch(name="Matriz")
        self.integration = make_integration(branch_id=self.branch.id)
        self.delivered = make_bureau_report(original=b"<p>as it came</p>", original_media_type="text/html")

    async def consulted(self, *, delivered: bool = True, **changes: Any) -> Consultation:
        """A consultation of this branch, with its report unless none was delivered."""
        async with self.units_of_work.begin() as work:
            if await work.branches.get(self.branch.id) is None:
                await work.branches.add(self.branch)
                await work.integrations.add(self.integration)
            made = make_consultation(branch_id=self.branch.id, integration_id=self.integration.id, **changes)
            consultation = await work.consultations.add(made)
            if delivered:
                await work.consultations.add_report(consultation.id, self.delivered)
        return consultation

    async def trail(self) -> list[AuditEvent]:
        """What the audit trail holds."""
        async with self.units_of_work.read() as work:
            page = await work.audit.page(
                AuditFilter(), Order(AuditOrder.NUMBER, Direction.ASC), Window(size=100)
            )
        return [edge.record for edge in page.edges]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def _command(consultation: Consultation, caller: Caller | None = None) -> OpenReportCommand:
    return OpenReportCommand(caller=caller or make_caller(), number=consultation.number, form="html")


def _without(*scopes: Scope) -> Caller:
    return make_caller(scopes=frozenset(Scope) - set(scopes))


async def test_the_sheet_holds_what_is_printed(desk: Desk) -> None:
    consultation = await desk.consulted()
    sheet = await desk.open_report(_command(consultation))
    assert sheet.consultation == consultation
    assert sheet.report == desk.delivered.report
    assert (sheet.branch_name, sheet.branch_document) == ("Matriz", desk.branch.document)
    assert sheet.intermediary is desk.integration.intermediary
    assert sheet.whole_document


async def test_the_provider_page_is_untouched(desk: Desk) -> None:
    consultation = await desk.consulted()
    assert await desk.open_original(_command(consultation)) == (b"<p>as it came</p>", "text/html")


async def test_every_opening_is_in_the_trail(desk: Desk) -> None:
    consultation = await desk.consulted()
    await desk.open_report(_command(consultation))
    await desk.open_original(_command(consultation))
    opened = await desk.trail()
    assert [event.action for event in opened] == [AuditAction.REPORT_OPENED] * 2
    assert {event.record_id for event in opened} == {consultation.id}


async def test_documents_are_masked_for_those_who_may_not_see_them_whole(desk: Desk) -> None:
    consultation = await desk.consulted()
    sheet = await desk.open_report(_command(consultation, _without(Scope.WHOLE_DOCUMENTS)))
    assert not sheet.whole_document
    with pytest.raises(Forbidden, check=lambda error: error.scope == "WHOLE_DOCUMENTS"):
        await desk.open_original(_command(consultation, _without(Scope.WHOLE_DOCUMENTS)))


async def test_reading_reports_is_a_right_of_its_own(desk: Desk) -> None:
    consultation = await desk.consulted()
    command = _command(consultation, _without(Scope.READ_CONSULTATIONS))
    for opening in (desk.open_report(command), desk.open_original(command)):
        with pytest.raises(Forbidden, check=lambda error: error.scope == "READ_CONSULTATIONS"):
            await opening
    assert await desk.trail() == []


@pytest.mark.parametrize("elsewhere", [frozenset({new_id()}), frozenset()])
async def test_reports_of_other_branches_do_not_exist(desk: Desk, elsewhere: frozenset[UUID]) -> None:
    consultation = await desk.consulted()
    command = _command(consultation, make_caller(branch_ids=elsewhere))
    for opening in (desk.open_report(command), desk.open_original(command)):
        with pytest.raises(NotFound):
            await opening


async def test_what_delivered_no_report_has_none(desk: Desk) -> None:
    consultation = await desk.consulted(delivered=False)
    for opening in (desk.open_report(_command(consultation)), desk.open_original(_command(consultation))):
        with pytest.raises(NotFound):
            await opening


async def test_an_unknown_number_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await desk.open_report(OpenReportCommand(caller=make_caller(), number=999, form="html"))


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (SubjectKind.CUSTOMER, make_customer),
        (SubjectKind.LEAD, make_lead),
        (SubjectKind.PROSPECT, make_prospect),
    ],
)
async def test_the_sheet_names_the_subject_of_our_records(
    desk: Desk, kind: SubjectKind, make: Callable[..., object]
) -> None:
    subject_id = new_id()
    consultation = await desk.consulted(subject_kind=kind, subject_id=subject_id)
    subject = make(id=subject_id, branch_id=desk.branch.id, name="Helena Exemplo")
    async with desk.units_of_work.begin() as work:
        stores = {
            SubjectKind.CUSTOMER: work.customers.add,
            SubjectKind.LEAD: work.leads.add,
            SubjectKind.PROSPECT: work.prospects.add,
        }
        await stores[kind](subject)  # type: ignore[operator]
    assert (await desk.open_report(_command(consultation))).subject_name == "Helena Exemplo"


async def test_a_bare_document_has_no_name_of_ours(desk: Desk) -> None:
    consultation = await desk.consulted(subject_kind=SubjectKind.CPF, subject_id=None)
    assert (await desk.open_report(_command(consultation))).subject_name is None
