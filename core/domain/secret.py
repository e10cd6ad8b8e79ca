"""Secrets: values that no repr, log or error ever shows."""

from dataclasses import dataclass, field

from core.domain.errors import DomainError

KEY_ID_DIGITS = 16
"""The length of a key's id, in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A password in the clear, for as short a time as possible. Its repr hides the value."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A secret encrypted by the vault, bound to the context it was sealed for. Safe to store, useless elsewhere."""

    ciphertext: bytes = field(repr=False)


class SecretUnreadable(DomainError):
    """A stored secret cannot be decrypted with the keys at hand (FIADOR_SECRET_KEYS lacks the one it was sealed with)."""
