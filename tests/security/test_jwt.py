"""Tokens of an identity provider: the good ones open what their claims say, and nothing is kept or told of them."""

import logging
import time
from typing import Any

import pytest

from core.domain.access import Scope, hash_token
from support.builders import make_token
from support.desk import global_id
from support.gate import Gate
from support.identity_provider import AUDIENCE, ISSUER, claims, compact, ec_key, public_jwk, rsa_key, signed
from support.world import World


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
