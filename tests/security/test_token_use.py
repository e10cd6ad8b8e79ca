"""How tokens are recognised, without comparing secrets piece by piece, and how their last use is written."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from adapters.memory.administration import MemoryAccessTokens
from adapters.sql.stores.administration import SqlAccessTokens
from core.domain.access import AccessToken, Scope, Unauthenticated, hash_token
from core.use_cases import identify_caller
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from core.use_cases.identify_caller import IdentifyCaller, IdentifyCallerCommand
from core.use_cases.note_token_use import NoteTokenUse
from ports.storage import StorageState, StorageUnavailable
from ports.unit_of_work import UnitsOfWork
from server import token_commands
from server.services import Services
from server.settings import load_settings
from server.token_commands import OPERATOR
from server.working import make_worker
from support.builders import make_token
from support.served import client_from, served
from support.stored_tokens import StoredTokens
from support.world import World

TOKEN = "fia_" + "K7" * 32


class Incomparable(str):
    """A secret that nobody compares, searches or orders."""

    __slots__ = ()

    def _refuse(self, *_: object) -> NoReturn:
        raise AssertionError("a secret was compared")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __hash__ = _refuse
    __contains__ = __getitem__ = __iter__ = _refuse
    startswith = endswith = find = index = _refuse


def _variants() -> list[str]:
    """Tokens that differ from the good one in one place, in length, or in everything."""
    changed = [TOKEN[:place] + "x" + TOKEN[place + 1 :] for place in (0, 4, len(TOKEN) // 2, len(TOKEN) - 1)]
    return [*changed, TOKEN[:-1], TOKEN + "K", "x", "y" * len(TOKEN)]


@pytest.mark.parametrize("admin", [None, "token-of-the-administrator"])
async def test_what_is_searched_for_is_the_hash_of_the_whole(
    world: World, monkeypatch: pytest.MonkeyPatch, admin: str | None
) -> None:
    async with world.units_of_work.begin() as work:
        await work.tokens.add(make_token(token_hash=hash_token(TOKEN)))
    searched: list[str] = []
    by_hash = MemoryAccessTokens.by_hash

    async def watched(store: MemoryAccessTokens, token_hash: str) -> AccessToken | None:
        searched.append(token_hash)
        return await by_hash(store, token_hash)

    monkeypatch.setattr(MemoryAccessTokens, "by_hash", watched)
    for method in ("get", "all"):
        monkeypatch.setattr(MemoryAccessTokens, method, None)
    identify = IdentifyCaller(
        tokens=StoredTokens(world.units_of_work),
        units_of_work=world.units_of_work,
        clock=world.clock,
        admin_token_hash=hash_token(admin) if admin else None,
    )
    assert (await identify(IdentifyCallerCommand(token=Incomparable(TOKEN)))).name == "tests"
    for wrong in _variants():
        with pytest.raises(Unauthenticated):
            await identify(IdentifyCallerCommand(token=Incomparable(wrong)))
    assert searched == [hashlib.sha256(token.encode()).hexdigest() for token in (TOKEN, *_variants())]


async def test_the_administrator_s_token_is_compared_in_constant_time_and_as_a_hash(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []
    compare = hmac.compare_digest

    def watched(one: str, other: str) -> bool:
        compared.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(identify_caller, "compare_digest", watched)
    kept = Incomparable(hash_token(TOKEN))
    identify = IdentifyCaller(
        tokens=StoredTokens(world.units_of_work),
        units_of_work=world.units_of_work,
        clock=world.clock,
        admin_token_hash=kept,
    )
    assert (await identify(IdentifyCallerCommand(token=Incomparable(TOKEN)))).id == "admin"
    for wrong in _variants():
        with pytest.raises(Unauthenticated):
            await identify(IdentifyCallerCommand(token=Incomparable(wrong)))
    assert [one for one, _ in compared] == [hash_token(token) for token in (TOKEN, *_variants())]
    assert all(other is kept for _, other in compared)


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[tuple[Any, Services]]:
    async with served(monkeypatch, tmp_path) as (app, services):
        yield app, services


async def _made(services: Services) -> tuple[dict[str, str], AccessToken]:
    """The header of a new token, and the token."""
    command = CreateTokenCommand(caller=OPERATOR, name="desk", scopes=frozenset({Scope.READ}))
    created = await services.container.resolve(CreateToken)(command)
    return {"Authorization": f"Bearer {created.token}"}, created.access


async def _last_use(services: Services, token: AccessToken) -> Any:
    units_of_work: UnitsOfWork = services.container.resolve(UnitsOfWork)
    async with units_of_work.read() as work:
        found = await work.tokens.get(token.id)
    assert found is not None
    return found.last_used_at


async def test_the_last_use_is_written_by_the_worker(
    house: tuple[Any, Services], capsys: pytest.CaptureFixture[str]
) -> None:
    app, services = house
    note = services.container.resolve(NoteTokenUse)
    headers, token = await _made(services)
    _, unused = await _made(services)
    async with client_from(app) as client:
        for _ in range(3):
            assert (await client.get("/graphql?query={viewer{name}}", headers=headers)).status_code == 200
        assert await _last_use(services, token) is None
        await note()
        used = await _last_use(services, token)
        assert timedelta(0) <= used - token.created_at < timedelta(minutes=1)
        assert await _last_use(services, unused) is None
        await client.get("/graphql?query={viewer{name}}", headers={"Authorization": "Bearer nonsense"})
        await note()
        assert await _last_use(services, token) == used
    capsys.readouterr()
    await token_commands.show(load_settings())
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "last used" in rows["ID"]
    assert "never  never" not in rows[str(token.id)]
    assert rows[str(unused.id)].count("never") == 2


async def test_requests_do_not_wait_for_whoever_writes_long(house: tuple[Any, Services]) -> None:
    app, services = house
    headers, token = await _made(services)
    note = services.container.resolve(NoteTokenUse)
    units_of_work: UnitsOfWork = services.container.resolve(UnitsOfWork)
    async with client_from(app) as client:
        async with units_of_work.begin():
            noting = None
            for _ in range(3):
                answer = await client.get("/graphql?query={viewer{name}}", headers=headers)
                assert answer.status_code == 200
                noting = noting or asyncio.create_task(note())
            assert noting is not None
            assert not noting.done()
        await noting
    assert await _last_use(services, token) is not None


async def test_what_cannot_be_written_is_written_later(
    house: tuple[Any, Services], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, services = house
    headers, token = await _made(services)
    note = services.container.resolve(NoteTokenUse)

    async def fail(*_: object) -> None:
        raise StorageUnavailable(StorageState.BUSY)

    async with client_from(app) as client:
        with monkeypatch.context() as patch:
            patch.setattr(SqlAccessTokens, "note_uses", fail)
            assert (await client.get("/graphql?query={viewer{name}}", headers=headers)).status_code == 200
            with pytest.raises(StorageUnavailable):
                await note()
    await note()
    assert await _last_use(services, token) is not None


async def test_the_worker_writes_every_minute(house: tuple[Any, Services]) -> None:
    _, services = house
    assert services.container.resolve(NoteTokenUse) is services.container.resolve(IdentifyCaller).uses
    routine = make_worker(services)._routines["note when tokens were used"]
    assert (routine.run, routine.pause) == (services.container.resolve(NoteTokenUse), timedelta(minutes=1))
    assert await routine.run() == 0
