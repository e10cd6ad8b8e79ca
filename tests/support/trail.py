"""The audit trail, as tests read it."""

from core.domain.audit import AuditAction, AuditEvent
from core.domain.listing import AuditFilter, AuditOrder
from core.domain.paging import Direction, Order, Window
from support.world import World


async def events_of(world: World, action: AuditAction) -> list[AuditEvent]:
    """The entries of one action, oldest first."""
    async with world.units_of_work.read() as work:
        page = await work.audit.page(
            AuditFilter(action=action), Order(AuditOrder.NUMBER, Direction.ASC), Window(size=100)
        )
    return [edge.record for edge in page.edges]


async def actions_of(world: World) -> list[AuditAction]:
    """The actions of the last entries, newest first."""
    async with world.units_of_work.read() as work:
        page = await work.audit.page(
            AuditFilter(), Order(AuditOrder.NUMBER, Direction.DESC), Window(size=100)
        )
    return [edge.record.action for edge in page.edges]


async def refusals_told(world: World) -> list[str]:
    """The kinds of the passwords that the trail tells were refused, oldest first."""
    return [str(event.details["kind"]) for event in await events_of(world, AuditAction.CREDENTIALS_REFUSED)]
