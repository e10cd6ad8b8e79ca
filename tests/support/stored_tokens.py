"""Access tokens looked up where the test keeps its records."""

from core.domain.access import AccessToken
from ports.token_lookup import TokenLookup
from ports.unit_of_work import UnitsOfWork


class StoredTokens(TokenLookup):
    """Through a unit of work."""

    def __init__(self, units_of_work: UnitsOfWork) -> None:
        self._units_of_work = units_of_work

    async def by_hash(self, token_hash: str) -> AccessToken | None:
        async with self._units_of_work.read() as work:
            return await work.tokens.by_hash(token_hash)
