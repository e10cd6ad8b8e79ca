"""A vault and a password hasher that protect nothing but hold to their contracts."""

import hashlib
import hmac
import json
from collections.abc import Sequence

from core.domain.secret import KEY_ID_DIGITS, SealedSecret, Secret, SecretUnreadable
from ports.password_hasher import PasswordHasher
from ports.vault import UNKNOWN_KEY, Vault


class MemoryVault(Vault):
    """Seals by writing the secret down backwards, beside its context and the vault's key. For tests only."""

    def __init__(self, *keys: str) -> None:
        self._keys = keys or ("key",)

    def seal(self, secret: Secret, context: str) -> SealedSecret:
        return SealedSecret(json.dumps([self._keys[0], context, secret.value[::-1]]).encode())

    def open(self, sealed: SealedSecret, context: str) -> Secret:
        try:
            key, sealed_for, backwards = json.loads(sealed.ciphertext)
        except ValueError:
            raise SecretUnreadable from None
        if key not in self._keys or sealed_for != context:
            raise SecretUnreadable
        return Secret(backwards[::-1])

    def fingerprint(self, text: str) -> str:
        return _fingerprint(self._keys[0], text)

    def matches(self, fingerprint: str, text: str) -> bool:
        return fingerprint in [_fingerprint(key, text) for key in self._keys]

    def key_ids(self) -> tuple[str, ...]:
        return tuple(map(_id_of, self._keys))

    def key_of(self, sealed: SealedSecret) -> str:
        try:
            key, _, _ = json.loads(sealed.ciphertext)
        except ValueError:
            return UNKNOWN_KEY
        return _id_of(key)


def _id_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_ID_DIGITS]


def _fingerprint(key: str, text: str) -> str:
    return f"{_id_of(key)}:{hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}"


class MemoryHasher(PasswordHasher):
    """Fast hashes, salted with their order. For tests only."""

    def __init__(self) -> None:
        self._made = 0

    async def hash(self, password: Secret) -> str:
        self._made += 1
        return self._digest(password, str(self._made))

    async def matches_any(self, password: Secret, hashes: Sequence[str]) -> bool:
        return any(stored == self._digest(password, stored.partition(":")[0]) for stored in hashes)

    def _digest(self, password: Secret, salt: str) -> str:
        return f"{salt}:{hashlib.sha256(f'{salt}:{password.value}'.encode()).hexdigest()}"
