"""The whole application over a database of its own, as it is served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.types import ASGIApp

from server.app import build_app
from server.services import Services, open_services
from server.settings import load_settings
from server.working import make_worker

ADMIN_TOKEN = "token-of-the-administrator"
ADMIN = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@asynccontextmanager
async def served(monkeypatch: Any, folder: Any, **settings: str) -> AsyncIterator[tuple[ASGIApp, Services]]:
    """The application and what it stands on, in an empty folder. settings: without their prefix, in lower case."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("FIADOR_DATABASE_URL", raising=False)
    for name, value in {"admin_token": ADMIN_TOKEN, **settings}.items():
        monkeypatch.setenv(f"FIADOR_{name.upper()}", value)
    async with open_services(load_settings(), with_sandbox=False) as services:
        yield build_app(services, make_worker(services), None), services


def client_from(app: ASGIApp, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """A client that calls from that address."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://fiador.test")
