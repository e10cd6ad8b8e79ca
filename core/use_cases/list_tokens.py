"""Every bearer token there is or was, without the tokens themselves."""

from dataclasses import dataclass

from core.domain.access import AccessToken, Caller, Scope
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTokensCommand:
    """Whoever asks."""

    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTokens:
    """Raises Forbidden."""

    units_of_work: UnitsOfWork

    async def __call__(self, command: ListTokensCommand) -> list[AccessToken]:
        """The tokens, oldest first."""
        command.caller.require(Scope.TOKENS)
        command.caller.require_every_branch()
        async with self.units_of_work.read() as work:
            return await work.tokens.all()
