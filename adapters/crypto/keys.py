"""The keys that secrets are kept under, as settings give them."""

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
KEY_ID_BYTES = 8

ACCEPTED = (
    "each key is base64 (standard or URL-safe) of exactly 32 random bytes, 44 characters with its padding; "
    "several are given as a list, the one to write with first"
)


class InvalidSecretKeys(ValueError):
    """The secret keys are missing or malformed. The message says which one and what is accepted, never the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key, split by purpose, so that no key is ever used for two. `id` tells it from others and gives nothing away."""

    id: bytes
    encryption: bytes = field(repr=False)
    fingerprint: bytes = field(repr=False)


def generate_key() -> str:
    """A new random key, in the form that settings take."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def read_keys(texts: Sequence[str]) -> tuple[Key, ...]:
    """Read keys as settings give them, in their order. Raises InvalidSecretKeys."""
    if not texts:
        raise InvalidSecretKeys(f"no secret key is given: {ACCEPTED}")
    return tuple(_read_key(text, position) for position, text in enumerate(texts, start=1))


def _read_key(text: str, position: int) -> Key:
    standard = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        master = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidSecretKeys(f"secret key {position} is not base64: {ACCEPTED}") from None
    if len(master) != KEY_BYTES:
        raise InvalidSecretKeys(f"secret key {position} has {len(master)} bytes: {ACCEPTED}")
    return Key(
        id=_derive(master, b"fiador/key-id", KEY_ID_BYTES),
        encryption=_derive(master, b"fiador/encryption", KEY_BYTES),
        fingerprint=_derive(master, b"fiador/fingerprint", KEY_BYTES),
    )


def _derive(master: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(master)
