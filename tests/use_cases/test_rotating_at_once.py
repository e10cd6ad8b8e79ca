"""Changing a password while others do, and when the one who does it is lost sight of: one change, few tries, one truth."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.bureau import Pause
from adapters.memory.clock import FixedClock
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialState, PasswordRefused
from core.domain.errors import Conflict
from core.domain.secret import Secret
from core.use_cases.adopt_credentials import AdoptCredentials, AdoptCredentialsCommand
from core.use_cases.bureau_access import secret_context
from core.use_cases.rotate_credentials import (
    LAST_CALLS,
    LEASE,
    PATIENCE,
    RotateCredentials,
    RotateCredentialsCommand,
    RotationDone,
)
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.world import PEFIN_PASSWORD, World

NEW, LATER = Secret("864209"), Secret("975310")
PEFIN = CredentialKind.PEFIN
LOST = BureauFailure(failure=FailureClass.UNDETERMINED)


def command_of(world: World, **changes: Any) -> RotateCredentialsCommand:
    command = RotateCredentialsCommand(
        caller=world.caller,
        integration_id=world.integration.id,
        kind=PEFIN,
        new_password=NEW,
        confirmation=NEW,
    )
    return replace(command, **changes)


async def rotate(world: World, **changes: Any) -> RotationDone:
    return await world.use_case(RotateCredentials)(command_of(world, **changes))


def rotating_in(world: World, held: "Held") -> RotateCredentials:
    """The use case with every look of its own in these units of work."""
    use_case = world.use_case(RotateCredentials)
    return replace(use_case, units_of_work=held, rules=replace(use_case.rules, units_of_work=held))


def at_the_bureau(world: World) -> Secret:
    return world.bureau.passwords[world.integration.login, PEFIN]


async def stored(world: World) -> Secret:
    credential = (await world.stored_integration()).pefin
    assert credential.sealed is not None
    return world.vault.open(credential.sealed, secret_context(world.integration.id, PEFIN))


async def state(world: World) -> CredentialState:
    return (await world.stored_integration()).pefin.state


@pytest.mark.parametrize("recorded", [True, False])
async def test_a_try_whose_answer_is_lost_is_not_repeated(world: World, recorded: bool) -> None:
    world.bureau.fail("change_password", LOST, recorded=recorded)
    world.bureau.fail("test_credentials", LOST, recorded=True)

    with pytest.raises(BureauFailure):
        await rotate(world, idempotency_key="k1")
    world.clock.advance(LEASE)
    await world.deliver()

    assert await stored(world) == at_the_bureau(world) == (NEW if recorded else PEFIN_PASSWORD)
    assert await state(world) is (CredentialState.UNVERIFIED if recorded else CredentialState.VALID)
    tried = [call.account.password for call in world.bureau.called("test_credentials")]
    assert tried == [NEW, PEFIN_PASSWORD]
    if recorded:
        assert (await rotate(world, idempotency_key="k1")).warnings == ("UNVERIFIED",)


async def test_the_same_request_at_the_same_moment_waits_for_the_first(world: World) -> None:
    pause = world.bureau.pause("change_password")
    first = asyncio.create_task(rotate(world, idempotency_key="k1"))
    await pause.reached.wait()
    second = asyncio.create_task(rotate(world, idempotency_key="k1"))
    await asyncio.sleep(0)
    pause.resumed.set()

    assert (await first).integration == (await second).integration
    assert len(world.bureau.called("change_password")) == 1


async def test_equal_requests_at_once_are_one_change(world: World) -> None:
    use_case = replace(world.use_case(RotateCredentials), units_of_work=Yielding(world.units_of_work))
    done = await asyncio.gather(*(use_case(command_of(world, idempotency_key="k1")) for _ in range(3)))

    assert len({one.integration.pefin.version for one in done}) == 1
    assert len(world.bureau.called("change_password")) == 1


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("before", [1, 2, 3])
async def test_a_slow_request_does_not_repeat_what_an_equal_one_did_meanwhile(
    world: World, before: int, replaced: bool
) -> None:
    held = Held(world.units_of_work, before=before)
    slow = rotating_in(world, held)
    going = asyncio.create_task(slow(command_of(world, idempotency_key="k1")))
    async with asyncio.timeout(10):
        await held.reached.wait()
    await rotate(world, idempotency_key="k1")
    if replaced:
        await rotate(world, new_password=LATER, confirmation=LATER)
    asked = len(world.bureau.calls)
    held.resumed.set()

    assert (await going).warnings == (("REPLACED",) if replaced else ())
    assert len(world.bureau.calls) == asked
    assert await stored(world) == at_the_bureau(world) == (LATER if replaced else NEW)


@pytest.mark.parametrize("before", [1, 2, 3])
async def test_who_repeats_a_change_that_is_settled_meanwhile_is_told_of_the_password_in_use(
    world: World, before: int
) -> None:
    pause = world.bureau.pause("change_password")
    first = asyncio.create_task(rotate(world, idempotency_key="k1"))
    await pause.reached.wait()
    held = Held(world.units_of_work, before=before)
    second = rotating_in(world, held)
    going = asyncio.create_task(second(command_of(world, idempotency_key="k1")))
    async with asyncio.timeout(10):
        await held.reached.wait()
    pause.resumed.set()
    done = await first
    held.resumed.set()

    assert await going == done
    assert done.integration.pefin.state is CredentialState.VALID
    assert len(world.bureau.called("change_password")) == 1


async def test_a_slow_request_finds_what_was_used_meanwhile(world: World) -> None:
    held = Held(world.units_of_work, before=3)
    slow = rotating_in(world, held)
    going = asyncio.create_task(slow(command_of(world)))
    async with asyncio.timeout(10):
        await held.reached.wait()
    await rotate(world)
    held.resumed.set()

    with pytest.raises(PasswordRefused) as raised:
        await going
    assert [problem.code for problem in raised.value.problems] == ["NEVER_USED"]
    assert len(world.bureau.called("change_password")) == 1


async def taken_over(world: World) -> tuple[Pause, asyncio.Task[RotationDone]]:
    """A change whose order is on its way for so long that the dispatcher may ask what became of it."""
    pause = world.bureau.pause("change_password")
    world.bureau.fail("change_password", LOST)
    rotating = asyncio.create_task(rotate(world))
    await pause.reached.wait()
    world.clock.advance(LEASE)
    return pause, rotating


async def test_who_was_taken_over_tells_what_was_found_out(world: World) -> None:
    pause, rotating = await taken_over(world)
    await world.deliver()
    assert await state(world) is CredentialState.VALID
    pause.resumed.set()

    with pytest.raises(BureauFailure) as raised:
        await rotating
    assert raised.value.failure is FailureClass.TRANSIENT
    assert await stored(world) == at_the_bureau(world) == PEFIN_PASSWORD


async def test_who_was_taken_over_tells_of_its_change_also_when_it_was_replaced_since(world: World) -> None:
    pause, rotating = await taken_over(world)
    world.bureau.passwords[world.integration.login, PEFIN] = NEW
    await world.deliver()
    world.bureau.passwords[world.integration.login, PEFIN] = LATER
    adoption = AdoptCredentialsCommand(
        caller=world.caller,
        integration_id=world.integration.id,
        kind=PEFIN,
        new_password=LATER,
        confirmation=LATER,
    )
    await world.use_case(AdoptCredentials)(adoption)
    pause.resumed.set()

    assert (await rotating).warnings == ("REPLACED",)
    assert await stored(world) == LATER


async def test_who_was_taken_over_tries_nothing_beside_the_one_who_does(world: World) -> None:
    pause, rotating = await taken_over(world)
    trying = world.bureau.pause("test_credentials")
    delivering = asyncio.create_task(world.deliver())
    await trying.reached.wait()
    pause.resumed.set()

    with pytest.raises(BureauFailure) as raised:
        async with asyncio.timeout(30):
            await rotating
    assert raised.value.failure is FailureClass.UNDETERMINED
    assert len(world.bureau.called("test_credentials")) == 1
    trying.resumed.set()
    await delivering
    assert await stored(world) == at_the_bureau(world) == PEFIN_PASSWORD


async def test_a_change_that_takes_too_long_is_a_conflict_to_who_repeats_it(world: World) -> None:
    pause = world.bureau.pause("change_password")
    first = asyncio.create_task(rotate(world, idempotency_key="k1"))
    await pause.reached.wait()

    before = world.clock.now()
    with pytest.raises(Conflict):
        await rotate(world, idempotency_key="k1")

    assert world.clock.now() - before >= PATIENCE
    pause.resumed.set()
    await first


async def test_calls_that_were_begun_with_the_old_password_arrive_before_the_change(world: World) -> None:
    pause = world.bureau.pause("change_password")
    rotating = asyncio.create_task(rotate(world))
    await pause.reached.wait()

    assert world.clock.slept == [LAST_CALLS]
    pause.resumed.set()
    await rotating


async def test_a_process_that_slept_too_long_does_not_ask_for_the_change_any_more(world: World) -> None:
    sleeping = replace(world.use_case(RotateCredentials), clock=Oversleeping(world.clock.at))

    with pytest.raises(BureauFailure):
        await sleeping(command_of(world))

    assert world.bureau.called("change_password") == []
    assert await state(world) is CredentialState.VALID


class Oversleeping(FixedClock):
    """A clock that shows two minutes more after each sleep than was to be slept."""

    async def sleep(self, duration: timedelta) -> None:
        await super().sleep(duration + timedelta(minutes=2))


class Yielding(UnitsOfWork):
    """Units of work that let others go on before each look."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self._units.begin()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        await asyncio.sleep(0)
        async with self._units.read() as work:
            yield work


class Held(Yielding):
    """Units of work whose one look (the `before`-th) waits until others have gone on."""

    def __init__(self, units: UnitsOfWork, *, before: int) -> None:
        super().__init__(units)
        self._left = before
        self.reached, self.resumed = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        self._left -= 1
        if self._left == 0:
            self.reached.set()
            await self.resumed.wait()
        async with super().read() as work:
            yield work
