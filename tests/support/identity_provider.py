"""An OpenID Connect provider for tests: it publishes keys, signs tokens, and can misbehave."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://login.example"
AUDIENCE = "https://api.fiador.example"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key, made once for each name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    """A key on P-256, made once for each name."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(key: PrivateKey) -> bytes:
    """The public half, as text."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_jwk(key: rsa.RSAPrivateKey, **more: Any) -> dict[str, Any]:
    """The private half, as nobody should publish it."""
    return {**RSAAlgorithm.to_jwk(key, as_dict=True), **more}


def public_jwk(key: PrivateKey, **more: Any) -> dict[str, Any]:
    """The public half, as a provider publishes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), **more}
    return {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), **more}


@dataclass
class Provider:
    """Publishes `keys` and answers as told. `asked` is every address that somebody asked for, at whatever host."""

    keys: list[dict[str, Any]] = field(
        default_factory=lambda: [public_jwk(rsa_key("first"), kid="first", use="sig", alg="RS256")]
    )
    discovery: dict[str, Any] = field(
        default_factory=lambda: {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"}
    )
    instead: Response | None = None
    away: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def transport(self) -> httpx.AsyncBaseTransport:
        """The way to it, and to every other host in the world."""
        return httpx.ASGITransport(
            Starlette(
                routes=[
                    Route("/.well-known/openid-configuration", self._discovery),
                    Route("/keys", self._keys),
                    Route("/{path:path}", self._elsewhere),
                ]
            )
        )

    async def _discovery(self, request: Request) -> Response:
        return self._answer(request, self.discovery)

    async def _keys(self, request: Request) -> Response:
        answer = self._answer(request, {"keys": self.keys})
        return self.instead or answer

    async def _elsewhere(self, request: Request) -> Response:
        self.asked.append(str(request.url))
        return Response(status_code=404)

    def _answer(self, request: Request, content: dict[str, Any]) -> Response:
        self.asked.append(str(request.url))
        if self.away:
            raise httpx.ConnectError("refused")
        return JSONResponse(content)


def claims(**changes: Any) -> dict[str, Any]:
    """What a good token says; `None` takes a claim away."""
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "7f1c",
        "preferred_username": "ana",
        "iat": now,
        "exp": now + 300,
        "scope": "openid READ",
        "fiador_branches": "*",
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def signed(
    said: Mapping[str, Any] | None = None,
    *,
    key: PrivateKey | None = None,
    kid: Any = "first",
    algorithm: str = "RS256",
    **header: Any,
) -> str:
    """A token, well signed by the provider's first key unless another one is given."""
    headers = {name: value for name, value in {"kid": kid, **header}.items() if value is not None}
    return compact(
        {"alg": algorithm, "typ": "JWT", **headers},
        claims() if said is None else said,
        key or rsa_key("first"),
    )


def compact(
    header: Mapping[str, Any] | str, said: Mapping[str, Any] | str, key: PrivateKey, algorithm: str = ""
) -> str:
    """A token of any header and claims, also such as no library makes, signed by `algorithm` (the header's unless given)."""
    signing = ".".join(_segment(part) for part in (header, said))
    name = algorithm or (header["alg"] if not isinstance(header, str) else "RS256")
    known = jwt.get_algorithm_by_name(name)
    return f"{signing}.{base64url(known.sign(signing.encode(), key))}"


def base64url(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _segment(part: Mapping[str, Any] | str) -> str:
    return base64url((part if isinstance(part, str) else json.dumps(part)).encode())
