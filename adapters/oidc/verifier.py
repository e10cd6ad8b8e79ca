"""Access tokens of an OpenID Connect provider (JWT, RFC 7519 and 9068), checked as RFC 8725 advises, and what their claims allow here."""

import base64
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

import jwt

from adapters.oidc.keys import ProviderKeys
from core.domain.access import Identity, Scope, Unauthenticated, UnauthenticatedReason
from ports.token_verifier import TokenVerifier

CLOCK_SKEW = timedelta(seconds=60)
"""How far the provider's clock and ours may be apart."""

MAX_TOKEN_CHARACTERS = 8192

MAX_TEXT = 255
"""The longest subject (OpenID Connect Core 1.0, section 2), name of a key, or name of a person."""

TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""What a token may call itself (`typ`), if it does; others, such as `logout+jwt`, are signed by the same keys for another purpose."""

EVERY_BRANCH = "*"

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_REQUIRED = ["iss", "aud", "sub", "exp", "iat"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Where a token says what its holder may do: names of claims.

    read_branch_id: reads a branch's id in the spelling that the API gives it.
    """

    scopes: str = "fiador_scopes"
    branches: str = "fiador_branches"
    read_branch_id: Callable[[str], UUID | None]


class OidcTokens(TokenVerifier):
    """Tokens for `audience`, issued by `issuer` and signed by one of its keys."""

    def __init__(self, issuer: str, audience: str, keys: ProviderKeys, claims: Claims) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = keys
        self._claims = claims

    async def verify(self, token: str) -> Identity:
        """Check everything that can be checked without the key first, so that nonsense does not make us ask the provider."""
        if len(token) > MAX_TOKEN_CHARACTERS or not _COMPACT.fullmatch(token):
            _refuse("it is no compact JWS")
        header, claims, _ = token.split(".")
        key_id, algorithm = _named_key(_read(header))
        _read(claims)
        key = await self._keys.find(key_id, algorithm)
        if key is None:
            _refuse("its key is not known")
        try:
            confirmed = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=CLOCK_SKEW,
                options={"require": _REQUIRED, "enforce_minimum_key_length": True},
            )
        except jwt.ExpiredSignatureError:
            raise Unauthenticated(reason=UnauthenticatedReason.EXPIRED) from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            _refuse(type(error).__name__)
        return self._identity(confirmed)

    def _identity(self, claims: dict[str, Any]) -> Identity:
        branches = _words(claims, self._claims.branches)
        ids = {word: self._claims.read_branch_id(word) for word in branches}
        allowed = _words(claims, "scope") | _words(claims, self._claims.scopes)
        name = claims.get("preferred_username")
        return Identity(
            issuer=self._issuer,
            subject=_subject(claims["sub"]),
            name=name if isinstance(name, str) and _is_plain(name) else claims["sub"],
            scopes=frozenset(scope for scope in Scope if scope.value in allowed),
            every_branch=EVERY_BRANCH in branches,
            branch_ids=frozenset(found for found in ids.values() if found is not None),
            branch_external_ids=frozenset(word for word, found in ids.items() if found is None)
            - {EVERY_BRANCH},
            ends_at=_instant(claims["exp"]) + CLOCK_SKEW,
        )


def _refuse(why: str) -> NoReturn:
    # The caller is told no more than that the token is no good; whoever set the provider up finds the reason in the log.
    _log.info("a token of the identity provider was refused: %s", why)
    raise Unauthenticated(reason=UnauthenticatedReason.INVALID)


def _read(segment: str) -> dict[str, Any]:
    """A segment's JSON object. One that names something twice means one thing to us and perhaps another to its issuer."""
    try:
        text = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        found = json.loads(text, object_pairs_hook=_without_repetition, parse_constant=_no_number)
    except (ValueError, RecursionError):
        _refuse("a segment is no unambiguous JSON")
    if not isinstance(found, dict):
        _refuse("a segment is no JSON object")
    return found


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _named_key(header: dict[str, Any]) -> tuple[str, str]:
    """Which key the token says it is signed with. `jku`, `x5u`, `jwk` and `x5c`, by which it would bring its own, are not looked at."""
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in TYPES:
        _refuse("it is a token for another purpose")
    key_id, algorithm = header.get("kid"), header.get("alg")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= MAX_TEXT:
        _refuse("it names no key")
    if not isinstance(algorithm, str):
        _refuse("it names no algorithm")
    return key_id, algorithm


def _words(claims: dict[str, Any], name: str) -> frozenset[str]:
    """A claim that lists words, as an array or separated by spaces. Another shape is a mistake, and no reason to guess."""
    value = claims.get(name)
    if value is None:
        return frozenset()
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        _refuse("a claim about its rights has an unknown shape")
    return frozenset(words)


def _subject(subject: str) -> str:
    if not _is_plain(subject):
        _refuse("its subject is of no use as a name")
    return subject


def _is_plain(text: str) -> bool:
    """Whether a text can stand in the audit trail: neither empty nor endless, and without control characters."""
    return 0 < len(text) <= MAX_TEXT and text.isprintable()


def _instant(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC) - CLOCK_SKEW
