"""Run the collection routine for a date (rotina de cobrança), for real or to see what it would do."""

from dataclasses import dataclass
from datetime import timedelta

from core.domain.collection import CollectionRun, CollectionRunStatus
from core.use_cases.advance_collection import AdvanceCollection
from core.use_cases.start_collection import StartCollection, StartCollectionCommand
from ports.clock import Clock

PATIENCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCollection:
    """Policy: a short run is answered when it is done; a long one is answered while it runs and carried on by itself.

    Raises Forbidden, InvalidInput FUTURE_DATE and DATE_OUT_OF_RANGE.
    """

    start: StartCollection
    advance: AdvanceCollection
    clock: Clock

    async def __call__(self, command: StartCollectionCommand) -> CollectionRun:
        """The run, as far as it has come within two seconds."""
        run = await self.start(command)
        deadline = self.clock.now() + PATIENCE
        while run.status is CollectionRunStatus.RUNNING and self.clock.now() < deadline:
            run = await self.advance(run.id)
        return run
