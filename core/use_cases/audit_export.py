"""The entry in the audit trail for a report that leaves as a file."""

from datetime import datetime
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from ports.unit_of_work import UnitsOfWork


async def audit_export(
    units_of_work: UnitsOfWork,
    caller: Caller,
    *,
    kind: str,
    form: str,
    branch_ids: frozenset[UUID] | None,
    event_id: UUID,
    at: datetime,
) -> None:
    """Write down who took which report out, in which form, and whether documents were whole (LGPD art. 37).

    It is written before the first line leaves, so an export that was broken off is in the trail as well.
    """
    async with units_of_work.begin() as work:
        await work.audit.add(
            audited(
                caller,
                AuditAction.REPORT_OPENED,
                event_id=event_id,
                at=at,
                record=(kind, None),
                branch_id=next(iter(branch_ids)) if branch_ids is not None and len(branch_ids) == 1 else None,
                form=form,
                wholeDocuments=Scope.WHOLE_DOCUMENTS in caller.scopes,
            )
        )
