"""What is asked of the service while its storage is out of order, and after that."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import httpx

from e2e.processes import ADMIN_TOKEN, eventually
from faults.fleet import Fleet
from faults.load import Load

VIEWER = "query { viewer { name } }"
NOTICE_SECONDS = 60


async def readiness(http: httpx.AsyncClient, fleet: Fleet) -> set[int]:
    """What /health/ready answers, at every address."""
    asked = (http.get(f"{address}/health/ready") for address in fleet.addresses)
    return {answer.status_code for answer in await asyncio.gather(*asked)}


async def outage(
    fleet: Fleet,
    load: Load,
    chance: Random,
    *,
    begin: Callable[[], Awaitable[None]],
    end: Callable[[], Awaitable[None]],
) -> float:
    """Put the storage out of order under load until every process says so, and wait until callers are served again: how
    many seconds that took. No process is started again."""

    async def ready() -> set[int]:
        return await readiness(load.http, fleet)

    async def served() -> int:
        return len(load.told)

    await begin()
    await eventually(ready, lambda codes: codes == {503}, seconds=NOTICE_SECONDS)
    await asyncio.sleep(chance.uniform(0, 1))
    await end()
    ended, before = asyncio.get_running_loop().time(), len(load.told)
    await eventually(ready, lambda codes: codes == {200}, seconds=NOTICE_SECONDS)
    await eventually(served, lambda count: count > before, seconds=NOTICE_SECONDS)
    return asyncio.get_running_loop().time() - ended


async def can_read(http: httpx.AsyncClient, fleet: Fleet) -> bool:
    """Whether a query is answered."""
    answer = await http.post(
        f"{fleet.addresses[0]}/graphql",
        json={"query": VIEWER},
        headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
    )
    return "errors" not in answer.json()
