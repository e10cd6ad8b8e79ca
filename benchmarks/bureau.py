"""The sandbox of the provider, which also tells how long it took to answer each consultation.

`python -m benchmarks.bureau --port PORT`; `GET /_benchmark/seconds` gives the times since the last asking.
"""

from argparse import ArgumentParser
from time import perf_counter

import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.connect_sa.sandbox import create_sandbox

TIMES = "/_benchmark/seconds"
CONSULTATIONS = "/v1/consultas"


class Timed:
    """The application, with its times."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._seconds: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note how long it took."""
        if scope["type"] == "http" and scope["path"] == TIMES:
            seconds, self._seconds = self._seconds, []
            await JSONResponse(seconds)(scope, receive, send)
            return
        began = perf_counter()
        await self._app(scope, receive, send)
        if scope["type"] == "http" and scope["path"] == CONSULTATIONS:
            self._seconds.append(perf_counter() - began)


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(Timed(create_sandbox()), port=parser.parse_args().port, access_log=False, log_level="warning")
