"""Serves the floor: uvicorn with uvloop and httptools, as the service does."""

from argparse import ArgumentParser

import httpx
import uvicorn

from benchmarks.floor.app import build_app
from benchmarks.floor.stores import store_of

if __name__ == "__main__":
    parser = ArgumentParser()
    for name in ("--database", "--bureau", "--port"):
        parser.add_argument(name, required=True)
    chosen = parser.parse_args()
    uvicorn.run(
        build_app(store_of(chosen.database), httpx.AsyncClient(base_url=chosen.bureau)),
        port=int(chosen.port),
        access_log=False,
        log_level="warning",
        loop="uvloop",
        http="httptools",
    )
