"""Tokens of an identity provider: the good ones open what their claims say, and no others open anything."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.responses import RedirectResponse, Response

from adapters.oidc import keys as provider_keys
from adapters.oidc.keys import (
    FAILED_SECONDS,
    FRESH_SECONDS,
    UNKNOWN_KEY_SECONDS,
    USABLE_SECONDS,
    ProviderKeys,
)
from adapters.oidc.verifier import Claims, OidcTokens
from api.http.context import ContextFactory
from api.http.endpoint import GraphQLEndpoint
from core.domain.access import Caller, Scope, hash_token
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from server.identity_provider import read_branch_id
from support.builders import make_token
from support.desk import Desk, client_of, global_id, shared_schema
from support.identity_provider import (
    AUDIENCE,
    ISSUER,
    Provider,
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
from support.world import World

VIEWER = "{ viewer { name scopes reachesEveryBranch branches { nodes { name } } } }"


class Gate:
    """The API, to which the provider's people come. `seconds`: what the clock of the keys shows."""

    def __init__(self, desk: Desk, provider: Provider, client: httpx.AsyncClient) -> None:
        self.world = desk.world
        self.provider = provider
        self.seconds = 1000.0
        keys = ProviderKeys(ISSUER, {"RS256", "ES256"}, client, lambda: self.seconds)
        self.tokens = OidcTokens(ISSUER, AUDIENCE, keys, Claims(read_branch_id=read_branch_id))
        self.identify = IdentifyCaller(
            units_of_work=desk.world.units_of_work,
            clock=desk.world.clock,
            verifier=self.tokens,
            admin_token_hash=hash_token("admin.of.old-times"),
        )
        contexts = ContextFactory(
            units_of_work=desk.world.units_of_work,
            use_cases=replace(desk.use_cases, identify_caller=self.identify),
            clock=desk.world.clock,
            vault=desk.world.vault,
        )
        self._endpoint = GraphQLEndpoint(shared_schema(), contexts)

    async def ask(self, token: str) -> httpx.Response:
        """What the API answers to whoever shows this token."""
        async with client_of(self._endpoint) as client:
            headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
            return await client.post("/graphql", json={"query": VIEWER}, headers=headers)

    async def viewer(self, token: str) -> Any:
        """Who the API says is calling."""
        answer = await self.ask(token)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["viewer"]

    async def refused(self, token: str, why: str = "The token is not valid here.") -> None:
        """See that the token opens nothing, and that the answer tells no more than that."""
        answer = await self.ask(token)
        assert answer.status_code == 401, answer.text
        (error,) = answer.json()["errors"]
        assert (error["extensions"]["code"], error["message"]) == ("UNAUTHENTICATED", why)
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'

    async def unavailable(self, token: str) -> int:
        """See that the token can neither be confirmed nor refuted; how many seconds to wait."""
        answer = await self.ask(token)
        assert answer.status_code == 503, answer.text
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        assert error["extensions"]["retryable"] is True
        return int(answer.headers["retry-after"])

    async def caller(self, token: str) -> Caller:
        """The caller behind a token."""
        return await self.identify(IdentifyCallerCommand(token=token))


@pytest.fixture
def provider() -> Provider:
    """The provider, which works."""
    return Provider()


@pytest.fixture
async def gate(desk: Desk, provider: Provider) -> AsyncIterator[Gate]:
    """The API that trusts it."""
    async with provider_keys.new_http_client(provider.transport) as client:
        yield Gate(desk, provider, client)


# what good tokens open


async def test_a_good_token_tells_who_calls(gate: Gate) -> None:
    assert await gate.viewer(signed()) == {
        "name": "ana",
        "scopes": ["READ"],
        "reachesEveryBranch": True,
        "branches": {"nodes": [{"name": gate.world.branch.name}]},
    }


async def test_a_caller_has_a_name_of_its_own_in_the_trail(gate: Gate) -> None:
    caller = await gate.caller(signed(claims(sub="admin", preferred_username=None)))
    assert (caller.id, caller.name) == (f"admin@{ISSUER}", "admin")
    assert caller.scopes == {Scope.READ}
    for unfit in ("", "x" * 256, "a\nb", 7, ["ana"]):
        assert (await gate.caller(signed(claims(preferred_username=unfit)))).name == "7f1c"


@pytest.mark.parametrize(
    ("said", "scopes"),
    [
        ({"scope": "READ CONSULT"}, {Scope.READ, Scope.CONSULT}),
        ({"scope": None, "fiador_scopes": ["AUDIT", "TOKENS"]}, {Scope.AUDIT, Scope.TOKENS}),
        ({"scope": "READ", "fiador_scopes": ["AUDIT"]}, {Scope.READ, Scope.AUDIT}),
        ({"fiador_scopes": "NEGATIVATE CLEAR", "scope": None}, {Scope.NEGATIVATE, Scope.CLEAR}),
        ({"scope": "read Read openid READ_ ALL *"}, set()),
        ({"scope": None}, set()),
    ],
)
async def test_scopes_come_from_claims(gate: Gate, said: dict[str, Any], scopes: set[Scope]) -> None:
    assert (await gate.caller(signed(claims(**said)))).scopes == scopes


async def test_branches_come_from_a_claim_by_id_or_by_external_id(gate: Gate) -> None:
    other = await gate.world.add_branch(external_id="norte")
    here, there = gate.world.branch, other
    for said, reached in (
        ([global_id(here)], {here.id}),
        (["norte"], {there.id}),
        ([global_id(here), "norte", "sul"], {here.id, there.id}),
        (f"norte {global_id(here)}", {here.id, there.id}),
        (["sul"], set()),
        ([global_id(gate.world.customer)], set()),
        ([], set()),
        (None, set()),
    ):
        caller = await gate.caller(signed(claims(fiador_branches=said)))
        assert caller.branch_ids == frozenset(reached)
    for every in ("*", ["*"], ["norte", "*"]):
        assert (await gate.caller(signed(claims(fiador_branches=every)))).branch_ids is None
        assert (
            "*" not in (await gate.tokens.verify(signed(claims(fiador_branches=every)))).branch_external_ids
        )


async def test_who_is_of_no_branch_sees_none(gate: Gate) -> None:
    found = await gate.viewer(signed(claims(fiador_branches=None)))
    assert (found["reachesEveryBranch"], found["branches"]["nodes"]) == (False, [])


async def test_a_caller_ends_with_its_token(gate: Gate) -> None:
    ends = int(time.time()) + 30
    caller = await gate.caller(signed(claims(exp=ends)))
    assert caller.ends_at is not None
    assert caller.ends_at.timestamp() == ends + 60


@pytest.mark.parametrize("claim", ["scope", "fiador_scopes", "fiador_branches"])
@pytest.mark.parametrize("value", [7, True, {"READ": True}, [7], [["READ"]]])
async def test_a_right_of_unknown_shape_is_no_reason_to_guess(gate: Gate, claim: str, value: Any) -> None:
    await gate.refused(signed(claims(**{claim: value})))


async def test_our_own_tokens_go_on_working(gate: Gate) -> None:
    token = make_token(name="Caixa", token_hash=hash_token("fia_opaque"))
    async with gate.world.units_of_work.begin() as work:
        await work.tokens.add(token)
    assert (await gate.viewer("fia_opaque"))["name"] == "Caixa"
    assert (await gate.viewer("admin.of.old-times"))["name"] == "admin"
    await gate.refused("fia_other", "The token is not known.")
    assert gate.provider.asked == []


async def test_other_keys_of_the_provider_serve_too(gate: Gate) -> None:
    gate.provider.keys.append(public_jwk(ec_key("curve"), kid="curve"))
    gate.provider.keys.append(public_jwk(rsa_key("unnamed"), kid="plain"))
    assert await gate.viewer(signed(key=ec_key("curve"), kid="curve", algorithm="ES256"))
    assert await gate.viewer(signed(key=rsa_key("unnamed"), kid="plain"))


@pytest.mark.parametrize("said", [{"aud": ["other", AUDIENCE]}, {"nbf": 0}, {"unknown": {"a": [1, None]}}])
async def test_what_a_token_says_besides_does_no_harm(gate: Gate, said: dict[str, Any]) -> None:
    assert await gate.viewer(signed(claims(**said)))


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "at+jwt", "application/at+JWT"])
async def test_tokens_for_access_are_taken(gate: Gate, typ: str | None) -> None:
    header = {"alg": "RS256", "kid": "first"} | ({"typ": typ} if typ else {})
    assert await gate.viewer(compact(header, claims(), rsa_key("first")))


# attacks


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


# keys that come and go


async def test_keys_rotate(gate: Gate) -> None:
    second = public_jwk(rsa_key("second"), kid="second")
    assert await gate.viewer(signed())
    gate.provider.keys.append(second)
    gate.seconds += UNKNOWN_KEY_SECONDS
    assert await gate.viewer(signed(key=rsa_key("second"), kid="second"))
    assert await gate.viewer(signed()), "both are good while both are published"
    gate.provider.keys[:] = [second]
    gate.seconds += FRESH_SECONDS
    await gate.refused(signed())
    assert await gate.viewer(signed(key=rsa_key("second"), kid="second"))


async def test_unknown_keys_make_us_ask_once_a_minute(gate: Gate) -> None:
    assert await gate.viewer(signed())
    asked = len(gate.provider.asked)
    gate.seconds += UNKNOWN_KEY_SECONDS
    await asyncio.gather(*(gate.refused(signed(kid=f"made-up-{number}")) for number in range(50)))
    assert len(gate.provider.asked) == asked + 2
    gate.seconds += UNKNOWN_KEY_SECONDS - 1
    await gate.refused(signed(kid="made-up"))
    assert len(gate.provider.asked) == asked + 2


async def test_the_first_tokens_ask_once_together(gate: Gate) -> None:
    await asyncio.gather(*(gate.viewer(signed()) for _ in range(20)))
    assert len(gate.provider.asked) == 2


async def test_without_the_provider_nobody_new_is_let_in_or_refused(gate: Gate) -> None:
    gate.provider.away = True
    assert await gate.unavailable(signed()) == FAILED_SECONDS
    asked = len(gate.provider.asked)
    gate.provider.away = False
    gate.seconds += FAILED_SECONDS - 1
    assert await gate.unavailable(signed()) == 1
    assert len(gate.provider.asked) == asked, "it is not asked again at once"
    gate.seconds += 1
    assert await gate.viewer(signed())


async def test_known_keys_go_on_without_the_provider(gate: Gate) -> None:
    assert await gate.viewer(signed())
    gate.provider.away = True
    gate.seconds += FRESH_SECONDS
    assert await gate.viewer(signed())
    await gate.unavailable(signed(kid="second"))
    gate.seconds += USABLE_SECONDS - FRESH_SECONDS - 1
    assert await gate.viewer(signed())
    gate.seconds += 1
    await gate.unavailable(signed())
    gate.provider.away = False
    gate.seconds += FAILED_SECONDS
    assert await gate.viewer(signed())


async def test_nobody_waits_for_a_slow_provider_who_need_not(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await gate.viewer(signed())
    reached, answer = asyncio.Event(), asyncio.Event()
    fetch = ProviderKeys._fetch

    async def slow(keys: ProviderKeys) -> Any:
        reached.set()
        await answer.wait()
        return await fetch(keys)

    monkeypatch.setattr(ProviderKeys, "_fetch", slow)
    gate.seconds += FRESH_SECONDS
    first = asyncio.create_task(gate.viewer(signed()))
    async with asyncio.timeout(30):
        await reached.wait()
        assert await gate.viewer(signed())
        assert not first.done()
        answer.set()
        assert await first


async def test_who_hangs_up_while_the_provider_is_asked_makes_nobody_ask_again(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def endless(keys: ProviderKeys) -> Any:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(ProviderKeys, "_fetch", endless)
        asking = asyncio.create_task(gate.caller(signed()))
        await reached.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await gate.unavailable(signed())
    assert gate.provider.asked == []
    gate.seconds += FAILED_SECONDS
    assert await gate.viewer(signed())


async def test_a_provider_that_never_ends_is_left(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_keys, "FETCH_SECONDS", 0.05)

    async def endless(keys: ProviderKeys, address: str) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(ProviderKeys, "_document", endless)
    await gate.unavailable(signed())


BAD_ANSWERS: dict[str, Callable[[], Response]] = {
    "redirects": lambda: RedirectResponse("https://evil.example/keys"),
    "fails": lambda: Response(status_code=500),
    "is a page": lambda: Response("<html>", media_type="text/html"),
    "is no object": lambda: Response("[]"),
    "names no keys": lambda: Response("{}"),
    "has keys of no shape": lambda: Response('{"keys": {"kid": "first"}}'),
    "has strange keys": lambda: Response(
        json.dumps({"keys": [7, None, {}, {"kid": "first"}, {"kid": "first", "kty": "RSA", "n": 1, "e": []}]})
    ),
    "is endless": lambda: Response(
        json.dumps({"keys": [public_jwk(rsa_key("first"), kid="first")]}) + " " * provider_keys.MAX_BYTES
    ),
    "nests": lambda: Response("[" * 100_000),
    "is compressed": lambda: Response(b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("what", BAD_ANSWERS)
async def test_an_answer_of_no_use_lets_nobody_in(gate: Gate, what: str) -> None:
    gate.provider.instead = BAD_ANSWERS[what]()
    await gate.unavailable(signed())
    assert not [address for address in gate.provider.asked if "evil" in address]


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example", "jwks_uri": f"{ISSUER}/keys"},
        {"jwks_uri": f"{ISSUER}/keys"},
        {"issuer": ISSUER},
        {"issuer": ISSUER, "jwks_uri": 7},
        {"issuer": ISSUER, "jwks_uri": "http://login.example/keys"},
        {"issuer": ISSUER, "jwks_uri": "http://127.0.0.1/keys"},
        {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"},
        {"issuer": ISSUER, "jwks_uri": "https://"},
        {"issuer": ISSUER, "jwks_uri": "https://login.example:0x/keys"},
    ],
)
async def test_keys_are_fetched_only_from_a_safe_address_that_the_issuer_names(
    gate: Gate, discovery: dict[str, Any]
) -> None:
    gate.provider.discovery = discovery
    await gate.unavailable(signed())
    assert gate.provider.asked == [f"{ISSUER}/.well-known/openid-configuration"]


async def test_the_log_tells_why_and_nothing_of_the_token(
    gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    token = signed(claims(aud="other", sub="somebody", email="ana@mail.example"))
    await gate.refused(token)
    assert "InvalidAudienceError" in caplog.text
    for secret in (token, *token.split("."), "somebody", "ana@mail.example"):
        assert secret not in caplog.text


async def test_nothing_is_kept_about_the_provider_s_people(gate: Gate, world: World) -> None:
    before = {name: dict(rows) for name, rows in world.storage.reading().tables.items()}
    assert await gate.viewer(signed())
    assert {name: dict(rows) for name, rows in world.storage.reading().tables.items()} == before
