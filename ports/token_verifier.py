"""Tokens that somebody else issues: an identity provider that this service trusts."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol

from core.domain.access import Identity


@dataclass(eq=False, kw_only=True)
class IdentityProviderUnavailable(Exception):
    """The provider is needed to tell whether a token is good, and does not answer: nobody is refused, and nobody let in.

    retry_after_seconds: before that nothing changes.
    """

    retry_after_seconds: int

    def __str__(self) -> str:
        return "the identity provider does not answer"


class TokenVerifier(Protocol):
    """Checks signed tokens (JWT) of the identity provider."""

    @abstractmethod
    async def verify(self, token: str) -> Identity:
        """Whom the token is about.

        Raises Unauthenticated (INVALID, EXPIRED), and IdentityProviderUnavailable when its signature can be neither confirmed nor
        refuted.
        """
