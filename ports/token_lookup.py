"""Looking an access token up: what every request begins with."""

from abc import abstractmethod
from typing import Protocol

from core.domain.access import AccessToken


class TokenLookup(Protocol):
    """Finds tokens as they are stored at this moment; nothing is remembered between two calls."""

    @abstractmethod
    async def by_hash(self, token_hash: str) -> AccessToken | None:
        """The token with this hash. Raises StorageUnavailable."""
