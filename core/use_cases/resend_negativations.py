"""Resend everything of the error inbox that a filter selects, each with its own result."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from uuid import UUID

from core.domain.access import Caller, Scope
from core.domain.errors import DomainError, Forbidden, InvalidInput, Problem
from core.domain.listing import NegativationFilter, NegativationOrder
from core.domain.negativation import Negativation, NegativationStatus
from core.domain.paging import Direction, Order, Window
from core.use_cases.repeatable import claim_batch, key_of_part
from core.use_cases.resend_negativation import ResendNegativation, ResendNegativationCommand
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

OPERATION = "resendNegativations"
MAX_BATCH = 100
RESENDABLE = frozenset({NegativationStatus.REJECTED, NegativationStatus.CLEARING_REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendNegativationsCommand:
    """Which ones: by id (at most 100), or by filter, of which the oldest 100 errors are taken.

    With an idempotency key each has a key of its own; what a filter selects is looked up afresh each time.
    """

    caller: Caller
    matching: NegativationFilter
    negativation_ids: Sequence[UUID] | None = None
    force: bool = False
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resent:
    """What came of one of them: the registration as it is now, and why it was not resent."""

    negativation_id: UUID
    outcome: Negativation | DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendNegativations:
    """Policy: only errors are taken up; what is wrong with one does not keep the others from being resent.

    Raises Forbidden, InvalidInput (TOO_MANY, INVALID_IDEMPOTENCY_KEY), IdempotencyConflict.
    """

    units_of_work: UnitsOfWork
    resend: ResendNegativation
    vault: Vault
    clock: Clock
    ids: Ids

    async def __call__(self, command: ResendNegativationsCommand) -> list[Resent]:
        """One result each, oldest first (or in the order of the ids)."""
        command.caller.require(Scope.RESEND)
        selected = await self._selected(command)
        await claim_batch(
            self.units_of_work,
            self.vault,
            command.caller,
            command.idempotency_key,
            OPERATION,
            command.force,
            _canonical(command.matching),
            *(command.negativation_ids or ()),
            batch_id=self.ids.new(),
            at=self.clock.now(),
        )
        results = []
        for negativation_id in selected:
            single = ResendNegativationCommand(
                caller=command.caller,
                negativation_id=negativation_id,
                force=command.force,
                idempotency_key=key_of_part(command.idempotency_key, negativation_id),
            )
            outcome: Negativation | DomainError
            try:
                outcome = await self.resend(single)
            except Forbidden:
                raise
            except DomainError as error:
                outcome = error
            results.append(Resent(negativation_id=negativation_id, outcome=outcome))
        return results

    async def _selected(self, command: ResendNegativationsCommand) -> Sequence[UUID]:
        if command.negativation_ids is not None:
            if len(command.negativation_ids) > MAX_BATCH:
                raise InvalidInput(problems=(Problem(("negativationIds",), "TOO_MANY", {"max": MAX_BATCH}),))
            return command.negativation_ids
        asked = command.matching.status
        matching = replace(
            command.matching,
            status=RESENDABLE if asked is None else asked & RESENDABLE,
            branch_ids=command.caller.narrowed(command.matching.branch_ids),
        )
        async with self.units_of_work.read() as work:
            order = Order(NegativationOrder.NUMBER, Direction.ASC)
            page = await work.negativations.page(matching, order, Window(size=MAX_BATCH))
        return [edge.record.id for edge in page.edges]


def _canonical(matching: NegativationFilter) -> str:
    """The filter as text, the same for the same filter: sets have no order of their own."""
    values = ((field.name, getattr(matching, field.name)) for field in fields(matching))
    return repr(
        [
            (name, sorted(map(str, value)) if isinstance(value, frozenset) else str(value))
            for name, value in values
        ]
    )
