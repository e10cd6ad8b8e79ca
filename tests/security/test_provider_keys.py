"""The keys of an identity provider: they come and go, and a provider that is away or lies lets nobody in."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

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
from support.gate import Gate
from support.identity_provider import ISSUER, public_jwk, rsa_key, signed


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
