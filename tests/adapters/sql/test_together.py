"""Questions that several ask at the same moment: put once, never answered by what was so before, and nobody left without an answer."""

import asyncio

import pytest

from adapters.sql.database import Database
from adapters.sql.together import Together
from support.builders import make_token
from support.storages import sql_storage


class Asked:
    """Answers that count how often it was asked; each waits until it is let go."""

    def __init__(self) -> None:
        self.times = 0
        self.let_go = asyncio.Event()
        self.failing: Exception | None = None

    async def __call__(self, key: str) -> str:
        self.times += 1
        answer = f"{key} {self.times}"
        await self.let_go.wait()
        if self.failing is not None:
            failing, self.failing = self.failing, None
            raise failing
        return answer


async def _come_round() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_those_who_come_at_the_same_moment_ask_once() -> None:
    asked = Asked()
    asked.let_go.set()
    together: Together[str, str] = Together(asked)
    keys = ("a", "b", "a", "a")
    assert await asyncio.gather(*map(together.answer, keys)) == ["a 1", "b 2", "a 1", "a 1"]
    assert await together.answer("a") == "a 3"


async def test_who_comes_while_it_is_asked_is_not_told_what_was_before() -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked)
    early = asyncio.create_task(together.answer("a"))
    await _come_round()
    assert asked.times == 1
    late = asyncio.create_task(together.answer("a"))
    await _come_round()
    asked.let_go.set()
    assert (await early, await late) == ("a 1", "a 2")


@pytest.mark.parametrize("begun", [False, True], ids=["before it asked", "while it asks"])
async def test_when_the_one_who_asks_gives_up_the_others_ask_themselves(begun: bool) -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked)
    first, second, third = (asyncio.create_task(together.answer("a")) for _ in range(3))
    await asyncio.sleep(0)
    if begun:
        await _come_round()
    first.cancel()
    asked.let_go.set()
    async with asyncio.timeout(30):
        answers = await asyncio.gather(first, second, third, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert sorted(map(str, answers[1:])) == [f"a {asked.times - 1}", f"a {asked.times}"]
    assert asked.times == (3 if begun else 2)
    assert await together.answer("a") == f"a {asked.times}"


async def test_when_one_who_waits_gives_up_the_others_are_told() -> None:
    asked = Asked()
    together: Together[str, str] = Together(asked)
    first, second, third = (asyncio.create_task(together.answer("a")) for _ in range(3))
    await _come_round()
    second.cancel()
    asked.let_go.set()
    assert (await first, await third) == ("a 1", "a 1")


async def test_an_error_is_its_own_who_asked() -> None:
    asked = Asked()
    asked.failing = ConnectionResetError()
    asked.let_go.set()
    together: Together[str, str] = Together(asked)
    failed, told = await asyncio.gather(*map(together.answer, "aa"), return_exceptions=True)
    assert isinstance(failed, ConnectionResetError)
    assert told == "a 2"


@pytest.mark.postgres
async def test_a_record_that_several_look_at_is_found_by_one_statement(
    postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sql_storage(postgres_address) as storage:
        database = storage.database
        assert isinstance(database, Database)
        token = make_token()
        async with storage.units_of_work.begin() as work:
            await work.tokens.add(token)
        sent = 0
        fetch = database.driver.fetch

        async def counted(statement: str, values: list[str]) -> object:
            nonlocal sent
            sent += 1
            return await fetch(statement, values)

        monkeypatch.setattr(database.driver, "fetch", counted)
        wanted = "SELECT name FROM access_tokens WHERE token_hash = $1"
        glances = (database.driver.glance(wanted, [each]) for each in (token.token_hash, "other") * 5)
        found = [list(map(tuple, rows)) for rows in await asyncio.gather(*glances)]
        assert found == [[(token.name,)], []] * 5
        assert sent == 2
