"""Client and sandbox over real HTTP: connections that really drop, really refuse and really wait."""

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from adapters.connect_sa import client as client_module
from adapters.connect_sa import exchange as exchanging
from adapters.connect_sa.client import ConnectSaBureau, new_http_client
from adapters.connect_sa.sandbox import create_sandbox
from core.domain.bureau import BureauFailure, Environment, FailureClass
from support.connect_sa import CONSULTING, PEFIN, MovableClock, make_inclusion, make_order, scenario_document


class Server:
    """The sandbox in uvicorn, in a thread of its own."""

    def __init__(self, state_file: Path | None = None) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            create_sandbox(state_file, clock=MovableClock()), log_config=None, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.stop()


def bureau_at(address: str, http: httpx.AsyncClient) -> ConnectSaBureau:
    return ConnectSaBureau({Environment.HOMOLOGATION: address}, http)


async def test_dropped_connections_are_undetermined_and_found_again(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with new_http_client() as http:
        bureau = bureau_at(server.address, http)
        for kind, held in (("drop_before", False), ("drop_after", True)):
            inclusion = make_inclusion(key=kind, contract=kind.upper().replace("_", "-"))
            await http.post(
                f"{server.address}/_sandbox/faults", json={"kind": kind, "operation": "inclusoes"}
            )
            async with asyncio.timeout(exchanging.READ_SECONDS / 2):  # closed, not merely silent
                with pytest.raises(BureauFailure) as caught:
                    await bureau.register(PEFIN, inclusion)
            assert caught.value.failure is FailureClass.UNDETERMINED
            assert (await bureau.find(PEFIN, inclusion.key) is not None) is held
            await bureau.register(PEFIN, inclusion)
        ledger = (await http.get(f"{server.address}/_sandbox/ledger")).json()
    assert [(row["key"], row["received"]) for row in ledger["registrations"]] == [
        ("drop_before", 1),
        ("drop_after", 2),
    ]
    server_log = [record for record in caplog.records if record.name == "uvicorn.error"]
    assert [record for record in server_log if record.levelno >= logging.WARNING] == []


async def test_a_client_that_gave_up_is_not_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "CONSULTATION_READ_SECONDS", 0.3)
    order = make_order(document=scenario_document("Answered too late"))
    async with new_http_client() as http:
        bureau = bureau_at(server.address, http)
        with pytest.raises(BureauFailure) as caught:
            await bureau.consult(CONSULTING, order)
        assert caught.value.failure is FailureClass.UNDETERMINED
        assert await bureau.find_consultation(CONSULTING, order.key) is not None
    # The fixture stops the server: it would wait for a call that is still held.


async def test_nobody_listening_is_transient() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with new_http_client() as http:
        with pytest.raises(BureauFailure) as caught:
            await bureau_at(address, http).register(PEFIN, make_inclusion())
    assert caught.value.failure is FailureClass.TRANSIENT


async def test_loopback_is_never_proxied(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with new_http_client() as http:
        assert len(await bureau_at(server.address, http).plans(CONSULTING)) == 3


async def test_other_addresses_are_reached_by_the_proxy_of_the_environment(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", server.address)
    async with new_http_client() as http:
        assert len(await bureau_at("http://bureau.invalid", http).plans(CONSULTING)) == 3


def test_idle_connections_are_dropped_before_the_server_drops_them() -> None:
    transport: Any = new_http_client()._transport
    pool = transport._pool  # httpx shows it nowhere else
    assert pool._keepalive_expiry == exchanging.KEEPALIVE_SECONDS
    assert uvicorn.Config("app:none").timeout_keep_alive > exchanging.KEEPALIVE_SECONDS


async def test_what_was_answered_survives_the_server(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    first = Server(state)
    first.start()
    async with new_http_client() as http:
        receipt = await bureau_at(first.address, http).register(PEFIN, make_inclusion())
    first.stop()
    second = Server(state)
    second.start()
    async with new_http_client() as http:
        assert await bureau_at(second.address, http).find(PEFIN, "negativation:1") == receipt
    second.stop()


async def test_many_at_once_are_each_held_once(server: Server) -> None:
    async with new_http_client() as http:
        bureau = bureau_at(server.address, http)
        same = make_inclusion()
        others = [replace(same, key=f"n:{i}", contract=f"CT-{i}") for i in range(20)]
        receipts = await asyncio.gather(*(bureau.register(PEFIN, one) for one in [same] * 10 + others))
        assert len({receipt.protocol for receipt in receipts}) == 21
        ledger = (await http.get(f"{server.address}/_sandbox/ledger")).json()
    assert len(ledger["registrations"]) == 21
