"""A client that asks without a break over a number of connections, and measures. In a process of its own: what it costs must
not be taken for the server's.

`python -m benchmarks.load < JOB` reads a `Job` as JSON and writes a `Load` as JSON.
"""

import asyncio
import socket
import sys
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

import httptools
import orjson
import uvloop


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. A body makes it a POST of JSON."""

    path: str
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be asked.

    once: each request is made once at most, and the end of them ends the job. wanted: what each answer must hold. seconds: how
    long it is measured, after `warm_up`. shown: tell how long each answer took.
    """

    port: int
    token: str
    connections: int
    seconds: float
    asks: list[Ask]
    wanted: str
    once: bool = False
    warm_up: float = 0.3
    shown: bool = False


@dataclass(slots=True, kw_only=True)
class Load:
    """What came of it. asked: also while it warmed up; the rest is about what was measured. Times in seconds."""

    asked: int = 0
    wrong: int = 0
    answered: int = 0
    seconds: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    said: str = ""
    """The first wrong answer."""
    times: list[float] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result((self._parser.get_status_code(), b"".join(self._body)))

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionError("the server closed the connection"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The status and body of the answer."""
        self._body.clear()
        self._parser = httptools.HttpResponseParser(self)
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Close it."""
        self._transport.close()


async def run(job: Job) -> Load:
    """Ask as the job says."""
    requests = [_written(ask, job) for ask in job.asks]
    wanted, load, times = job.wanted.encode(), Load(), list[float]()
    places = iter(range(len(requests)) if job.once else _round(len(requests)))
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(_Connection, "127.0.0.1", job.port))[1] for _ in range(job.connections)
    ]
    warm_from = perf_counter() + job.warm_up
    began = last = 0.0

    async def ask_on(connection: _Connection) -> None:
        nonlocal began, last
        for place in places:
            start = perf_counter()
            if start >= warm_from and not began:
                began = start
            measured = bool(began)
            if measured and start >= began + job.seconds:
                return
            try:
                status, body = await connection.ask(requests[place])
            except ConnectionError as error:
                load.asked, load.wrong, load.said = load.asked + 1, load.wrong + 1, load.said or str(error)
                return
            last = perf_counter()
            load.asked += 1
            if status != 200 or wanted not in body:
                load.said = load.said if load.wrong else f"{status} {body[:2000].decode(errors='replace')}"
                load.wrong += 1
            if measured:
                times.append(last - start)

    await asyncio.gather(*(ask_on(connection) for connection in connections))
    for connection in connections:
        connection.close()
    load.answered, load.seconds = len(times), last - began if times else 0.0
    if job.shown:
        load.times = list(times)
    if times:
        times.sort()
        load.p50, load.p99 = quantile(times, 0.5), quantile(times, 0.99)
    return load


def quantile(ordered: list[float], share: float) -> float:
    """The time within which that share of the answers came."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _round(count: int) -> Any:
    while True:
        yield from range(count)


def _written(ask: Ask, job: Job) -> bytes:
    head = f"Host: 127.0.0.1:{job.port}\r\nAuthorization: Bearer {job.token}\r\nAccept: application/json\r\n"
    if ask.body is None:
        return f"GET {ask.path} HTTP/1.1\r\n{head}\r\n".encode()
    body = ask.body.encode()
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {ask.path} HTTP/1.1\r\n{head}\r\n".encode() + body


def main() -> None:
    """Read a job, do it, tell what came of it."""
    given = orjson.loads(sys.stdin.buffer.read())
    asks = [Ask(**ask) for ask in given.pop("asks")]
    load = uvloop.run(run(Job(asks=asks, **given)))
    sys.stdout.buffer.write(orjson.dumps(asdict(load)))


if __name__ == "__main__":
    main()
