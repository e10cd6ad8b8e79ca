"""The service as the fault tests run it: a bureau beside the test, and processes that come and go."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from adapters.connect_sa.sandbox import create_sandbox
from adapters.connect_sa.sandbox.state import State
from e2e.processes import ADMIN_TOKEN, Program, Provider, program
from faults import launcher
from faults.company import Company
from server.net import address_of, listen, serving

SERVE, WORKER = "serve", "worker"
_COMMANDS = {SERVE: (("serve", "--port", "0"), "GraphiQL"), WORKER: (("worker",), "Worker")}


class Bureau(Provider):
    """The sandbox, served by the test itself: it outlives every process of the service."""

    def __init__(self, client: httpx.AsyncClient, address: str, state: State) -> None:
        super().__init__(client, address)
        self.state = state

    async def misbehave(self, chance: Random, *, share: float = 0.03) -> None:
        """Drop that share of answers after recording, fail that share, and answer some late."""
        seed = chance.randrange(2**32)
        often = {"times": 1_000_000, "seed": seed}
        await self.fault(kind="drop_after", chance=share, **often)
        await self.fault(kind="status", status=503, chance=share / 2, **often)
        await self.fault(kind="status", status=500, chance=share / 2, **often)
        await self.fault(kind="delay", seconds=0.2, chance=0.2, **often)

    async def behave(self) -> None:
        """Forget every fault."""
        (await self._client.delete(f"{self.address}/_sandbox/faults")).raise_for_status()


@contextlib.asynccontextmanager
async def bureau_beside(http: httpx.AsyncClient) -> AsyncIterator[Bureau]:
    """A sandbox that knows nothing yet."""
    app = create_sandbox()
    with listen("127.0.0.1", 0) as listener:
        async with serving(app, listener):
            yield Bureau(http, address_of(listener), app.state.books.state)


@dataclass(slots=True, kw_only=True)
class Member:
    """One process of the service. `address`: where it serves the API, None for a worker."""

    kind: str
    program: Program
    running: contextlib.AsyncExitStack
    address: str | None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.program.process.pid

    def freeze(self) -> None:
        """Let it stand still, as a machine does that is suspended."""
        self.program.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let a frozen process go on where it stood."""
        self.program.process.send_signal(signal.SIGCONT)

    def took_claims(self) -> bool:
        """Whether it has taken up a promise yet."""
        return any(line.startswith(launcher.TOOK_CLAIMS) for line in self._log())

    def lost_claims(self) -> list[int]:
        """The attempts at which it settled a claim too late."""
        return [int(line.rpartition(" ")[2]) for line in self._log() if line.startswith(launcher.LOST_CLAIM)]

    def _log(self) -> list[str]:
        return self.program.log.read_text(encoding="utf-8").splitlines()

    async def kill(self) -> None:
        """End it in the middle of whatever it does."""
        await self.program.kill()
        await self.running.aclose()


@dataclass(slots=True, kw_only=True)
class Fleet:
    """All processes of the service; they share one database and know nothing of each other."""

    company: Company
    bureau: Bureau
    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    started: int = 0

    @property
    def addresses(self) -> list[str]:
        """Where the API is served right now."""
        return [member.address for member in self.members if member.address is not None]

    async def start(self, kind: str) -> Member:
        """Start one more process; it is ready when this returns."""
        arguments, until = _COMMANDS[kind]
        settings = {
            **self.company.settings(self.bureau.address),
            "ADMIN_TOKEN": ADMIN_TOKEN,
            **self.settings,
        }
        self.started += 1
        cwd = self.folder / f"{kind}-{self.started}"
        cwd.mkdir()
        running = contextlib.AsyncExitStack()
        started = await running.enter_async_context(
            program(
                *arguments,
                cwd=cwd,
                until=until,
                settings=settings,
                command=(sys.executable, launcher.__file__),
            )
        )
        address = started.said.get("GraphiQL", "").removesuffix("/graphql") or None
        member = Member(kind=kind, program=started, running=running, address=address)
        self.members.append(member)
        return member

    async def kill(self, member: Member) -> None:
        """Kill a process; callers learn of it by their connections only."""
        await member.kill()
        self.members.remove(member)

    async def stop(self) -> list[int]:
        """Ask every process to end; their exit codes."""
        codes = await asyncio.gather(*(member.program.stop() for member in self.members))
        self.members.clear()
        return codes


@contextlib.asynccontextmanager
async def fleet_of(company: Company, bureau: Bureau, folder: Path, *kinds: str) -> AsyncIterator[Fleet]:
    """A fleet with these processes; whatever of it still runs at the end is killed."""
    fleet = Fleet(company=company, bureau=bureau, folder=folder)
    try:
        await asyncio.gather(*(fleet.start(kind) for kind in kinds))
        yield fleet
    finally:
        for member in list(fleet.members):
            await fleet.kill(member)
