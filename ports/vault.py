"""The vault: secrets at rest."""

from abc import abstractmethod
from typing import Protocol

from core.domain.secret import KEY_ID_DIGITS, SealedSecret, Secret

UNKNOWN_KEY = "?" * KEY_ID_DIGITS
"""Stands for the id of a key where there is none to read."""


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
        """A keyed digest: tells whether two inputs are equal without keeping the input. It starts with its key's id."""

    @abstractmethod
    def matches(self, fingerprint: str, text: str) -> bool:
        """Whether `fingerprint` was made of `text`, with any configured key."""

    @abstractmethod
    def key_ids(self) -> tuple[str, ...]:
        """The ids of the configured keys, the one that writes first: 16 hexadecimal digits that give no key away."""

    @abstractmethod
    def key_of(self, sealed: SealedSecret) -> str:
        """The id of the key that it was sealed with, configured or not; `UNKNOWN_KEY` when it is nothing sealed here."""
