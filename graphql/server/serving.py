"""`fiador serve`, `fiador worker` and `fiador sandbox`: what runs until it is asked to stop."""

import gc
import socket
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from core.domain.access import Unauthenticated
from core.use_cases.continue_collection import ContinueCollection, StartDailyCollection
from core.use_cases.deliver import Deliver
from core.use_cases.fetch_changes import FetchChanges
from core.use_cases.fetch_results import FetchResults
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from ports.clock import Clock
from server.app import GRAPHQL, build_app
from server.net import address_of, is_loopback, listen, serve_until, stop_on_signals
from server.private_files import DEMO_TOKEN_FILE, read_private
from server.sandbox import open_sandbox
from server.services import Services, open_services
from server.settings import Settings
from server.worker import Routine, Worker

KEPT_PROMISES_FOR = timedelta(days=90)
"""How long the outbox remembers a promise that was kept: far longer than anybody repeats an order."""


async def serve(settings: Settings, host: str, port: int) -> None:
    """The API with all that belongs to it. Raises CannotListen, WrongSettings."""
    with listen(host, port) as listener:
        await _serve(settings, listener)


async def _serve(settings: Settings, listener: socket.socket) -> None:
    stop = stop_on_signals()
    async with open_services(settings, with_sandbox=True) as services:
        worker = make_worker(services)
        token = await _demo_token(services) if is_loopback(listener) else None
        app = build_app(services, worker, token)
        _keep_for_good()
        async with worker.running():
            _announce(
                {
                    "Sandbox": services.sandbox_address,
                    "Token": token and f"{token} (the demo's)",
                    "GraphiQL": address_of(listener) + GRAPHQL,
                }
            )
            await serve_until(stop, app, listener)


async def work(settings: Settings) -> None:
    """The worker alone, beside any number of others on one PostgreSQL. Raises WrongSettings."""
    stop = stop_on_signals()
    async with (
        open_services(settings, with_sandbox=False) as services,
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

    async def prune() -> int:
        return await queue.prune(KEPT_PROMISES_FOR)

    return Worker(
        deliver=container.resolve(Deliver),
        routines={
            "fetch results": Routine(run=container.resolve(FetchResults)),
            "fetch changes": Routine(run=container.resolve(FetchChanges)),
            "start the daily collection": Routine(run=container.resolve(StartDailyCollection)),
            "continue the collection": Routine(run=container.resolve(ContinueCollection)),
            "prune kept promises": Routine(run=prune, pause=timedelta(hours=1)),
        },
        queue=queue,
        clock=container.resolve(Clock),
    )


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


def _announce(lines: Mapping[str, str | None]) -> None:
    """Tell a person where to go; what is None is left out."""
    for name, value in lines.items():
        if value is not None:
            sys.stdout.write(f"{name:<9} {value}\n")
    sys.stdout.flush()
