"""The vault: authenticated encryption of secrets, keyed digests of inputs."""

import contextlib
import hmac
import secrets
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.crypto.keys import KEY_ID_BYTES, InvalidSecretKeys, Key, read_keys
from core.domain.secret import SealedSecret, Secret, SecretUnreadable
from ports.vault import UNKNOWN_KEY, Vault

FORMAT = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
_HEADER_BYTES = len(FORMAT) + KEY_ID_BYTES


class AesGcmVault(Vault):
    """AES-256-GCM under the first of `keys`; whatever was sealed under any of them is read.

    A sealed secret is one byte of format, the key's id (8 bytes), a random nonce (12 bytes), ciphertext and tag. All that
    stands before the nonce, and the context, are authenticated, so that a secret moved to another row does not open.
    To change keys, put the new one first, seal everything again, then drop the old one.

    newer: asked before anything is written and when a key is not known; the keys as they are now when they have changed,
    else None. So a key that is put in front while the service runs is used from that moment on.

    Raises InvalidSecretKeys.
    """

    def __init__(
        self, keys: Sequence[str], *, newer: Callable[[], Sequence[str] | None] = lambda: None
    ) -> None:
        self._keys = read_keys(keys)
        self._newer = newer

    def seal(self, secret: Secret, context: str) -> SealedSecret:
        """Encrypt, bound to `context`. The same secret never looks the same twice."""
        writing = self._current()[0]
        header = FORMAT + writing.id
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(writing.encryption)
        encrypted = cipher.encrypt(nonce, _bytes(secret.value), header + context.encode())
        return SealedSecret(header + nonce + encrypted)

    def open(self, sealed: SealedSecret, context: str) -> Secret:
        """Decrypt. Raises SecretUnreadable when no key fits, the context differs or a byte was changed."""
        header = sealed.ciphertext[:_HEADER_BYTES]
        rest = sealed.ciphertext[_HEADER_BYTES:]
        key = self._key(header[len(FORMAT) :])
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
        return _fingerprint(self._current()[0], text)

    def matches(self, fingerprint: str, text: str) -> bool:
        """Whether `fingerprint` was made of `text`, with any configured key. Takes the same time wherever they differ."""
        given = _bytes(fingerprint)
        # every key is tried, so that the time does not tell which one it was
        verdicts = [hmac.compare_digest(_fingerprint(key, text).encode(), given) for key in self._current()]
        return any(verdicts)

    def key_ids(self) -> tuple[str, ...]:
        """The ids of the keys, the one that writes first."""
        return tuple(key.id.hex() for key in self._current())

    def key_of(self, sealed: SealedSecret) -> str:
        """The id of the key that it names, `UNKNOWN_KEY` when it is too short or of another format."""
        header = sealed.ciphertext[:_HEADER_BYTES]
        if len(header) < _HEADER_BYTES or not header.startswith(FORMAT):
            return UNKNOWN_KEY
        return header[len(FORMAT) :].hex()

    def _key(self, key_id: bytes) -> Key | None:
        """The key with that id, also when it came just now."""
        for keys in (self._keys, self._current()):
            for key in keys:
                if key.id == key_id:
                    return key
        return None

    def _current(self) -> tuple[Key, ...]:
        """The keys as they are now. Those that were good stay when what replaces them is not."""
        newer = self._newer()
        if newer is not None:
            with contextlib.suppress(InvalidSecretKeys):
                self._keys = read_keys(newer)
        return self._keys


def _fingerprint(key: Key, text: str) -> str:
    return f"{key.id.hex()}:{hmac.digest(key.fingerprint, _bytes(text), 'sha256').hex()}"


def _bytes(text: str) -> bytes:
    # JSON can carry half a surrogate pair, which strict UTF-8 refuses
    return text.encode("utf-8", "surrogatepass")
