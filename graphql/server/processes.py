"""Several processes that do the same work: started, replaced when they die, stopped together."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import structlog

from server.net import end_at_the_latest

PAUSE_SECONDS = 1.0
"""How long a place stays empty after a process died, so that one that cannot start does not keep the machine busy."""

_log = structlog.stdlib.get_logger("server.processes")
_SPAWN = multiprocessing.get_context("spawn")

Work = Callable[..., None]
"""What a process runs; its last argument is a connection to tell that it is ready: see `tell_ready`."""


async def run_processes(
    count: int,
    work: Work,
    *arguments: Any,
    stop: asyncio.Event,
    stopping: Callable[[], None],
    ready: Callable[[], None],
) -> bool:
    """Keep `count` processes running until `stop`, then ask each to end; whether all of them ended well.

    A process that ends before is replaced. ready: called once, when so many have told that they are. stopping: called
    after `stop`, to let go of what no new process needs any more.
    """
    hears, tells = _SPAWN.Pipe(duplex=False)
    loop, told = asyncio.get_running_loop(), 0

    def hear() -> None:
        nonlocal told
        hears.recv_bytes()
        told += 1
        if told == count:
            ready()

    loop.add_reader(hears.fileno(), hear)
    try:
        async with asyncio.TaskGroup() as places:
            kept = [places.create_task(_keep(work, (*arguments, tells), stop)) for _ in range(count)]
            await stop.wait()
            stopping()
    finally:
        loop.remove_reader(hears.fileno())
        hears.close()
        tells.close()
    return all(task.result() for task in kept)


async def _keep(work: Work, arguments: tuple[Any, ...], stop: asyncio.Event) -> bool:
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        try:
            process = _start(work, arguments)
        except OSError as error:
            _log.error("no process can be started", reason=error.strerror)
        else:
            ended = asyncio.create_task(_end_of(process))
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                process.terminate()
                await ended
                return _ended_well(process)
            _log.error("a process died and is replaced", pid=process.pid, code=process.exitcode)
        await asyncio.wait({stopping}, timeout=PAUSE_SECONDS)
    return True


def _ended_well(process: SpawnProcess) -> bool:
    if process.exitcode in (0, -signal.SIGTERM):  # SIGTERM itself ends only what has not begun to work
        return True
    _log.warning("a process ended before it was done", pid=process.pid, code=process.exitcode)
    return False


def _start(work: Work, arguments: tuple[Any, ...]) -> SpawnProcess:
    # A daemon: should the parent fail, it takes the process with it.
    process = _SPAWN.Process(target=work, args=arguments, daemon=True)
    resource_tracker.ensure_running()  # starting it lets SIGINT through again
    # A terminal sends its Ctrl-C to every process at once; here the parent is asked, and asks the others in its turn.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


async def _end_of(process: SpawnProcess) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)
    process.join()


def tell_ready(tells: Connection) -> None:
    """In a process that was started here: tell the parent that the work has begun."""
    tells.send_bytes(b"ready")


def stop_with_parent() -> asyncio.Event:
    """In a process that was started here: an event that is set when the parent asks to stop, or is gone.

    When the parent goes while this process stops already, somebody was in a hurry, and the process ends at once.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101 - narrows; only children of run_processes come here
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked() -> None:
        if not stop.is_set():
            end_at_the_latest()
            stop.set()

    def orphaned() -> None:
        if stop.is_set():
            os._exit(1)
        loop.remove_reader(parent.sentinel)
        asked()

    loop.add_signal_handler(signal.SIGTERM, asked)
    loop.add_reader(parent.sentinel, orphaned)
    return stop
