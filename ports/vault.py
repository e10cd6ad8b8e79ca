"""The vault: secrets at rest."""

from abc import abstractmethod
from typing import Protocol

from core.domain.secret import SealedSecret, Secret


class Vault(Protocol):
    """Encrypts secrets and fingerprints inputs with keys that the storage does not hold."""

    @abstractmethod
    def seal(self, secret: Secret, context: str) -> SealedSecret:
        """Encrypt. `context` (whose secret it is) MUST be needed again to open it, so that rows cannot be swapped."""

    @abstractmethod
    def open(self, sealed: SealedSecret, context: str) -> Secret:
        """Decrypt. Raises SecretUnreadable when no configured key fits or the context differs."""

    @abstractmethod
    def fingerprint(self, text: str) -> str:
        """A keyed digest: tells whether two inputs are equal without keeping the input."""

    @abstractmethod
    def matches(self, fingerprint: str, text: str) -> bool:
        """Whether `fingerprint` was made of `text`, with any configured key."""
