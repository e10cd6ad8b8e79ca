"""A counter at which reports are asked for as files."""

from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

from core.domain.access import Caller, Unauthenticated, UnauthenticatedReason
from core.domain.subjects import SubjectKind
from core.use_cases.confirm_caller import ConfirmCaller
from core.use_cases.stream_consultations import StreamConsultations
from core.use_cases.stream_negativations import StreamNegativations
from server.door import Door
from server.exports import Exports
from server.rate_limits import RateLimits
from server.tickets import Tickets
from support.builders import make_consultation, make_negativation
from support.world import World

CONSULTATIONS, NEGATIVATIONS = "/reports/consultations.csv", "/reports/negativations.csv"


class Counter:
    """A company whose reports are asked for over HTTP by `caller`; nobody is known while it is None."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.caller: Caller | None = world.caller
        self.tickets = Tickets(vault=world.vault, clock=world.clock)
        exports = Exports(
            identify=Door(
                self.identify, self.tickets, world.use_case(ConfirmCaller), RateLimits(requests=0, paid=0)
            ).reader,
            consultations=world.use_case(StreamConsultations),
            negativations=world.use_case(StreamNegativations),
            clock=world.clock,
        )
        self.app = Starlette(routes=exports.routes())

    async def identify(self, request: Request) -> Caller:
        """The caller, whatever the request says."""
        if self.caller is None:
            raise Unauthenticated(reason=UnauthenticatedReason.MISSING)
        return self.caller

    async def get(self, address: str, *, method: str = "GET", **headers: str) -> httpx.Response:
        """Ask for a file."""
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fiador.test") as client:
            return await client.request(method, address, headers=headers)

    async def rows(self, address: str) -> list[dict[str, str]]:
        """The lines of a CSV by the titles of its columns."""
        answer = await self.get(address)
        assert answer.status_code == 200, answer.text
        header, *lines = answer.content.decode("utf-8-sig").splitlines()
        titles = header.split(";")
        return [dict(zip(titles, line.split(";"), strict=True)) for line in lines]

    async def numbers(self, address: str) -> list[str]:
        """The IDs of the lines."""
        return [row["ID"] for row in await self.rows(address)]

    async def refused(self, address: str, status: int = 400) -> Any:
        """The error that was answered."""
        answer = await self.get(address)
        assert answer.status_code == status, answer.text
        return answer.json()["error"]


async def consulted(counter: Counter, **changes: Any) -> str:
    """Store a consultation of the company; tells its number."""
    world = counter.world
    made = make_consultation(
        **{
            "branch_id": world.branch.id,
            "integration_id": world.integration.id,
            "subject_kind": SubjectKind.CUSTOMER,
            "subject_id": world.customer.id,
            "document": world.customer.document,
            **changes,
        }
    )
    async with world.units_of_work.begin() as work:
        return str((await work.consultations.add(made)).number)


async def negativated(counter: Counter, **changes: Any) -> str:
    """Store a registration of the company; tells its number."""
    world = counter.world
    made = make_negativation(
        **{
            "branch_id": world.branch.id,
            "integration_id": world.integration.id,
            "customer_id": world.customer.id,
            "invoice_id": world.invoice.id,
            **changes,
        }
    )
    async with world.units_of_work.begin() as work:
        return str((await work.negativations.add(made)).number)
