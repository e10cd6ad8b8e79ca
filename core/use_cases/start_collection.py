"""Begin a run of the collection routine for a date."""

from dataclasses import dataclass
from datetime import date

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.branch import Branch
from core.domain.calendar_rules import local_date
from core.domain.collection import CollectionPhase, CollectionProgress, CollectionRun, CollectionRunStatus
from core.domain.listing import BranchFilter, BranchOrder
from core.domain.paging import MAX_PAGE, Cursor, Direction, Order, Window
from core.use_cases.record_input import RecordReader
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitOfWork, UnitsOfWork

PREFIX = "collection:run:"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCollectionCommand:
    """run_date: the controlling date, None for today. dry_run: decide about everything and do nothing."""

    caller: Caller
    run_date: date | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCollection:
    """Policy.

    - A date has one real run; asking for it again gives that run and has no effect.
    - A real run concerns the whole company, so it wants a caller that reaches every branch, and no date to come. A dry
      run looks at any date that an invoice may bear and at the branches that its caller reaches.
    - Credit analysis switched off, a run only clears.

    Raises Forbidden, InvalidInput FUTURE_DATE and DATE_OUT_OF_RANGE.
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: StartCollectionCommand) -> CollectionRun:
        """The run, begun or found; the routine that carries it on is scheduled with it."""
        caller = command.caller
        caller.require(Scope.RUN_COLLECTION)
        if not command.dry_run:
            caller.require_every_branch()
        today = local_date(self.clock.now())
        run_date = command.run_date or today
        reader = RecordReader()
        reader.day(run_date, "date")
        if run_date > today and not command.dry_run:
            reader.add(("date",), "FUTURE_DATE")
        reader.raise_if_any()
        async with self.units_of_work.begin() as work:
            return await begin_run(
                work, caller, run_date, dry_run=command.dry_run, clock=self.clock, ids=self.ids
            )


async def begin_run(
    work: UnitOfWork, caller: Caller, run_date: date, *, dry_run: bool, clock: Clock, ids: Ids
) -> CollectionRun:
    """Begin a run, or find the real one of that date, in a unit of work that is already open."""
    await work.lock(f"collection:{run_date}")
    known = None if dry_run else await work.collection_runs.of_date(run_date)
    if known is not None:
        return known
    now = clock.now()
    branch_ids = tuple(branch.id for branch in await _branches(work, caller))
    enabled = (await work.parameters.credit()).enabled
    phase = CollectionPhase.REGISTER if enabled else CollectionPhase.CLEAR
    run = await work.collection_runs.add(
        CollectionRun(
            id=ids.new(),
            number=0,
            run_date=run_date,
            dry_run=dry_run,
            status=CollectionRunStatus.RUNNING,
            branch_ids=branch_ids,
            progress=CollectionProgress(phase=phase, branch_ids=branch_ids),
            examined=0,
            started_at=now,
            started_by=caller.name,
        )
    )
    await work.routines.ensure(f"{PREFIX}{run.id}", now)
    await work.audit.add(
        audited(
            caller,
            AuditAction.COLLECTION_RUN,
            event_id=ids.new(),
            at=now,
            record=("CollectionRun", run.id),
            branch_id=None,
            number=run.number,
            date=run_date.isoformat(),
            dryRun=dry_run,
        )
    )
    return run


async def _branches(work: UnitOfWork, caller: Caller) -> list[Branch]:
    order = Order(BranchOrder.NUMBER, Direction.ASC)
    found: list[Branch] = []
    after: Cursor | None = None
    while True:
        matching = BranchFilter(branch_ids=caller.branch_ids)
        page = await work.branches.page(matching, order, Window(size=MAX_PAGE, after=after))
        found.extend(edge.record for edge in page.edges)
        if not page.has_next:
            return found
        after = page.edges[-1].cursor
