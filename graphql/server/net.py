"""Listening and serving: sockets that are taken before anything else starts, and servers that stop when asked."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.types import ASGIApp

from server import defaults
from server.http_protocol import HttpProtocol
from server.mendable import Mendable

GRACE_SECONDS = 10
"""How long requests under way may take to finish after the server was asked to stop; longer ones are cut off."""

CUT_SECONDS = 1
"""How long requests that are cut off may take to give back what they hold."""


class CannotListen(Mendable):
    """The address cannot be listened on; the text says which and why."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that nobody else holds. Raises CannotListen."""
    try:
        family, _, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise CannotListen(f"cannot listen on {host}: no such address") from None
    # With its protocol named: event loops send small answers at once on sockets only that they know to be TCP's.
    listener = socket.socket(family, socket.SOCK_STREAM, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        listener.close()
        reason = (
            "the port is in use" if error.errno == errno.EADDRINUSE else (error.strerror or "refused").lower()
        )
        raise CannotListen(f"cannot listen on {host} port {port}: {reason}") from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Where to reach it, as an address for a browser."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - a comparison; "everywhere" is reached here too
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    host = listener.getsockname()[0]
    return bool(host == "::1" or host.startswith("127."))


class _Server(uvicorn.Server):
    """A server that leaves signals alone: the process may hold more than one, and more than servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


def _server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http=HttpProtocol,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # whose word counts is a setting, which the application heeds itself
            timeout_keep_alive=5,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


async def serve_until(stop: asyncio.Event, app: ASGIApp, listener: socket.socket) -> None:
    """Serve until `stop`, then accept nothing more and finish what is under way, within the grace."""
    server = _server(app)
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]))
        waiting = tasks.create_task(stop.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        await serving
        waiting.cancel()
        if cut := server.server_state.tasks:
            await asyncio.wait(cut, timeout=CUT_SECONDS)


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve beside whatever the block does."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve_until(stop, app, listener))
        try:
            yield
        finally:
            stop.set()


def stop_on_signals() -> asyncio.Event:
    """An event that is set by the first SIGINT or SIGTERM; the next one ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked() -> None:
        for signum in asked_by:
            loop.remove_signal_handler(signum)
        end_at_the_latest()
        stop.set()

    asked_by = (signal.SIGINT, signal.SIGTERM)
    for signum in asked_by:
        loop.add_signal_handler(signum, asked)
    return stop


def end_at_the_latest() -> None:
    """From now on the process has so long to end by itself. It is the system that ends it then: nothing can hold that up.

    What is cut off is as after a crash: claims come due again, and the bureau is asked before anything is repeated.
    """
    signal.alarm(defaults.STOP_LIMIT_SECONDS)
