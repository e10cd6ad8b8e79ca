"""From an HTTP request to the context of its resolvers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from starlette.requests import Request

from api.admission import admit_always
from api.context import Context
from api.texts.languages import Language, negotiate_language
from api.use_cases import UseCases
from core.domain.access import Caller
from core.use_cases.identify_caller import IdentifyCallerCommand
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault


def language_of(request: Request) -> Language:
    """The language that the client asks for."""
    return negotiate_language(request.headers.get("accept-language"))


def request_id_of(request: Request) -> str:
    """The id that the server gave the request (`request.state.request_id`), or a new one, remembered there."""
    state = request.scope.setdefault("state", {})
    if "request_id" not in state:
        state["request_id"] = uuid4().hex
    known: str = state["request_id"]
    return known


def origin_of(request: Request) -> str | None:
    """The address from which the client calls, if it is known."""
    client = request.scope.get("client")
    return client[0] if client else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextFactory:
    """Makes contexts. The composition root fills it; report pages use `identify` as well."""

    units_of_work: UnitsOfWork
    use_cases: UseCases
    clock: Clock
    vault: Vault

    async def identify(self, request: Request) -> Caller:
        """Who is calling. Raises Unauthenticated."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        presented = token.strip() if scheme.lower() == "bearer" else None
        command = IdentifyCallerCommand(token=presented, origin=origin_of(request))
        return await self.use_cases.identify_caller(command)

    async def __call__(self, request: Request) -> Context:
        """The context of a request. Raises Unauthenticated."""
        return self.of(request, await self.identify(request))

    def of(
        self,
        request: Request,
        caller: Caller,
        *,
        report_link: Callable[[str], str] = str,
        admit_paid: Callable[[], Awaitable[None]] = admit_always,
    ) -> Context:
        """The context of a request of somebody who is known."""
        return Context(
            caller=caller,
            language=language_of(request),
            request_id=request_id_of(request),
            units_of_work=self.units_of_work,
            use_cases=self.use_cases,
            clock=self.clock,
            vault=self.vault,
            report_link=report_link,
            admit_paid=admit_paid,
        )
