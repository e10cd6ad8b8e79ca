"""Listening, and serving until asked to stop."""

import asyncio
import socket

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from server import net
from server.net import CannotListen, address_of, is_loopback, listen, serve_until, serving

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the tests are about


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def test_a_taken_port_is_said_in_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            CannotListen, match=f"^cannot listen on 127.0.0.1 port {port}: the port is in use$"
        ):
            listen("127.0.0.1", port)


def test_an_unknown_host_is_said_in_one_line() -> None:
    with pytest.raises(CannotListen, match="no such address"):
        listen("no such host", 0)


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), (EVERYWHERE, False)])
def test_where_it_listens(host: str, loopback: bool) -> None:
    with listen(host, 0) as listener:
        assert is_loopback(listener) is loopback
        assert address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_it_serves_beside_the_block_and_stops_with_it() -> None:
    listener = listen("127.0.0.1", 0)
    address = address_of(listener)
    async with httpx.AsyncClient(trust_env=False) as client:
        async with serving(_app, listener):
            assert (await client.get(address)).text == "ok"
        with pytest.raises(httpx.TransportError):
            await client.get(address)


async def test_a_request_under_way_is_answered_before_it_stops() -> None:
    arrived, proceed, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        arrived.set()
        await proceed.wait()
        await _app(scope, receive, send)

    listener = listen("127.0.0.1", 0)
    address = address_of(listener)
    async with (
        asyncio.timeout(10),
        asyncio.TaskGroup() as tasks,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        tasks.create_task(serve_until(stop, slow, listener))
        answer = tasks.create_task(client.get(address))
        await arrived.wait()
        stop.set()
        proceed.set()
        assert (await answer).text == "ok"


async def test_a_stream_without_end_is_cut_off_and_gives_back_what_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(net, "GRACE_SECONDS", 0.2)
    begun, stop, given_back = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while True:
                await send({"type": "http.response.body", "body": b"line\n", "more_body": True})
                begun.set()
                await asyncio.sleep(0.01)
        finally:
            await asyncio.sleep(0.1)  # as a transaction that is rolled back
            given_back.set()

    listener = listen("127.0.0.1", 0)
    address = address_of(listener)
    async with (
        asyncio.timeout(30),
        httpx.AsyncClient(trust_env=False) as client,
        asyncio.TaskGroup() as tasks,
    ):
        serving_ends = tasks.create_task(serve_until(stop, endless, listener))
        answer = tasks.create_task(_cut_off(client, address))
        await begun.wait()
        stop.set()
        await serving_ends
        assert given_back.is_set()
        assert await answer


async def _cut_off(client: httpx.AsyncClient, address: str) -> bool:
    """Whether the answer broke off, instead of looking complete."""
    try:
        await client.get(address)
    except httpx.RemoteProtocolError:
        return True
    return False


def test_event_loops_know_the_listener_for_tcp() -> None:
    """Or each answer waits for the client's delayed acknowledgement, some 40 ms, on connections that are kept."""
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
