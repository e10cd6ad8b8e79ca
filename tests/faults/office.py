"""A service with the provider's sandbox beside it, each a process of its own, on a database that the demo filled."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from e2e import operations
from e2e.processes import ADMIN_TOKEN, FIADOR, Desk, Program, Provider, program, run
from support.postgresql import PostgresServer


@dataclass(slots=True, kw_only=True)
class Office:
    """Where the service is started, as often as a test likes, and the provider that stays."""

    http: httpx.AsyncClient
    folder: Path
    settings: dict[str, str]
    provider: Provider

    @asynccontextmanager
    async def serving(
        self, *options: str, command: Sequence[str | Path] = (FIADOR,)
    ) -> AsyncIterator[tuple[Program, Desk]]:
        """`fiador serve`, from the moment it answers."""
        async with program(
            "serve",
            "--port",
            "0",
            *options,
            cwd=self.folder,
            until="GraphiQL",
            settings=self.settings,
            command=command,
        ) as service:
            yield service, Desk(self.http, service.said["GraphiQL"].removesuffix("/graphql"))


@asynccontextmanager
async def open_office(folder: Path, server: PostgresServer | None) -> AsyncIterator[Office]:
    """An office on a new database: on that server, or in a SQLite file."""
    if server is None:
        async with _open(folder, "sqlite:///fiador.db") as office:
            yield office
        return
    name = await server.create()
    try:
        async with _open(folder, server.address(name)) as office:
            yield office
    finally:
        await server.drop(name)


@asynccontextmanager
async def _open(folder: Path, address: str) -> AsyncIterator[Office]:
    # A connection for each request: one that was kept may be closed by the service as it is used again.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with (
        httpx.AsyncClient(trust_env=False, timeout=120, limits=limits) as http,
        program("sandbox", "--port", "0", cwd=folder, until="Sandbox") as sandbox,
    ):
        provider = Provider(http, sandbox.said["Sandbox"])
        settings = {
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "DATABASE_URL": address,
            "HOMOLOGATION_URL": provider.address,
        }
        code, _, errors = await run("demo", cwd=folder, settings=settings)
        assert code == 0, errors
        yield Office(http=http, folder=folder, settings=settings, provider=provider)


async def customer_with(desk: Desk, document: str) -> Any:
    """The demo's customer with that document."""
    (customer,) = (await desk.ask(operations.CUSTOMER, document=document))["customers"]["nodes"]
    return customer
