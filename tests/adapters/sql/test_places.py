"""Connections that are lent: whoever waits gets one in turn, and none is lost when somebody gives up."""

import asyncio

import pytest

from adapters.sql import places
from adapters.sql.places import NoConnectionFree, Places


def _counting(most: int = 1) -> Places[int]:
    """Places whose connections are numbers."""
    opened = iter(range(10))

    async def connect() -> int:
        return next(opened)

    return Places(most, connect)


async def _queue(lent: Places[int], *names: str) -> tuple[dict[str, asyncio.Task[int]], list[str]]:
    """Tasks that wait for a connection, and the names of those that have had it and gave it back."""
    had: list[str] = []

    async def use(name: str) -> int:
        connection = await lent.take()
        had.append(name)
        lent.give_back(connection)
        return connection

    tasks = {name: asyncio.create_task(use(name)) for name in names}
    await asyncio.sleep(0)
    return tasks, had


async def test_whoever_waits_longest_comes_next_and_nobody_gets_ahead() -> None:
    lent = _counting()
    connection = await lent.take()
    tasks, had = await _queue(lent, "first", "second")
    lent.give_back(connection)
    late, had_late = await _queue(lent, "late")
    assert await asyncio.gather(*tasks.values(), *late.values()) == [0, 0, 0]
    assert had == ["first", "second"]
    assert had_late == ["late"]


@pytest.mark.parametrize("given", [False, True], ids=["before", "as it comes"])
async def test_what_somebody_no_longer_waits_for_goes_to_the_next(given: bool) -> None:
    lent = _counting()
    connection = await lent.take()
    tasks, had = await _queue(lent, "gone", "next")
    if given:
        lent.give_back(connection)
    tasks["gone"].cancel()
    await asyncio.wait([tasks["gone"]])
    if not given:
        lent.give_back(connection)
    async with asyncio.timeout(30):
        assert await tasks["next"] == 0
    assert had == ["next"]
    assert lent.lent == 0


async def test_no_connection_is_lent_to_two(monkeypatch: pytest.MonkeyPatch) -> None:
    lent = _counting()
    connection = await lent.take()
    waiting = asyncio.create_task(lent.take())
    await asyncio.sleep(0)
    lent.give_back(connection)
    assert await waiting == connection
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(NoConnectionFree):
        await lent.take()
    assert lent.lent == 1


async def test_whoever_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE_SECONDS", 0.01)
    lent = _counting()
    connection = await lent.take()
    with pytest.raises(NoConnectionFree):
        await lent.take()
    lent.give_back(connection)
    assert await lent.take() == connection


async def test_in_the_place_of_a_connection_that_is_dropped_another_is_opened() -> None:
    lent = _counting()
    lent.drop(await lent.take())
    assert await lent.take() == 1
    assert lent.connections == {1}


async def test_connections_that_were_left_are_lent_to_nobody() -> None:
    lent = _counting()
    connection = await lent.take()
    assert lent.leave_all() == {connection}
    lent.give_back(connection)
    assert await lent.take() == 1


async def test_only_connections_that_nobody_has_are_thrown_out_and_their_places_stay() -> None:
    lent = _counting(3)
    kept, *idle = [await lent.take() for _ in range(3)]
    for connection in idle:
        lent.give_back(connection)
    thrown_out: list[int] = []

    async def end(connection: int) -> None:
        thrown_out.append(connection)

    lent.throw_out(end)
    await lent.ended()
    assert thrown_out == idle
    lent.give_back(kept)
    assert [await lent.take() for _ in range(3)] == [kept, 3, 4]
    assert lent.connections == {kept, 3, 4}


async def test_what_is_thrown_out_is_ended_side_by_side_whoever_gives_up_waiting() -> None:
    lent = _counting(2)
    for connection in [await lent.take() for _ in range(2)]:
        lent.give_back(connection)
    both, ended = asyncio.Barrier(2), []

    async def end(connection: int) -> None:
        await both.wait()
        await asyncio.sleep(0)
        ended.append(connection)

    lent.throw_out(end)
    waiting = asyncio.create_task(lent.ended())
    await asyncio.sleep(0)
    waiting.cancel()
    async with asyncio.timeout(30):
        await lent.ended()
    assert waiting.cancelled()
    assert sorted(ended) == [0, 1]
