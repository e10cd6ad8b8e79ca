"""`fiador serve`, `fiador worker` and `fiador sandbox`: what runs until it is asked to stop."""

import asyncio
import gc
import socket
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import uvloop

from adapters.sql.engine import is_sqlite, parse_url
from core.domain.access import Unauthenticated
from core.use_cases.chain_audit import ChainAudit
from core.use_cases.continue_collection import ContinueCollection, StartDailyCollection
from core.use_cases.deliver import Deliver
from core.use_cases.fetch_changes import FetchChanges
from core.use_cases.fetch_results import FetchResults
from core.use_cases.forget_idempotency_keys import ForgetIdempotencyKeys
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from core.use_cases.note_token_use import NoteTokenUse
from core.use_cases.purge_records import PurgeRecords
from ports.clock import Clock
from server.app import GRAPHQL, build_app
from server.dispatcher import Dispatcher
from server.logs import set_up_logs
from server.net import address_of, is_loopback, listen, serve_until, stop_on_signals
from server.private_files import DEMO_TOKEN_FILE, read_private
from server.processes import run_processes, stop_with_parent, tell_ready
from server.sandbox import open_sandbox
from server.services import Services, open_services
from server.settings import PREFIX, Settings, WrongSettings
from server.vitals import LOOK_EVERY, WELL
from server.worker import Routine, Worker

KEPT_PROMISES_FOR = timedelta(days=90)
"""How long the outbox remembers a promise that was kept: far longer than anybody repeats an order."""


async def serve(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """The API with all that belongs to it, in one process or several. Raises CannotListen, WrongSettings.

    Raises SystemExit when it was asked to stop and one of several processes did not end well.
    """
    if workers > 1:
        _require_shareable(settings, workers)
    with listen(host, port) as listener:
        if workers == 1:
            await _serve_alone(settings, listener)
        elif not await _serve_together(settings, listener, workers):
            sys.exit(1)


def _require_shareable(settings: Settings, workers: int) -> None:
    """Raise WrongSettings when several processes would not share what they must."""
    if is_sqlite(parse_url(settings.database_url)):
        raise WrongSettings(
            f"--workers {workers} needs PostgreSQL in {PREFIX}DATABASE_URL: a SQLite file has one writer"
        )
    if settings.homologation_url is None and settings.production_url is None:
        raise WrongSettings(
            f"--workers {workers} needs {PREFIX}HOMOLOGATION_URL: each process would have a sandbox of its own; "
            "`fiador sandbox` runs one for all"
        )


async def _serve_alone(settings: Settings, listener: socket.socket) -> None:
    stop = stop_on_signals()
    async with open_services(settings, with_sandbox=True, with_all_keys=True) as services:
        token = await _demo_token(services) if is_loopback(listener) else None

        def announce() -> None:
            _announce_api(settings, listener, token, services.sandbox_address)

        await _serve(services, listener, token, stop, announce)


async def _serve_together(settings: Settings, listener: socket.socket, workers: int) -> bool:
    """Whether all processes ended well."""
    stop = stop_on_signals()
    async with open_services(settings, with_sandbox=False, with_all_keys=True) as services:
        token = await _demo_token(services) if is_loopback(listener) else None
    return await run_processes(
        workers,
        _serve_as_one_of_many,
        settings,
        listener,
        token,
        stop=stop,
        stopping=listener.close,
        ready=lambda: _announce_api(settings, listener, token, None),
    )


def _serve_as_one_of_many(
    settings: Settings, listener: socket.socket, token: str | None, tells: Connection
) -> None:
    """The work of one process; the parent has migrated the database, and knows that the settings are right."""

    async def serve_one() -> None:
        stop = stop_with_parent()
        async with open_services(settings, with_sandbox=False, migrated=True) as services:
            await _serve(services, listener, token, stop, lambda: tell_ready(tells))

    set_up_logs(settings)
    uvloop.run(serve_one())


async def _serve(
    services: Services,
    listener: socket.socket,
    token: str | None,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Serve until `stop`; then accept and take up nothing more, and finish the requests and deliveries in hand."""
    worker = make_worker(services)
    app = build_app(services, worker, token)
    _keep_for_good()
    async with asyncio.TaskGroup() as tasks, worker.running():
        tasks.create_task(serve_until(stop, app, listener))
        ready()
        await stop.wait()


async def work(settings: Settings) -> None:
    """The worker alone, beside any number of others on one PostgreSQL. Raises WrongSettings."""
    stop = stop_on_signals()
    async with (
        open_services(settings, with_sandbox=False, with_all_keys=True) as services,
        make_worker(services).running(),
    ):
        _announce({"Worker": "running"})
        await stop.wait()


async def serve_sandbox(port: int, state_file: Path | None) -> None:
    """The sandbox alone, on this machine's own address. Raises CannotListen, WrongSettings."""
    app = open_sandbox(state_file)
    with listen("127.0.0.1", port) as listener:
        stop = stop_on_signals()
        _announce({"Sandbox": address_of(listener)})
        await serve_until(stop, app, listener)


def _keep_for_good() -> None:
    """Take what was made so far, modules and schema above all, out of the garbage collector's rounds.

    It is needed to the end, and looking through it again and again stops every caller for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


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


async def _demo_token(services: Services) -> str | None:
    """The demo's token, when this is the database that the demo filled."""
    if not DEMO_TOKEN_FILE.exists():
        return None
    token = read_private(DEMO_TOKEN_FILE)
    try:
        await services.container.resolve(IdentifyCaller)(IdentifyCallerCommand(token=token))
    except Unauthenticated:
        return None
    return token


def _announce_api(
    settings: Settings, listener: socket.socket, token: str | None, sandbox: str | None
) -> None:
    _announce(
        {
            "Sandbox": sandbox,
            "Token": token and f"{token} (the demo's)",
            "GraphiQL" if settings.graphiql else "API": address_of(listener) + GRAPHQL,
        }
    )


def _announce(lines: Mapping[str, str | None]) -> None:
    """Tell a person where to go; what is None is left out."""
    for name, value in lines.items():
        if value is not None:
            sys.stdout.write(f"{name:<9} {value}\n")
    sys.stdout.flush()
