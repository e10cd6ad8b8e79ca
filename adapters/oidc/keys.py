"""The public keys of an identity provider: fetched from where its discovery document says, kept, and fetched anew as they rotate.

OpenID Connect Discovery 1.0, RFC 7517. A token only names a key (`kid`); where keys are fetched from, no token has a say in.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpx
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from adapters.oidc.trust import is_loopback, is_safe
from ports.token_verifier import IdentityProviderUnavailable

DISCOVERY = "/.well-known/openid-configuration"

FRESH_SECONDS = 600.0
"""Keys are fetched anew after this time, so that a withdrawn one is soon refused."""

USABLE_SECONDS = 86_400.0
"""While the provider does not answer, known keys go on for so long."""

UNKNOWN_KEY_SECONDS = 60.0
"""A key that is not known makes us ask at most this often: anybody can make up the name of a key."""

FAILED_SECONDS = 10.0
"""After a failed attempt nobody asks again for so long."""

FETCH_SECONDS = 5.0

MAX_BYTES = 512 * 1024

MAX_KEYS = 100

_log = logging.getLogger(__name__)


class UnusableDocument(Exception):
    """What the provider answered is of no use; the text says why and quotes nothing."""


def new_http_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The HTTP client that the adapter expects: follows nothing, loopback never proxied."""
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        timeout=FETCH_SECONDS,
        mounts=None if transport else {"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None},
    )


class ProviderKeys:
    """The keys of one provider, for these algorithms. `now` is a clock that never jumps, in seconds."""

    def __init__(
        self,
        issuer: str,
        algorithms: Iterable[str],
        client: httpx.AsyncClient,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._algorithms = frozenset(algorithms)
        self._client = client
        self._now = now
        self._one_at_a_time = asyncio.Lock()
        self._keys: dict[tuple[str, str], PyJWK] = {}
        self._fetched_at = float("-inf")
        self._ask_again_at = float("-inf")
        self._failed = False

    async def find(self, key_id: str, algorithm: str) -> PyJWK | None:
        """The key of that name for that algorithm, None when the provider has none.

        Raises IdentityProviderUnavailable when it cannot be asked.
        """
        wanted = key_id, algorithm
        if wanted not in self._keys or self._age() >= FRESH_SECONDS:
            await self._refresh_for(wanted)
        if self._age() < USABLE_SECONDS and wanted in self._keys:
            return self._keys[wanted]
        if self._failed:
            wait = max(1, round(self._ask_again_at - self._now()))
            raise IdentityProviderUnavailable(retry_after_seconds=wait)
        return None

    def _age(self) -> float:
        return self._now() - self._fetched_at

    async def _refresh_for(self, wanted: tuple[str, str]) -> None:
        known = wanted in self._keys and self._age() < USABLE_SECONDS
        if known and self._one_at_a_time.locked():
            return  # somebody is asking already, and there is something to go on with
        async with self._one_at_a_time:
            if self._now() < self._ask_again_at:
                return
            # Noted before asking: whoever hangs up while we wait does not make the next caller ask at once.
            self._failed, self._ask_again_at = True, self._now() + FAILED_SECONDS
            try:
                self._keys = await self._fetch()
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, UnusableDocument) as error:
                _log.warning("the identity provider's keys could not be fetched: %s", _named(error))
                return
            self._failed, self._fetched_at = False, self._now()
            self._ask_again_at = self._fetched_at + UNKNOWN_KEY_SECONDS

    async def _fetch(self) -> dict[tuple[str, str], PyJWK]:
        async with asyncio.timeout(FETCH_SECONDS):
            discovery = await self._document(self._issuer.rstrip("/") + DISCOVERY)
            if discovery.get("issuer") != self._issuer:
                raise UnusableDocument("its discovery document speaks of another issuer")
            address = discovery.get("jwks_uri")
            if not isinstance(address, str) or not is_safe(address, near=is_loopback(self._issuer)):
                raise UnusableDocument("its discovery document names no https address of keys")
            keys = (await self._document(address)).get("keys")
        if not isinstance(keys, list):
            raise UnusableDocument("it names no keys")
        usable = [key for key in map(self._usable, keys[:MAX_KEYS]) if key is not None]
        if not usable:
            raise UnusableDocument("none of its keys is of use")
        return {(str(key.key_id), key.algorithm_name): key for key in reversed(usable)}

    async def _document(self, address: str) -> dict[str, Any]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with self._client.stream("GET", address, headers=headers) as answer:
            if answer.status_code != httpx.codes.OK:
                raise UnusableDocument(f"it answered {answer.status_code}")
            body = b""
            async for part in answer.aiter_raw():
                body += part
                if len(body) > MAX_BYTES:
                    raise UnusableDocument("its answer is too large")
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            raise UnusableDocument("its answer is no JSON") from None
        if not isinstance(document, dict):
            raise UnusableDocument("its answer is no JSON object")
        return document

    def _usable(self, data: Any) -> PyJWK | None:
        """The key, when it is a public one for signatures in one of our algorithms and has a name."""
        if not isinstance(data, dict) or not isinstance(data.get("kid"), str) or not data["kid"]:
            return None
        if data.get("use", "sig") != "sig" or "d" in data or data.get("kty") not in ("RSA", "EC", "OKP"):
            return None
        try:
            key = PyJWK(data)
        except (PyJWTError, ValueError, TypeError):
            return None
        return key if key.algorithm_name in self._algorithms else None


def _named(error: Exception) -> str:
    return str(error) if isinstance(error, UnusableDocument) else type(error).__name__
