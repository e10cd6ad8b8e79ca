"""Tokens: who calls, and handing them out, listing them, taking them back."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from adapters.memory.administration import MemoryAccessTokens
from core.domain.access import AccessToken, Scope, Unauthenticated, UnauthenticatedReason, hash_token
from core.domain.audit import AuditAction
from core.domain.errors import Forbidden, InvalidInput, NotFound
from core.use_cases.confirm_caller import ConfirmCaller
from core.use_cases.create_token import CreatedToken, CreateToken, CreateTokenCommand
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from core.use_cases.list_tokens import ListTokens, ListTokensCommand
from core.use_cases.revoke_token import RevokeToken, RevokeTokenCommand
from ports.token_source import TokenSource
from support.builders import NOW, new_id
from support.refusals import problems_of, refused
from support.stored_tokens import StoredTokens
from support.trail import events_of
from support.world import World


class NumberedTokens(TokenSource):
    """token-1, token-2, …"""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> str:
        return f"token-{next(self._numbers)}"


TOKENS = NumberedTokens()


async def create(world: World, **changes: Any) -> CreatedToken:
    command = CreateTokenCommand(
        caller=world.caller, name="Integrador", scopes=frozenset({Scope.READ, Scope.CONSULT})
    )
    create_token = CreateToken(
        units_of_work=world.units_of_work, tokens=TOKENS, clock=world.clock, ids=world.ids
    )
    return await create_token(replace(command, **changes))


def identify(world: World, admin: str | None = None) -> IdentifyCaller:
    return IdentifyCaller(
        tokens=StoredTokens(world.units_of_work),
        units_of_work=world.units_of_work,
        clock=world.clock,
        admin_token_hash=hash_token(admin) if admin else None,
    )


def presented(token: str | None) -> IdentifyCallerCommand:
    return IdentifyCallerCommand(token=token, origin="192.0.2.1")


async def test_a_token_tells_who_calls(world: World) -> None:
    created = await create(world, branch_ids=frozenset({world.branch.id}))
    caller = await identify(world)(presented(created.token))
    assert (caller.id, caller.name) == (str(created.access.id), "Integrador")
    assert caller.scopes == {Scope.READ, Scope.CONSULT}
    assert caller.branch_ids == frozenset({world.branch.id})
    assert caller.origin == "192.0.2.1"


async def test_only_the_hash_is_stored(world: World) -> None:
    created = await create(world)
    token = created.token.encode()
    assert created.access.token_hash == hashlib.sha256(token).hexdigest()
    tables = world.storage.reading().tables
    assert not [row for rows in tables.values() for row in rows.values() if token in row]
    assert created.token not in repr(created)


@pytest.mark.parametrize("token", [None, ""])
async def test_without_a_token_nobody_calls(world: World, token: str | None) -> None:
    with refused(world, Unauthenticated) as caught:
        await identify(world)(presented(token))
    assert caught.value.reason is UnauthenticatedReason.MISSING


@pytest.mark.parametrize("token", ["token-0", "TOKEN-1", "token-1 ", "\ud800", "é"])
async def test_an_unknown_token_opens_nothing(world: World, token: str) -> None:
    await create(world)
    with refused(world, Unauthenticated) as caught:
        await identify(world, admin="admin-token")(presented(token))
    assert caught.value.reason is UnauthenticatedReason.UNKNOWN


async def test_a_stored_hash_is_no_token(world: World) -> None:
    created = await create(world)
    with refused(world, Unauthenticated):
        await identify(world)(presented(created.access.token_hash))


async def test_a_token_ends(world: World) -> None:
    created = await create(world, expires_at=NOW + timedelta(hours=1))
    world.clock.advance(timedelta(minutes=59))
    assert (await identify(world)(presented(created.token))).name == "Integrador"
    world.clock.advance(timedelta(minutes=1))
    with refused(world, Unauthenticated) as caught:
        await identify(world)(presented(created.token))
    assert caught.value.reason is UnauthenticatedReason.EXPIRED


async def test_a_revoked_token_opens_nothing(world: World) -> None:
    created = await create(world)
    revoke = world.use_case(RevokeToken)
    command = RevokeTokenCommand(caller=world.caller, token_id=created.access.id)
    revoked = await revoke(command)
    assert revoked.revoked_at == NOW
    with refused(world, Unauthenticated) as caught:
        await identify(world)(presented(created.token))
    assert caught.value.reason is UnauthenticatedReason.REVOKED

    world.clock.advance(timedelta(hours=1))
    assert await revoke(command) == revoked, "revoking again changes nothing"
    assert len(await events_of(world, AuditAction.TOKEN_REVOKED)) == 1


async def test_what_was_made_in_the_name_of_a_token_ends_with_it(world: World) -> None:
    created = await create(world, expires_at=NOW + timedelta(hours=1))
    caller = await identify(world)(presented(created.token))
    assert caller.ends_at == NOW + timedelta(hours=1)
    confirm = world.use_case(ConfirmCaller)
    await confirm(caller)
    for id_ in ("admin", "7f1c@https://login.example"):
        await confirm(replace(caller, id=id_))
    with refused(world, Unauthenticated) as unknown:
        await confirm(replace(caller, id=str(new_id())))
    assert unknown.value.reason is UnauthenticatedReason.UNKNOWN
    world.clock.advance(timedelta(hours=1))
    with refused(world, Unauthenticated) as ended:
        await confirm(caller)
    assert ended.value.reason is UnauthenticatedReason.EXPIRED
    await world.use_case(RevokeToken)(RevokeTokenCommand(caller=world.caller, token_id=created.access.id))
    with refused(world, Unauthenticated) as revoked:
        await confirm(caller)
    assert revoked.value.reason is UnauthenticatedReason.REVOKED


async def test_storage_is_asked_for_the_hash_and_for_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However like a token a guess is, what is compared is its hash, which is not: time tells nothing about the token."""
    created = await create(world)
    asked: list[str] = []
    find = MemoryAccessTokens.by_hash

    async def noted(store: MemoryAccessTokens, token_hash: str) -> AccessToken | None:
        asked.append(token_hash)
        return await find(store, token_hash)

    monkeypatch.setattr(MemoryAccessTokens, "by_hash", noted)
    near = created.token[:-1] + ("0" if created.token[-1] != "0" else "1")
    await identify(world)(presented(created.token))
    with refused(world, Unauthenticated):
        await identify(world)(presented(near))
    assert asked == [hashlib.sha256(token.encode()).hexdigest() for token in (created.token, near)]


@pytest.mark.parametrize("token", ["x" * 16_385, "." * 16_385])
async def test_what_is_too_long_for_a_token_is_none(world: World, token: str) -> None:
    with refused(world, Unauthenticated) as caught:
        await identify(world, admin=token)(presented(token))
    assert caught.value.reason is UnauthenticatedReason.UNKNOWN


async def test_the_token_known_in_advance_has_every_scope_and_branch(world: World) -> None:
    caller = await identify(world, admin="admin-token")(presented("admin-token"))
    assert caller.scopes == frozenset(Scope)
    assert caller.branch_ids is None
    assert caller.origin == "192.0.2.1"


async def test_without_one_no_token_is_known_in_advance(world: World) -> None:
    with refused(world, Unauthenticated):
        await identify(world)(presented("admin-token"))


async def test_nobody_hands_out_more_than_they_have(world: World) -> None:
    for caller in (
        replace(world.caller, scopes=frozenset({Scope.TOKENS, Scope.READ})),
        replace(world.caller, scopes=frozenset({Scope.READ, Scope.CONSULT})),
        replace(world.caller, branch_ids=frozenset({world.branch.id})),
    ):
        with refused(world, Forbidden):
            await create(world, caller=caller)


async def test_every_problem_of_a_new_token_is_said_at_once(world: World) -> None:
    with refused(world, InvalidInput) as caught:
        await create(world, name=" ", scopes=frozenset(), branch_ids=frozenset(), expires_at=NOW)
    assert problems_of(caught) == {
        ("name", "INVALID_TEXT"),
        ("scopes", "SCOPES_REQUIRED"),
        ("branchIds", "BRANCHES_REQUIRED"),
        ("expiresAt", "EXPIRY_IN_PAST"),
    }


async def test_a_token_is_for_branches_that_exist(world: World) -> None:
    with refused(world, NotFound) as caught:
        await create(world, branch_ids=frozenset({world.branch.id, new_id()}))
    assert (caught.value.kind, caught.value.path) == ("Branch", ("branchIds",))


async def test_the_trail_tells_of_new_tokens(world: World) -> None:
    created = await create(world)
    (event,) = await events_of(world, AuditAction.TOKEN_CREATED)
    assert (event.record_kind, event.record_id) == ("AccessToken", created.access.id)
    assert event.details == {"scopes": "CONSULT,READ"}


async def test_all_tokens_are_listed(world: World) -> None:
    first = await create(world)
    second = await create(world, name="Outro")
    command = ListTokensCommand(caller=world.caller)
    assert await world.use_case(ListTokens)(command) == [first.access, second.access]


async def test_who_may_see_and_revoke_tokens(world: World) -> None:
    created = await create(world)
    for caller in (
        replace(world.caller, scopes=frozenset(Scope) - {Scope.TOKENS}),
        replace(world.caller, branch_ids=frozenset({world.branch.id})),
    ):
        with refused(world, Forbidden):
            await world.use_case(ListTokens)(ListTokensCommand(caller=caller))
        with refused(world, Forbidden):
            revoke = RevokeTokenCommand(caller=caller, token_id=created.access.id)
            await world.use_case(RevokeToken)(revoke)
    with refused(world, NotFound):
        unknown = RevokeTokenCommand(caller=world.caller, token_id=new_id())
        await world.use_case(RevokeToken)(unknown)
