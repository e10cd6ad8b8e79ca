"""The programs under test, as processes of their own: started, asked over HTTP, stopped or killed."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

FIADOR = Path(sys.executable).parent / "fiador"
ADMIN_TOKEN = "admin-token-of-the-tests"
START_SECONDS = 60
STOP_SECONDS = 15

_SETTINGS = re.compile("FIADOR_")
_LINE = re.compile(r"^(?P<name>[A-Z]\w+) +(?P<value>\S+)")

AnswerT = TypeVar("AnswerT")


def environment(**settings: str) -> dict[str, str]:
    """This environment with these settings and no others of ours."""
    inherited = {name: value for name, value in os.environ.items() if not _SETTINGS.match(name)}
    return {**inherited, "NO_COLOR": "1", **{f"FIADOR_{name}": value for name, value in settings.items()}}


async def run(*arguments: str, cwd: Path, settings: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command to its end: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        FIADOR,
        *arguments,
        cwd=cwd,
        env=environment(**(settings or {})),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(START_SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@dataclass(slots=True, kw_only=True)
class Program:
    """A running command. `said` holds what it printed at the start, by the first word of each line."""

    process: asyncio.subprocess.Process
    said: dict[str, str]
    log: Path

    async def stop(self) -> int:
        """Ask it to end, as a service manager does; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self._ended()

    async def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self.process.returncode is None:
            self.process.kill()
        await self._ended()

    async def _ended(self) -> int:
        async with asyncio.timeout(STOP_SECONDS):
            return await self.process.wait()


@contextlib.asynccontextmanager
async def program(
    *arguments: str,
    cwd: Path,
    until: str,
    settings: Mapping[str, str] | None = None,
    command: Sequence[str | Path] = (FIADOR,),
) -> AsyncIterator[Program]:
    """Run a server beside the block, from the moment it has printed a line that starts with `until`."""
    log = cwd / f"{arguments[0]}.log"
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *command,
            *arguments,
            cwd=cwd,
            env=environment(**(settings or {})),
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    started = Program(process=process, said={}, log=log)
    try:
        async with asyncio.timeout(START_SECONDS):
            assert process.stdout is not None
            while until not in started.said:
                line = (await process.stdout.readline()).decode()
                assert line, f"{arguments[0]} ended: {log.read_text()[-2000:]}"
                if read := _LINE.match(line):
                    started.said[read["name"]] = read["value"]
        yield started
    finally:
        await started.stop()


async def eventually(
    ask: Callable[[], Awaitable[AnswerT]], fits: Callable[[AnswerT], bool], *, seconds: float = 30
) -> AnswerT:
    """What `ask` answers once it fits; fails with the last answer when it does not in time."""
    answer = await ask()
    try:
        async with asyncio.timeout(seconds):
            while not fits(answer):
                await asyncio.sleep(0.1)
                answer = await ask()
    except TimeoutError:
        raise AssertionError(f"after {seconds} s still {answer!r}") from None
    return answer


class Desk:
    """The API as a front end uses it."""

    def __init__(self, client: httpx.AsyncClient, address: str, token: str = ADMIN_TOKEN) -> None:
        self._client = client
        self.address = address
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, operation: str, /, **variables: Any) -> Any:
        """The data of an operation that has no errors."""
        answer = await self._client.post(
            f"{self.address}/graphql",
            json={"query": operation, "variables": variables},
            headers=self._headers,
        )
        body = answer.json()
        assert answer.status_code == 200, body
        assert "errors" not in body, body
        return body["data"]

    async def get(self, path: str, *, authorised: bool = True, accept: str = "*/*") -> httpx.Response:
        """A page."""
        token = self._headers if authorised else {}
        return await self._client.get(self.address + path, headers={"Accept": accept, **token})


class Provider:
    """The sandbox's controls."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self._client = client
        self.address = address

    async def ledger(self) -> Any:
        """All it holds."""
        return (await self._client.get(f"{self.address}/_sandbox/ledger")).raise_for_status().json()

    async def registrations(self, document: str) -> list[Any]:
        """The registrations of a document."""
        return [row for row in (await self.ledger())["registrations"] if row["document"] == document]

    async def advance(self, days: int) -> None:
        """Let days pass."""
        (await self._client.post(f"{self.address}/_sandbox/advance", json={"days": days})).raise_for_status()

    async def fault(self, **fault: Any) -> None:
        """What to do to the next calls."""
        (await self._client.post(f"{self.address}/_sandbox/faults", json=fault)).raise_for_status()

    async def takes(self, kind: str, login: str, password: str) -> bool:
        """Whether it takes that password."""
        answer = await self._client.get(f"{self.address}/v1/credenciais/{kind}", auth=(login, password))
        assert answer.status_code in (200, 401)
        return answer.status_code == 200
