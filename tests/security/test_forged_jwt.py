"""Forged tokens: nothing but a token that the provider signed, for us and for now, opens anything."""

import hashlib
import hmac
import json
import time
from typing import Any

import pytest

from support.gate import Gate
from support.identity_provider import (
    AUDIENCE,
    ISSUER,
    base64url,
    claims,
    compact,
    ec_key,
    private_jwk,
    public_jwk,
    public_pem,
    rsa_key,
    signed,
)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
@pytest.mark.parametrize("signature", ["", "AA"])
async def test_no_signature_is_none(gate: Gate, algorithm: str, signature: str) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": "first"}
    unsigned = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims()))
    await gate.refused(f"{unsigned}.{signature}")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize(
    "secret",
    [
        public_pem(rsa_key("first")),
        public_pem(rsa_key("first")).strip(),
        json.dumps(public_jwk(rsa_key("first"))).encode(),
        b"",
    ],
)
async def test_the_public_key_is_no_shared_secret(gate: Gate, algorithm: str, secret: bytes) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": "first"}
    content = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims()))
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
    await gate.refused(f"{content}.{base64url(hmac.new(secret, content.encode(), digest).digest())}")


async def test_a_shared_secret_among_the_keys_is_not_used(gate: Gate) -> None:
    gate.provider.keys.append({"kty": "oct", "kid": "shared", "k": base64url(b"s" * 32), "alg": "HS256"})
    header = {"alg": "HS256", "typ": "JWT", "kid": "shared"}
    content = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims()))
    await gate.refused(f"{content}.{base64url(hmac.new(b's' * 32, content.encode(), 'sha256').digest())}")


async def test_somebody_else_s_key_opens_nothing(gate: Gate) -> None:
    await gate.refused(signed(key=rsa_key("thief")))
    await gate.refused(signed(key=rsa_key("thief"), kid="thief"))
    await gate.refused(signed(key=ec_key("thief"), algorithm="ES256"))


async def test_a_key_serves_its_own_algorithm_alone(gate: Gate) -> None:
    for algorithm in ("PS256", "RS384", "RS512"):
        await gate.refused(signed(algorithm=algorithm))
    header = {"alg": "PS256", "typ": "JWT", "kid": "first"}
    await gate.refused(compact(header, claims(), rsa_key("first"), algorithm="RS256"))


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://login.example.evil.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": [ISSUER]},
        {"iss": "HTTPS://LOGIN.EXAMPLE"},
        {"aud": "https://other.example"},
        {"aud": []},
        {"aud": ["https://other.example"]},
        {"aud": {AUDIENCE: True}},
        {"aud": [7]},
        {"aud": f"{AUDIENCE} "},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\nb"},
        {"sub": "x" * 256},
    ],
)
async def test_a_token_of_or_for_somebody_else_opens_nothing(gate: Gate, said: dict[str, Any]) -> None:
    await gate.refused(signed(claims(**said)))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat"])
async def test_a_claim_that_is_needed_cannot_be_left_out(gate: Gate, claim: str) -> None:
    await gate.refused(signed(claims(**{claim: None})))


async def test_a_token_ends_give_or_take_a_minute(gate: Gate) -> None:
    now = int(time.time())
    assert await gate.viewer(signed(claims(exp=now - 30)))
    await gate.refused(signed(claims(exp=now - 90)), "The token has expired; ask for a new one.")


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_begins_give_or_take_a_minute(gate: Gate, claim: str) -> None:
    now = int(time.time())
    assert await gate.viewer(signed(claims(**{claim: now + 30})))
    await gate.refused(signed(claims(**{claim: now + 120})))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["soon", [], {}, "NaN"])
async def test_a_time_that_is_none_is_refused(gate: Gate, claim: str, value: Any) -> None:
    await gate.refused(signed(claims(**{claim: value})))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
async def test_a_number_that_is_none_breaks_nothing(gate: Gate, claim: str, number: str) -> None:
    said = json.dumps(claims(**{claim: "HERE"})).replace('"HERE"', number)
    await gate.refused(compact({"alg": "RS256", "typ": "JWT", "kid": "first"}, said, rsa_key("first")))


async def test_a_token_may_last_longer_than_calendars(gate: Gate) -> None:
    assert await gate.viewer(signed(claims(exp=10**30)))


@pytest.mark.parametrize(
    "kid",
    [
        None,
        "",
        7,
        ["first"],
        {"first": True},
        "FIRST",
        "first\x00",
        "../../../../dev/null",
        "/etc/passwd",
        "first' OR '1'='1",
        "x' UNION SELECT 'secret' --",
        "https://evil.example/keys",
        "file:///etc/passwd",
        "|curl https://evil.example",
        "x" * 256,
    ],
)
async def test_the_name_of_a_key_is_only_looked_up(gate: Gate, kid: Any) -> None:
    await gate.refused(signed(kid=kid))
    assert set(gate.provider.asked) <= {f"{ISSUER}/.well-known/openid-configuration", f"{ISSUER}/keys"}


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"jwk": public_jwk(rsa_key("thief"), kid="first")},
        {"x5c": ["AAAA"]},
    ],
)
async def test_a_token_brings_no_key_of_its_own(gate: Gate, header: dict[str, Any]) -> None:
    await gate.refused(signed(key=rsa_key("thief"), **header))
    await gate.refused(signed(key=rsa_key("thief"), kid="thief", **header))
    assert await gate.viewer(signed(**header)), "the header is passed over when the key is right"
    assert not [address for address in gate.provider.asked if "evil" in address]


async def test_a_token_that_nobody_needs_so_long_is_not_looked_at(gate: Gate) -> None:
    await gate.refused(signed(claims(filling="x" * 9000)))
    await gate.refused("A" * 20_000 + ".A.A", "The token is not known.")
    assert gate.provider.asked == []


async def test_a_name_that_stands_twice_is_refused_although_well_signed(gate: Gate) -> None:
    header = {"alg": "RS256", "typ": "JWT", "kid": "first"}
    said = json.dumps(claims())
    for twice in (
        said[:-1] + ', "sub": "admin"}',
        '{"scope": "CONFIGURE", ' + said[1:],
        said[:-1] + ', "inner": {"a": 1, "a": 2}}',
    ):
        await gate.refused(compact(header, twice, rsa_key("first")))
    twice_headed = '{"alg": "none", "alg": "RS256", "typ": "JWT", "kid": "first"}'
    await gate.refused(compact(twice_headed, said, rsa_key("first")))


async def test_nesting_breaks_nothing(gate: Gate) -> None:
    header = {"alg": "RS256", "typ": "JWT", "kid": "first"}
    deep = "[" * 2900 + "]" * 2900
    await gate.refused(compact(header, deep, rsa_key("first")))
    await gate.refused(f"{base64url(deep[:2000].encode())}.e30.AA")


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_token_that_was_touched_opens_nothing(gate: Gate, part: int) -> None:
    segments = signed().split(".")
    middle = len(segments[part]) // 2
    touched = "A" if segments[part][middle] != "A" else "B"
    segments[part] = segments[part][:middle] + touched + segments[part][middle + 1 :]
    await gate.refused(".".join(segments))


async def test_claims_cannot_be_swapped(gate: Gate) -> None:
    head, _, signature = signed().split(".")
    await gate.refused(f"{head}.{base64url(json.dumps(claims(scope='CONFIGURE')).encode())}.{signature}")


@pytest.mark.parametrize(
    "token",
    [
        "..",
        "a.b.",
        ".b.c",
        "a..c",
        "e30.e30.e30",
        "e30.e30.e30=",
        "W10.W10.W10",
        "bnVsbA.e30.AA",
        "a b.c.d",
        "é.b.c",
    ],
)
async def test_nonsense_opens_nothing(gate: Gate, token: str) -> None:
    if token.isascii():
        await gate.refused(token)
    answer = await gate.ask(token.encode().decode("latin-1").encode("ascii", "replace").decode())
    assert answer.status_code == 401


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"crit": []}, {"crit": ["b64"], "b64": False}])
async def test_what_must_be_understood_and_is_not_is_refused(gate: Gate, header: dict[str, Any]) -> None:
    await gate.refused(signed(**header))


@pytest.mark.parametrize("typ", ["logout+jwt", "dpop+jwt", "secevent+jwt", "JWE", 7, ["JWT"]])
async def test_a_token_for_another_purpose_is_refused(gate: Gate, typ: Any) -> None:
    await gate.refused(signed(typ=typ))


@pytest.mark.parametrize(
    "weak",
    [
        public_jwk(rsa_key("weak", 1024), kid="weak"),
        public_jwk(rsa_key("other"), kid="weak", use="enc"),
        private_jwk(rsa_key("other"), kid="weak", key_ops=["verify"]),
        public_jwk(rsa_key("other"), kid="weak", alg="RS512"),
    ],
)
async def test_a_key_that_is_weak_or_for_something_else_is_not_used(gate: Gate, weak: dict[str, Any]) -> None:
    gate.provider.keys.append(weak)
    key = rsa_key("weak", 1024) if weak["n"] == public_jwk(rsa_key("weak", 1024))["n"] else rsa_key("other")
    await gate.refused(signed(key=key, kid="weak", algorithm=weak.get("alg", "RS256")))
    assert await gate.viewer(signed())
