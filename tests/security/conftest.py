"""What the tests of security share."""

import io
import logging
from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from pathlib import Path

import httpx
import pytest

from adapters.connect_sa import exchange
from adapters.connect_sa.circuit import Circuit
from adapters.connect_sa.client import ConnectSaBureau
from adapters.oidc import keys as provider_keys
from server import services as composition
from support.desk import Desk
from support.gate import Gate
from support.hostile_bureau import hostile_bureau
from support.hostile_house import MARK, PASSWORD, House, furnished
from support.identity_provider import Provider
from support.served import ADMIN, served
from support.sockets import listening


@pytest.fixture
def provider() -> Provider:
    """The provider, which works."""
    return Provider()


@pytest.fixture
async def gate(desk: Desk, provider: Provider) -> AsyncIterator[Gate]:
    """The API that trusts it."""
    async with provider_keys.new_http_client(provider.transport) as client:
        yield Gate(desk, provider, client)


@pytest.fixture
async def house(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[House]:
    """The service over a hostile bureau. It asks the bureau once, and never leaves it alone for long."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [*root.handlers, handler])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    monkeypatch.setattr(exchange, "READ_ATTEMPTS", 1)
    always_over = Circuit(monotonic=count(0, 3_600).__next__)
    monkeypatch.setattr(
        composition, "ConnectSaBureau", partial(ConnectSaBureau, new_circuit=lambda: always_over)
    )
    async with (
        hostile_bureau() as bureau,
        served(monkeypatch, tmp_path, homologation_url=bureau.address) as (app, services),
        listening(app) as socket,
    ):
        branch, integration_id = await furnished(services)
        address = f"http://127.0.0.1:{socket.port}"
        with httpx.Client(base_url=address, headers={**ADMIN, "Accept-Language": "en"}, timeout=60) as client:
            yield House(bureau=bureau, client=client, branch=branch, integration_id=integration_id)
        written = logged.getvalue() + "".join(capsys.readouterr())
        assert "POST /graphql" in written
        assert PASSWORD not in written
        assert MARK not in written
