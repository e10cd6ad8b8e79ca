"""Making foreign pages harmless beside the service: in processes of their own, which may be ended when they take too long.

How long it takes grows with the square of how deep a page is nested, so that a page of a megabyte could take a core for an hour.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE

from adapters.reports.foreign_page import decoded

SECONDS = 10.0
"""Far longer than any page takes that people would read."""

AT_ONCE = 2


class ForeignPages:
    """Pages made harmless, a few at a time."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def harmless(self, page: bytes, media_type: str) -> str | None:
        """What `page` shows, as a page of our own; None when that cannot be had in good time."""
        text = decoded(page, media_type).encode()
        async with self._turn:
            # Isolated and without the environment: it needs none of the secrets in there.
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-m", "adapters.reports.foreign_page"),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env={},
            )
            try:
                async with asyncio.timeout(self._seconds):
                    shown, _ = await process.communicate(text)
            except TimeoutError:
                return None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        return shown.decode() if process.returncode == 0 and shown else None
