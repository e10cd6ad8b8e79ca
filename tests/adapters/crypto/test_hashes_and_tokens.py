"""Slow hashes of passwords, fast hashes of tokens."""

import asyncio
import re
import threading

import argon2
import pytest
from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError

from adapters.crypto.password_hasher import AT_ONCE, Argon2Hasher
from adapters.crypto.tokens import RandomTokens
from core.domain.secret import Secret

VECTOR = "$argon2id$v=19$m=64,t=1,p=1$MTIzNDU2Nzg5MDEyMzQ1Ng$93tYo1dud+XCmZsGEr9oANqVLvV5ZOz6trqFTdYyeSI"


@pytest.fixture
def quick() -> Argon2Hasher:
    """A hasher with the least that Argon2 allows, so that the tests are quick."""
    return Argon2Hasher(memory_kib=8, passes=1)


async def test_a_hash_tells_its_password_from_others(quick: Argon2Hasher) -> None:
    known = await quick.hash(Secret("Ab1@xyz9"))
    assert "Ab1@xyz9" not in known
    assert await quick.matches_any(Secret("Ab1@xyz9"), [known])
    assert not await quick.matches_any(Secret("Ab1@xyz8"), [known])


async def test_any_hash_of_a_long_history_is_found(quick: Argon2Hasher) -> None:
    history = [await quick.hash(Secret(f"password {n}")) for n in range(30)]
    for n in (0, 15, 29):
        assert await quick.matches_any(Secret(f"password {n}"), history)
    assert not await quick.matches_any(Secret("password 30"), history)
    assert not await quick.matches_any(Secret("password 0"), [])


async def test_two_hashes_of_one_password_differ(quick: Argon2Hasher) -> None:
    assert await quick.hash(Secret("Ab1@xyz9")) != await quick.hash(Secret("Ab1@xyz9"))


async def test_hashes_with_other_parameters_stay_readable(quick: Argon2Hasher) -> None:
    assert await quick.matches_any(Secret("Ab1@xyz9"), [VECTOR])
    assert not await quick.matches_any(Secret("ab1@xyz9"), [VECTOR])


async def test_a_history_that_cannot_be_read_does_not_pass_for_an_empty_one(quick: Argon2Hasher) -> None:
    with pytest.raises(InvalidHashError):
        await quick.matches_any(Secret("Ab1@xyz9"), ["not a hash"])


async def test_the_default_is_slow_enough_and_leaves_the_loop_free() -> None:
    hasher = Argon2Hasher()
    known = await hasher.hash(Secret("Ab1@xyz9"))
    parameters = extract_parameters(known)
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19 * 1024, 2, 1)
    assert known.startswith("$argon2id$")

    checking = asyncio.ensure_future(hasher.matches_any(Secret("other"), [known] * 6))
    turns = 0
    while not checking.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
    assert not checking.result()


async def test_a_long_history_keeps_nobody_waiting(
    quick: Argon2Hasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparisons that do not end before the loop has gone on: on the loop's own thread they never would."""
    known, threads = await quick.hash(Secret("Ab1@xyz9")), set()
    begun, turned, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()
    verify = argon2.PasswordHasher.verify

    def held_up(hasher: argon2.PasswordHasher, hash_: str, password: str) -> bool:
        threads.add(threading.get_ident())
        if len(threads) == AT_ONCE:
            loop.call_soon_threadsafe(begun.set)
        if not turned.wait(timeout=30):
            raise TimeoutError("the loop stood still")
        return bool(verify(hasher, hash_, password))

    monkeypatch.setattr(argon2.PasswordHasher, "verify", held_up)
    checking = asyncio.ensure_future(quick.matches_any(Secret("other"), [known] * 50))
    async with asyncio.timeout(30):
        await begun.wait()
    assert not checking.done()
    turned.set()
    assert not await checking
    assert len(threads) == AT_ONCE
    assert threading.get_ident() not in threads


def test_a_token_is_random_and_recognisable() -> None:
    tokens = RandomTokens()
    assert re.fullmatch(r"fia_[A-Za-z0-9_-]{43}", tokens.new())
    assert len({tokens.new() for _ in range(100)}) == 100
