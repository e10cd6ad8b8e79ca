"""What child processes do in the tests of those who start them. Each tells its process id, line by line, in a file."""

import asyncio
import os
from multiprocessing.connection import Connection
from pathlib import Path

from server import defaults
from server.processes import stop_with_parent, tell_ready


def until_asked(told: Path, limit: int, tells: Connection) -> None:
    """Work until asked to stop."""
    asyncio.run(_until_asked(told, limit, tells))


def never_ending(told: Path, limit: int, tells: Connection) -> None:
    """Hear that it is asked to stop, and hang."""
    asyncio.run(_never_ending(told, limit, tells))


async def _until_asked(told: Path, limit: int, tells: Connection) -> None:
    defaults.STOP_LIMIT_SECONDS = limit
    stop = stop_with_parent()
    _tell(told, "begin")
    tell_ready(tells)
    await stop.wait()
    _tell(told, "end")


async def _never_ending(told: Path, limit: int, tells: Connection) -> None:
    await _until_asked(told, limit, tells)
    await asyncio.Event().wait()


def _tell(told: Path, word: str) -> None:
    with told.open("a") as file:
        file.write(f"{word} {os.getpid()}\n")
