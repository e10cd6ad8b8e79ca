"""What resolvers share during one request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import strawberry

from api.admission import admit_always
from api.loaders import Loaders
from api.texts.languages import Language
from api.use_cases import UseCases
from core.domain.access import Caller, Scope
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault


@dataclass(slots=True, kw_only=True)
class Done:
    """What came of a mutation that was done already: what its resolver gave, or the error that it raised."""

    value: Any = field(default=None, repr=False)
    error: Exception | None = None

    def told(self) -> Any:
        """Give it, or raise it, once, in the resolver's place."""
        error, self.error = self.error, None
        if error is None:
            return self.value
        try:
            raise error
        finally:
            # The error leads to its frames, and those to the input and to this: what led back to it would keep them alive.
            del error


@dataclass(kw_only=True)
class Context:
    """Who asks, in which language, and what answers. Made anew for each request, and not frozen: that would take twice as long.

    report_link: makes the path of a report page a link that a browser's tab can open in the caller's name. admit_paid: raises
    RateLimited when the caller orders too often what the bureau bills. done: where a plan did the request's one mutation, what came
    of it; it is not done again, only told.
    """

    caller: Caller
    language: Language
    request_id: str
    units_of_work: UnitsOfWork
    use_cases: UseCases
    clock: Clock
    vault: Vault
    report_link: Callable[[str], str] = str
    admit_paid: Callable[[], Awaitable[None]] = admit_always
    done: Done | None = None

    @cached_property
    def loaders(self) -> Loaders:
        """What reads together what fields ask for; made when the first of them asks."""
        return Loaders(self.units_of_work, self.caller)

    def sees_whole_documents(self) -> bool:
        """Whether documents are shown to the caller without a mask."""
        return Scope.WHOLE_DOCUMENTS in self.caller.scopes


Info: TypeAlias = strawberry.Info[Context, None]
