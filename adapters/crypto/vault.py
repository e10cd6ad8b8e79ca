"""The vault: authenticated encryption of secrets, keyed digests of inputs."""

import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.crypto.keys import KEY_ID_BYTES, Key, read_keys
from core.domain.secret import SealedSecret, Secret, SecretUnreadable
from ports.vault import Vault

FORMAT = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
_HEADER_BYTES = len(FORMAT) + KEY_ID_BYTES


class AesGcmVault(Vault):
    """AES-256-GCM under the first of `keys`; whatever was sealed under any of them is read.

    A sealed secret is one byte of format, the key's id (8 bytes), a random nonce (12 bytes), ciphertext and tag. All that
    stands before the nonce, and the context, are authenticated, so that a secret moved to another row does not open.
    To change keys, put the new one first, seal everything again, then drop the old one.

    Raises InvalidSecretKeys.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        read = read_keys(keys)
        self._writing = read[0]
        self._by_id = {key.id: key for key in read}

    def seal(self, secret: Secret, context: str) -> SealedSecret:
        """Encrypt, bound to `context`. The same secret never looks the same twice."""
        header = FORMAT + self._writing.id
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self._writing.encryption)
        encrypted = cipher.encrypt(nonce, _bytes(secret.value), header + context.encode())
        return SealedSecret(header + nonce + encrypted)

    def open(self, sealed: SealedSecret, context: str) -> Secret:
        """Decrypt. Raises SecretUnreadable when no key fits, the context differs or a byte was changed."""
        header = sealed.ciphertext[:_HEADER_BYTES]
        rest = sealed.ciphertext[_HEADER_BYTES:]
        key = self._by_id.get(header[len(FORMAT) :])
        if key is None or not header.startswith(FORMAT) or len(rest) < NONCE_BYTES + TAG_BYTES:
            raise SecretUnreadable
        try:
            plain = AESGCM(key.encryption).decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + context.encode()
            )
        except InvalidTag:
            raise SecretUnreadable from None
        return Secret(plain.decode("utf-8", "surrogatepass"))

    def fingerprint(self, text: str) -> str:
        """HMAC-SHA256 under the writing key: `<key id>:<digest>`, both in hexadecimal."""
        return _fingerprint(self._writing, text)

    def matches(self, fingerprint: str, text: str) -> bool:
        """Whether `fingerprint` was made of `text`, with any configured key. Takes the same time wherever they differ."""
        given = _bytes(fingerprint)
        # every key is tried, so that the time does not tell which one it was
        verdicts = [
            hmac.compare_digest(_fingerprint(key, text).encode(), given) for key in self._by_id.values()
        ]
        return any(verdicts)


def _fingerprint(key: Key, text: str) -> str:
    return f"{key.id.hex()}:{hmac.digest(key.fingerprint, _bytes(text), 'sha256').hex()}"


def _bytes(text: str) -> bytes:
    # JSON can carry half a surrogate pair, which strict UTF-8 refuses
    return text.encode("utf-8", "surrogatepass")
