"""The worker with all its loops, inside `fiador serve` or alone as `fiador worker`."""

from datetime import timedelta
from functools import partial

from adapters.sql.engine import is_sqlite, parse_url
from core.use_cases.chain_audit import ChainAudit
from core.use_cases.continue_collection import ContinueCollection, StartDailyCollection
from core.use_cases.deliver import Deliver
from core.use_cases.fetch_changes import FetchChanges
from core.use_cases.fetch_results import FetchResults
from core.use_cases.forget_idempotency_keys import ForgetIdempotencyKeys
from core.use_cases.note_token_use import NoteTokenUse
from core.use_cases.purge_records import PurgeRecords
from ports.clock import Clock
from server.dispatcher import Dispatcher
from server.logs import announce
from server.net import stop_on_signals
from server.services import Services, open_services
from server.settings import PREFIX, Settings, WrongSettings
from server.vitals import LOOK_EVERY, WELL
from server.worker import Routine, Worker

KEPT_PROMISES_FOR = timedelta(days=90)
"""How long the outbox remembers a promise that was kept: far longer than anybody repeats an order."""


async def work(settings: Settings) -> None:
    """The worker alone, beside any number of others on one PostgreSQL. Raises WrongSettings."""
    require_shareable(settings, "a worker alone")
    stop = stop_on_signals()
    async with (
        open_services(settings, with_sandbox=False, with_all_keys=True) as services,
        make_worker(services).running(),
    ):
        announce({"Worker": "running"})
        await stop.wait()


def require_shareable(settings: Settings, what: str) -> None:
    """Raise WrongSettings when several processes would not share what they must.

    what: the use that has several.
    """
    if is_sqlite(parse_url(settings.database_url)):
        raise WrongSettings(f"{what} needs PostgreSQL in {PREFIX}DATABASE_URL: a SQLite file has one writer")
    if settings.homologation_url is None and settings.production_url is None:
        raise WrongSettings(
            f"{what} needs {PREFIX}HOMOLOGATION_URL or {PREFIX}PRODUCTION_URL: no process reaches the sandbox inside another; "
            "`fiador sandbox` runs one for all"
        )


def make_worker(services: Services) -> Worker:
    """The worker with every loop that the service needs."""
    container, queue = services.container, services.queue
    clock = container.resolve(Clock)
    return Worker(
        dispatcher=Dispatcher(deliver=container.resolve(Deliver), queue=queue, clock=clock),
        routines={
            "fetch results": Routine(run=container.resolve(FetchResults)),
            "fetch changes": Routine(run=container.resolve(FetchChanges)),
            "start the daily collection": Routine(run=container.resolve(StartDailyCollection)),
            "continue the collection": Routine(run=container.resolve(ContinueCollection)),
            "forget what is old": Routine(run=partial(forget_old, services), pause=timedelta(hours=1)),
            "chain the audit trail": Routine(run=container.resolve(ChainAudit)),
            "forget what was kept long enough": Routine(
                run=partial(purge, services), pause=timedelta(minutes=1)
            ),
            "note when tokens were used": Routine(
                run=container.resolve(NoteTokenUse), pause=timedelta(minutes=1)
            ),
            "look at the vitals": Routine(run=services.vitals.look, pause=LOOK_EVERY),
        },
        clock=clock,
    )


async def forget_old(services: Services) -> int:
    """Forget promises that were kept and idempotency keys when nobody repeats them any more; tells how many.

    Not by a clock that jumped of late: it may be wrong, and what is forgotten too early may be done twice.
    """
    if services.vitals.clock() != WELL:
        return 0
    forgotten = await services.queue.prune(KEPT_PROMISES_FOR)
    return forgotten + await services.container.resolve(ForgetIdempotencyKeys)()


async def purge(services: Services) -> int:
    """Go on with the night's round of forgetting; never by a clock that jumped of late."""
    if services.vitals.clock() != WELL:
        return 0
    return await services.container.resolve(PurgeRecords)()
