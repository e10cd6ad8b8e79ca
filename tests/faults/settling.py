"""Waiting until nothing is in flight, and the last word on a run."""

from e2e.processes import eventually
from faults.fleet import Fleet
from faults.ledgers import Verdict, compare, read_ours
from faults.load import Acknowledged

SETTLE_SECONDS = 120
NOTICE_DAYS = 11


async def settled(fleet: Fleet, told: Acknowledged) -> Verdict:
    """The verdict once the bureau behaves, everything promised is done, and the batches of the last days were fetched."""
    await fleet.bureau.behave()
    verdict = await _eventually_settled(fleet, told)
    for days in (1, NOTICE_DAYS):
        await fleet.bureau.advance(days)
        verdict = await _eventually_settled(fleet, told)
    return verdict


async def _eventually_settled(fleet: Fleet, told: Acknowledged) -> Verdict:
    async def verdict() -> Verdict:
        ours = await read_ours(fleet.company.database_url)
        return compare(ours, fleet.bureau.state, told, fleet.company)

    return await eventually(verdict, lambda found: not found.unsettled, seconds=SETTLE_SECONDS)
