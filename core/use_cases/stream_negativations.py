"""All registrations that a filter selects, for the report of registrations (relatório de negativações de crédito)."""

from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, replace

from core.domain.access import Caller, Scope
from core.domain.branch import Branch
from core.domain.invoice import Invoice
from core.domain.listing import NegativationFilter, NegativationOrder
from core.domain.negativation import Negativation
from core.domain.paging import Cursor, Direction, Order, Window
from ports.unit_of_work import UnitOfWork, UnitsOfWork

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativationLine:
    """A registration with what the report shows beside it."""

    negativation: Negativation
    branch: Branch
    invoice: Invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamNegativations:
    """Policy: oldest first, as of each chunk's reading; memory does not grow with the length of the report."""

    units_of_work: UnitsOfWork

    async def __call__(
        self, caller: Caller, matching: NegativationFilter
    ) -> AsyncGenerator[NegativationLine, None]:
        """The lines, five hundred read at a time. Raises Forbidden at the first one."""
        caller.require(Scope.READ)
        narrowed = replace(matching, branch_ids=caller.narrowed(matching.branch_ids))
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
    invoices = await work.invoices.get_many({negativation.invoice_id for negativation in negativations})
    return [
        NegativationLine(
            negativation=negativation,
            branch=branches[negativation.branch_id],
            invoice=invoices[negativation.invoice_id],
        )
        for negativation in negativations
    ]
