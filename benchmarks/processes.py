"""The processes that are measured: started, asked whether they are there, and looked at from outside."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import httpx
import orjson

from benchmarks.company import SECRET_KEY
from benchmarks.load import Job, Load

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 20
LOAD_SECONDS = 120
"""How long a load may take beyond its time."""

_TICKS = os.sysconf("SC_CLK_TCK")
_MOST_REQUESTS = 1_000_000
"""A minute: the limits count every request, and refuse none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that serves. started_in: how long it took to the first answer, in seconds."""

    port: int
    pid: int
    started_in: float

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """What it has computed so far, in all its threads."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """What it holds now, in MiB."""
        return self._status("VmRSS")

    def peak_memory(self) -> float:
        """The most that it held since `forget_peak`, in MiB."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Let the peak begin anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _status(self, name: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


@asynccontextmanager
async def floor(address: str, bureau: Server, folder: Path) -> AsyncIterator[Server]:
    """The bare routes over a database."""
    arguments = ["-m", "benchmarks.floor", "--database", address, "--bureau", bureau.address]
    async with _serving(arguments, "/", folder, {}) as server:
        yield server


@asynccontextmanager
async def ours(address: str, bureau: Server, folder: Path) -> AsyncIterator[Server]:
    """The service over a database, as `fiador serve` runs it."""
    settings = {
        "FIADOR_DATABASE_URL": address,
        "FIADOR_HOMOLOGATION_URL": bureau.address,
        "FIADOR_SECRET_KEYS": SECRET_KEY,
        "FIADOR_RATE_LIMIT": str(_MOST_REQUESTS),
        "FIADOR_CONSULTATION_RATE_LIMIT": str(_MOST_REQUESTS),
    }
    async with _serving(["-m", "server.cli", "serve"], "/health/ready", folder, settings) as server:
        yield server


@asynccontextmanager
async def bureau(folder: Path) -> AsyncIterator[Server]:
    """The provider's sandbox."""
    async with _serving(["-m", "benchmarks.bureau"], "/", folder, {}) as server:
        yield server


async def load(job: Job) -> Load:
    """What came of a load, made by a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=_environment({}),
    )
    try:
        async with asyncio.timeout(job.warm_up + job.seconds + LOAD_SECONDS):
            said, _ = await process.communicate(orjson.dumps(asdict(job)))
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError("the load broke off")
    return Load(**orjson.loads(said))


@asynccontextmanager
async def _serving(
    arguments: list[str], path: str, folder: Path, settings: dict[str, str]
) -> AsyncIterator[Server]:
    port = _free_port()
    began = perf_counter()
    with (folder / f"{arguments[1]}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            "--port",
            str(port),
            cwd=folder,
            env=_environment(settings),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=log,
        )
    try:
        await _until_it_answers(f"http://127.0.0.1:{port}{path}", process)
        yield Server(port=port, pid=process.pid, started_in=perf_counter() - began)
    finally:
        await _end(process)


async def _until_it_answers(address: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_SECONDS), httpx.AsyncClient() as client:
        while process.returncode is None:
            try:
                if (await client.get(address)).status_code < 500:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.01)
    raise RuntimeError(f"a server ended with code {process.returncode} before it answered; its log tells why")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _environment(settings: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("FIADOR_")}
    return {**plain, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "graphql"))), **settings}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
