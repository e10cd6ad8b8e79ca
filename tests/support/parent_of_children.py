"""A program that runs processes side by side until it is asked to stop: `WORK FILE COUNT LIMIT`."""

import asyncio
import sys
from pathlib import Path

from server import defaults
from server.net import stop_on_signals
from server.processes import run_processes
from support import child_work


async def _main(work: str, told: Path, count: int, limit: int) -> bool:
    defaults.STOP_LIMIT_SECONDS = limit
    return await run_processes(
        count,
        getattr(child_work, work),
        told,
        limit,
        stop=stop_on_signals(),
        stopping=lambda: None,
        ready=lambda: print("ready", flush=True),  # noqa: T201 - what the test reads
    )


if __name__ == "__main__":
    work, told, count, limit = sys.argv[1:]
    sys.exit(0 if asyncio.run(_main(work, Path(told), int(count), int(limit))) else 1)
