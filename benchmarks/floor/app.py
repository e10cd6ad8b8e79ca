"""The routes, each of which checks the token by the same statement as the service."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from adapters.crypto.vault import AesGcmVault
from benchmarks.company import SECRET_KEY
from benchmarks.floor import export, reads
from benchmarks.floor.stores import Store
from benchmarks.floor.writes import Caller, Writer
from core.domain.access import Scope

_BY_HASH = """
    SELECT id, name, scopes, branch_ids, expires_at, revoked_at FROM access_tokens WHERE token_hash = $1
"""

Endpoint = Callable[[Request], Awaitable[Response]]
Read = Callable[[Store, dict[str, Any]], Awaitable[dict[str, Any]]]
Write = Callable[[Caller, dict[str, Any]], Awaitable[dict[str, Any]]]


class Unauthorized(Exception):
    """The token opens nothing."""


def build_app(store: Store, bureau: httpx.AsyncClient) -> Starlette:
    """The application over a store that its start opens and its end closes, as it does the way to the bureau."""
    writer = Writer(store=store, bureau=bureau, vault=AesGcmVault([SECRET_KEY]))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await store.open()
        async with bureau:
            yield
        await store.close()

    return Starlette(
        routes=[
            Route("/typename", _reading(store, reads.typename), methods=["POST"]),
            Route("/negativations", _reading(store, reads.negativations), methods=["POST"]),
            Route("/consultation", _reading(store, reads.consultation), methods=["POST"]),
            Route("/customers", _reading(store, reads.customers), methods=["POST"]),
            Route("/consult", _writing(store, writer.consult), methods=["POST"]),
            Route("/negativate", _writing(store, writer.negativate), methods=["POST"]),
            Route("/negativations.csv", _export(store)),
        ],
        exception_handlers={Unauthorized: _unauthorized},
        lifespan=lifespan,
    )


async def _caller(store: Store, request: Request, scope: Scope) -> Caller:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    rows = await store.fetch(_BY_HASH, sha256(token.encode()).hexdigest())
    if not rows:
        raise Unauthorized
    ((id_, name, scopes, _, expires_at, revoked_at),) = rows
    expired = expires_at is not None and expires_at <= store.given(datetime.now(UTC))
    if expired or revoked_at is not None or scope not in orjson.loads(scopes):
        raise Unauthorized
    return Caller(id=store.id(id_), name=name, origin=request.client.host if request.client else "")


async def _unauthorized(request: Request, error: Exception) -> Response:
    return Response(status_code=401)


def _reading(store: Store, read: Read) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        await _caller(store, request, Scope.READ)
        return _answer(await read(store, orjson.loads(await request.body())))

    return endpoint


def _writing(store: Store, write: Write) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        caller = await _caller(store, request, Scope.CONSULT)
        return _answer(await write(caller, orjson.loads(await request.body())))

    return endpoint


def _export(store: Store) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        await _caller(store, request, Scope.READ)
        branch = request.query_params.get("branch")
        branch_id = store.given(UUID(branch)) if branch else None
        return StreamingResponse(export.file(store, branch_id), media_type="text/csv")

    return endpoint


def _answer(data: dict[str, Any]) -> Response:
    return Response(orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z), media_type="application/json")
