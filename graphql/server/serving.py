"""`fiador serve`: the API in one process or several, until it is asked to stop."""

import asyncio
import gc
import socket
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

import uvloop

from core.domain.access import Unauthenticated
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from server.app import GRAPHQL, build_app
from server.logs import announce, set_up_logs
from server.net import address_of, is_loopback, listen, serve_until, stop_on_signals
from server.private_files import DEMO_TOKEN_FILE, read_private
from server.processes import run_processes, stop_with_parent, tell_ready
from server.services import Services, open_services
from server.settings import Settings
from server.working import make_worker, require_shareable

_NEW_OBJECTS = 50_000
"""How many objects may be new before the garbage collector looks for cycles among them. A hundred lists under way are several
thousand, none of which is garbage: when they were looked through, answering them cost a fifth more.
"""


async def serve(settings: Settings, host: str, port: int, workers: int = 1) -> None:
    """The API with all that belongs to it, in one process or several. Raises CannotListen, WrongSettings.

    Raises SystemExit when it was asked to stop and one of several processes did not end well.
    """
    if workers > 1:
        require_shareable(settings, f"--workers {workers}")
    with listen(host, port) as listener:
        if workers == 1:
            await _serve_alone(settings, listener)
        elif not await _serve_together(settings, listener, workers):
            sys.exit(1)


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


def _keep_for_good() -> None:
    """Take what was made so far, modules and schema above all, out of the garbage collector's rounds.

    It is needed to the end, and looking through it again and again stops every caller for a tenth of a second. What requests
    and chunks make goes by itself as they end: to look for cycles among it less often saves a twentieth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)


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
    announce(
        {
            "Sandbox": sandbox,
            "Token": token and f"{token} (the demo's)",
            "GraphiQL" if settings.graphiql else "API": address_of(listener) + GRAPHQL,
        }
    )
