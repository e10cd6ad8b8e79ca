"""Watched companies, and what was found about them."""

from typing import Annotated

import strawberry

from api.context import Info
from api.fields import query
from api.lists import MONITOR_CHANGES, MONITORS
from api.paging import After, Before, Connection, First, Last, PageArguments, read_connection
from api.permissions import needs
from api.types.monitor import Monitor, MonitorChange
from api.types.orders import MonitorOrderInput
from api.types.routine_filters import MonitorChangeFilterInput, MonitorFilterInput
from core.domain.access import Scope
from core.domain.listing import MonitorOrder

_ORDER = "The order; by number, latest first, unless given (ordenação)."


@query(
    "The companies that are watched, latest first (monitoramento de CNPJ).",
    permission=needs(Scope.MONITOR, Scope.READ),
)
async def monitors(
    info: Info,
    matching: Annotated[
        MonitorFilterInput | None, strawberry.argument(name="filter", description="Which of them (filtro).")
    ] = None,
    order_by: Annotated[MonitorOrderInput | None, strawberry.argument(description=_ORDER)] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[Monitor]:
    return await read_connection(
        info.context,
        MONITORS,
        (matching or MonitorFilterInput()).read(info.context.caller),
        (order_by or MonitorOrderInput(field=MonitorOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        Monitor.of,
    )


@query(
    "What the provider found at watched companies, latest first (alterações encontradas no monitoramento). The "
    "provider is asked on a schedule, not by this query.",
    permission=needs(Scope.MONITOR, Scope.READ),
)
async def monitor_changes(
    info: Info,
    matching: Annotated[
        MonitorChangeFilterInput | None,
        strawberry.argument(name="filter", description="Which of them (filtro)."),
    ] = None,
    order_by: Annotated[MonitorOrderInput | None, strawberry.argument(description=_ORDER)] = None,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
) -> Connection[MonitorChange]:
    return await read_connection(
        info.context,
        MONITOR_CHANGES,
        (matching or MonitorChangeFilterInput()).read(info.context.caller),
        (order_by or MonitorOrderInput(field=MonitorOrder.NUMBER)).order(),
        PageArguments(first=first, after=after, last=last, before=before),
        MonitorChange.of,
    )
