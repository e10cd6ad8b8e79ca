"""Lines of reports in memory."""

from datetime import UTC, datetime
from uuid import UUID

from core.domain.consultation import Consultation
from core.domain.listing import (
    ConsultationFilter,
    ConsultationOrderField,
    NegativationFilter,
    NegativationOrder,
)
from core.domain.paging import Cursor, Direction, Order, Window
from core.domain.subjects import Customer, Lead, Prospect
from ports.report_lines import ConsultationLines, Found, NegativationLines, ReportLines
from ports.unit_of_work import UnitOfWork, UnitsOfWork


class MemoryReportLines(ReportLines):
    """Lines made of records."""

    def __init__(self, units_of_work: UnitsOfWork) -> None:
        self._units_of_work = units_of_work

    async def consultations(
        self, matching: ConsultationFilter, after: int, size: int
    ) -> Found[ConsultationLines]:
        order = Order(ConsultationOrderField.NUMBER, Direction.ASC)
        async with self._units_of_work.read() as work:
            page = await work.consultations.page(matching, order, _window(after, size))
            found = [edge.record for edge in page.edges]
            branches = await work.branches.get_many({each.branch_id for each in found})
            integrations = await work.integrations.get_many({each.integration_id for each in found})
            names = await _names(work, found)
        lines = ConsultationLines(
            number=[each.number for each in found],
            performed_at=[_text(each.performed_at) for each in found],
            subject_kind=[each.subject_kind for each in found],
            subject_name=[names.get(each.subject_id) if each.subject_id else None for each in found],
            document=[each.document.number for each in found],
            state_code=[each.state_code for each in found],
            plan=[each.plan for each in found],
            purpose=[each.purpose for each in found],
            outcome=[each.outcome for each in found],
            branch_name=[branches[each.branch_id].name for each in found],
            integration_number=[integrations[each.integration_id].number for each in found],
            intermediary=[integrations[each.integration_id].intermediary for each in found],
            environment=[each.environment for each in found],
            performed_by=[each.performed_by for each in found],
            billable=[each.billable for each in found],
            cost=[each.cost.centavos if each.cost else None for each in found],
            protocol=[each.protocol for each in found],
            bureau_code=[each.bureau_code for each in found],
        )
        return Found(numbers=lines.number, lines=lambda: lines)

    async def negativations(
        self, matching: NegativationFilter, after: int, size: int
    ) -> Found[NegativationLines]:
        order = Order(NegativationOrder.NUMBER, Direction.ASC)
        async with self._units_of_work.read() as work:
            page = await work.negativations.page(matching, order, _window(after, size))
            found = [edge.record for edge in page.edges]
            branches = await work.branches.get_many({each.branch_id for each in found})
            integrations = await work.integrations.get_many({each.integration_id for each in found})
            invoices = await work.invoices.get_many({each.invoice_id for each in found})
        clearings = [each.clearing for each in found]
        lines = NegativationLines(
            number=[each.number for each in found],
            status=[each.status for each in found],
            form=[each.form for each in found],
            debtor_name=[each.debtor.name for each in found],
            debtor_document=[each.debtor.document.number for each in found],
            invoice_number=[invoices[each.invoice_id].number for each in found],
            invoice_external_id=[invoices[each.invoice_id].external_id for each in found],
            invoice_status=[invoices[each.invoice_id].status for each in found],
            contract=[each.contract for each in found],
            amount=[each.amount.centavos for each in found],
            due_on=[each.due_on.isoformat() for each in found],
            expires_on=[each.expires_on.isoformat() for each in found],
            branch_name=[branches[each.branch_id].name for each in found],
            integration_number=[integrations[each.integration_id].number for each in found],
            intermediary=[integrations[each.integration_id].intermediary for each in found],
            environment=[each.environment for each in found],
            restriction_code=[each.restriction_code for each in found],
            created_at=[_text(each.created_at) for each in found],
            created_by=[each.created_by for each in found],
            updated_at=[_text(each.updated_at) for each in found],
            protocol=[each.protocol for each in found],
            clearing_code=[each.code if each else None for each in clearings],
            clearing_requested_at=[_text(each.requested_at) if each else None for each in clearings],
            clearing_requested_by=[each.requested_by if each else None for each in clearings],
            clearing_due_on=[
                each.clearing_due_on.isoformat() if each.clearing_due_on else None for each in found
            ],
            codes=[each.codes for each in found],
        )
        return Found(numbers=lines.number, lines=lambda: lines)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat()


def _window(after: int, size: int) -> Window:
    return Window(size=size, after=Cursor(after, after))


async def _names(work: UnitOfWork, consultations: list[Consultation]) -> dict[UUID, str]:
    ids = {each.subject_id for each in consultations if each.subject_id is not None}
    people: list[Customer | Lead | Prospect] = [
        *(await work.customers.get_many(ids)).values(),
        *(await work.leads.get_many(ids)).values(),
        *(await work.prospects.get_many(ids)).values(),
    ]
    return {person.id: person.name for person in people}
