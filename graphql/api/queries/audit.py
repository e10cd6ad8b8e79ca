"""The audit trail."""

from typing import Annotated

import strawberry

from api.context import Info
from api.fields import query
from api.lists import AUDIT_EVENTS
from api.paging import After, Before, Connection, First, Last, PageArguments, read_connection
from api.permissions import needs
from api.types.audit import AuditEvent
from api.types.filters import AuditEventFilterInput
from api.types.orders import AuditEventOrderInput
from core.domain.access import Scope
from core.domain.listing import AuditOrder


@query(
    "Who did what, when, from where and to what, latest first (log de operações). Events of the whole company are "
    "seen by tokens that reach every branch.",
    permission=needs(Scope.AUDIT),
)
async def audit_events(
    info: Info,
    matching: Annotated[
        AuditEventFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[
        AuditEventOrderInput | None,
        strawberry.argument(description="The order; latest first, unless given (ordenação)."),
    ] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[AuditEvent]:
    return await read_connection(
        info.context,
        AUDIT_EVENTS,
        (matching or AuditEventFilterInput()).read(info.context.caller),
        (order_by or AuditEventOrderInput(field=AuditOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        AuditEvent.of,
    )
