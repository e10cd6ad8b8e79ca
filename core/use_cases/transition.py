"""Moving a registration through its life cycle: the new state and its history entry, stored together."""

from datetime import datetime

from core.domain.bureau import BureauCode
from core.domain.negativation import Negativation, Trigger
from ports.unit_of_work import UnitOfWork


async def move(
    work: UnitOfWork,
    negativation: Negativation,
    trigger: Trigger,
    *,
    at: datetime,
    actor: str,
    codes: tuple[BureauCode, ...] = (),
) -> Negativation:
    """Apply `trigger` and store the outcome. Raises IllegalTransition when the life cycle does not allow it."""
    moved, entry = negativation.moved(trigger, at=at, actor=actor, codes=codes)
    await work.negativations.save(moved)
    await work.negativations.add_history({moved.id: [entry]})
    return moved
