"""Whether the process lives, and whether it can serve."""

import asyncio
from dataclasses import dataclass

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ports.unit_of_work import UnitsOfWork
from server.worker import Worker

PATIENCE_SECONDS = 3

_log = structlog.stdlib.get_logger("server.health")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The health pages. They need no token and say nothing but which part is well."""

    units_of_work: UnitsOfWork
    worker: Worker

    def routes(self) -> list[Route]:
        """Where they are."""
        return [Route("/health/live", self._live), Route("/health/ready", self._ready)]

    async def _live(self, request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def _ready(self, request: Request) -> Response:
        parts = {"database": await self._database_answers(), "worker": self.worker.is_well()}
        ready = all(parts.values())
        body = {"status": "ready" if ready else "not ready", **parts}
        return JSONResponse(body, status_code=200 if ready else 503)

    async def _database_answers(self) -> bool:
        """Whether the database is there with its tables, which were brought to the newest schema at the start."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self.units_of_work.read() as work:
                await work.parameters.credit()
        except Exception as error:
            _log.warning("the database does not answer", error=type(error).__name__)
            return False
        return True
