"""All registrations that a filter selects, for the report of registrations (relatório de negativações de crédito)."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, replace

from core.domain.access import Caller, Scope
from core.domain.branch import Branch
from core.domain.integration import Integration
from core.domain.invoice import Invoice
from core.domain.listing import NegativationFilter, NegativationOrder
from core.domain.negativation import Negativation
from core.domain.paging import Cursor, Direction, Order, Window
from core.use_cases.audit_export import audit_export
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

CHUNK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativationLine:
    """A registration with what the report shows beside it."""

    negativation: Negativation
    branch: Branch
    integration: Integration
    invoice: Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamNegativationsCommand:
    """Which registrations, and what they are made into (`form`, for the audit trail)."""

    caller: Caller
    matching: NegativationFilter
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamNegativations:
    """Policy: oldest first, as of each chunk's reading; memory does not grow with the length of the report; audited."""

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: StreamNegativationsCommand) -> AsyncGenerator[NegativationLine, None]:
        """The lines, two hundred read at a time. Raises Forbidden at the first one."""
        caller = command.caller
        caller.require(Scope.READ)
        narrowed = replace(command.matching, branch_ids=caller.narrowed(command.matching.branch_ids))
        await audit_export(
            self.units_of_work,
            caller,
            kind="Negativations",
            form=command.form,
            branch_ids=narrowed.branch_ids,
            event_id=self.ids.new(),
            at=self.clock.now(),
        )
        order = Order(NegativationOrder.NUMBER, Direction.ASC)
        after: Cursor | None = None
        while True:
            async with self.units_of_work.read() as work:
                page = await work.negativations.page(narrowed, order, Window(size=CHUNK, after=after))
                lines = await _lines(work, [edge.record for edge in page.edges])
            for line in lines:
                yield line
            if not page.has_next:
                return
            after = page.edges[-1].cursor


async def _lines(work: UnitOfWork, negativations: Collection[Negativation]) -> list[NegativationLine]:
    branches = await work.branches.get_many({negativation.branch_id for negativation in negativations})
    integrations = await work.integrations.get_many(
        {negativation.integration_id for negativation in negativations}
    )
    invoices = await work.invoices.get_many({negativation.invoice_id for negativation in negativations})
    return [
        NegativationLine(
            negativation=negativation,
            branch=branches[negativation.branch_id],
            integration=integrations[negativation.integration_id],
            invoice=invoices[negativation.invoice_id],
        )
        for negativation in negativations
    ]
