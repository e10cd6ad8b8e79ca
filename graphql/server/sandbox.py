"""The sandbox of the provider, as its own server on this machine."""

import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.types import ASGIApp

from server.defaults import SANDBOX_PORT
from server.logs import announce
from server.net import CannotListen, address_of, listen, serve_until, serving, stop_on_signals
from server.private_files import make_data_folder
from server.settings import DATA_FOLDER, WrongSettings

STATE_FILE = DATA_FOLDER / "sandbox.json"

_LOOPBACK = "127.0.0.1"


async def serve_sandbox(port: int, state_file: Path | None) -> None:
    """The sandbox alone, on this machine's own address. Raises CannotListen, WrongSettings."""
    app = open_sandbox(state_file)
    with listen("127.0.0.1", port) as listener:
        stop = stop_on_signals()
        announce({"Sandbox": address_of(listener)})
        await serve_until(stop, app, listener)


@contextlib.asynccontextmanager
async def sandbox_inside() -> AsyncIterator[str]:
    """Run the sandbox beside the block; its address. Raises WrongSettings when its state cannot be read."""
    make_data_folder()
    app = open_sandbox(STATE_FILE)
    with _listener() as listener:
        async with serving(app, listener):
            yield address_of(listener)


def open_sandbox(state_file: Path | None) -> ASGIApp:
    """The sandbox with what it remembers. Raises WrongSettings when the state cannot be read."""
    # The provider's whole test double, which nobody needs who has a provider.
    from adapters.connect_sa.sandbox import StateFileUnreadable, create_sandbox

    if state_file is not None and not state_file.absolute().parent.is_dir():
        raise WrongSettings(f"there is no folder {state_file.parent}")
    try:
        return create_sandbox(state_file)
    except StateFileUnreadable as error:
        raise WrongSettings(str(error)) from None
    except OSError as error:
        raise WrongSettings(f"cannot read {state_file}: {(error.strerror or 'refused').lower()}") from None


def _listener() -> socket.socket:
    try:
        return listen(_LOOPBACK, SANDBOX_PORT)
    except CannotListen:
        return listen(_LOOPBACK, 0)
