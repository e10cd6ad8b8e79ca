"""Whether the process lives, and whether it can serve."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.vitals import WELL, Vitals
from server.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The health pages. They need no token and say nothing but which part is well, as it was found a few seconds ago.

    A clock that jumped is shown and does not make the process unready: it can serve, by a time that most likely has just
    been put right, and to take every process away because their clocks were set would be an outage of its own.
    """

    vitals: Vitals
    worker: Worker

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/health/live", self._live), Route("/health/ready", self._ready)]

    async def _live(self, request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        needed = {"database": self.vitals.database(), "worker": WELL if self.worker.is_well() else "stuck"}
        ready = all(state == WELL for state in needed.values())
        body = {"status": "ready" if ready else "not ready", **needed, "clock": self.vitals.clock()}
        return JSONResponse(body, status_code=200 if ready else 503)
