"""The clock and the identifiers of this machine."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Ids


def test_now_is_this_instant_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


async def test_sleep_waits_without_holding_the_loop() -> None:
    clock = SystemClock()
    order: list[str] = []

    async def sleeper() -> None:
        await clock.sleep(timedelta(milliseconds=20))
        order.append("slept")

    async def worker() -> None:
        order.append("worked")

    started = clock.now()
    await asyncio.gather(sleeper(), worker())
    assert order == ["worked", "slept"]
    assert clock.now() - started >= timedelta(milliseconds=15)


async def test_a_negative_sleep_returns_at_once() -> None:
    await asyncio.wait_for(SystemClock().sleep(timedelta(seconds=-5)), timeout=1)


def test_identifiers_are_version_7_and_each_sorts_after_the_one_before() -> None:
    ids = Uuid7Ids()
    made = [ids.new() for _ in range(20_000)]
    assert all(type(made_id) is UUID and made_id.version == 7 for made_id in made)
    assert made == sorted(set(made))
    assert [str(made_id) for made_id in made] == sorted(str(made_id) for made_id in made)


def test_identifiers_of_several_threads_never_meet() -> None:
    ids = Uuid7Ids()

    def batch(_: int) -> list[UUID]:
        return [ids.new() for _ in range(5_000)]

    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(batch, range(4)))
    assert all(made == sorted(made) for made in batches)
    assert len(set().union(*batches)) == 20_000


def test_an_identifier_carries_the_time() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    milliseconds = Uuid7Ids().new().int >> 80
    given = datetime.fromtimestamp(milliseconds / 1000, UTC)
    assert before <= given <= datetime.now(UTC) + timedelta(milliseconds=2)
