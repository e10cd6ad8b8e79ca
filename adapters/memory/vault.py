"""A vault and a password hasher that protect nothing but hold to their contracts."""

import hashlib
import hmac
import json
from collections.abc import Sequence

from core.domain.secret import SealedSecret, Secret, SecretUnreadable
from ports.password_hasher import PasswordHasher
from ports.vault import Vault


class MemoryVault(Vault):
    """Seals by writing the secret down backwards, beside its context and the vault's key. For tests only."""

    def __init__(self, key: str = "key") -> None:
        self._key = key

    def seal(self, secret: Secret, context: str) -> SealedSecret:
        return SealedSecret(json.dumps([self._key, context, secret.value[::-1]]).encode())

    def open(self, sealed: SealedSecret, context: str) -> Secret:
        try:
            key, sealed_for, backwards = json.loads(sealed.ciphertext)
        except ValueError:
            raise SecretUnreadable from None
        if (key, sealed_for) != (self._key, context):
            raise SecretUnreadable
        return Secret(backwards[::-1])

    def fingerprint(self, text: str) -> str:
        return hmac.new(self._key.encode(), text.encode(), hashlib.sha256).hexdigest()

    def matches(self, fingerprint: str, text: str) -> bool:
        return hmac.compare_digest(fingerprint, self.fingerprint(text))


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
