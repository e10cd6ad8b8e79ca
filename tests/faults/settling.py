"""Waiting until nothing is in flight, and the last word on a run."""

from collections.abc import Sequence

from e2e.processes import eventually
from faults.fleet import Fleet
from faults.ledgers import Verdict, compare, read_ours
from faults.load import Acknowledged

SETTLE_SECONDS = 120


async def settled(fleet: Fleet, told: Acknowledged, days: Sequence[int] = (1,)) -> Verdict:
    """The verdict once the bureau behaves, everything promised is done, and so many days passed, with their batches."""
    await fleet.bureau.behave()
    verdict = await _eventually_settled(fleet, told)
    for passing in days:
        await fleet.bureau.advance(passing)
        verdict = await _eventually_settled(fleet, told)
    return verdict


async def _eventually_settled(fleet: Fleet, told: Acknowledged) -> Verdict:
    async def verdict() -> Verdict:
        ours = await read_ours(fleet.company.database_url)
        return compare(ours, fleet.bureau.state, told, fleet.company)

    return await eventually(verdict, lambda found: not found.unsettled, seconds=SETTLE_SECONDS)
