"""Consultations at the same moment and after a crash: one order, one bill, one answer for all who want it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.memory.bureau import Pause
from core.domain.bureau import ConsultationOrder
from core.domain.consultation import Consultation, ConsultationOutcome, RepeatConsultation
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import LEASE, ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from ports.unit_of_work import UnitOfWork, UnitsOfWork
from support.consulting import PLAN, consult
from support.crowds import Alone
from support.world import World


async def until(reached: Callable[[], bool]) -> None:
    """Let the others go on until it is so."""
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110 - nobody tells when
            await asyncio.sleep(0)


async def under_way(world: World, **changes: Any) -> tuple[Pause, asyncio.Task[Consultation]]:
    """A consultation whose order has reached the bureau, which keeps it until the pause is over."""
    pause = world.bureau.pause("consult")
    consulting = asyncio.create_task(consult(world, **changes))
    await pause.reached.wait()
    return pause, consulting


async def test_another_plan_at_the_same_moment_waits_and_is_warned(world: World) -> None:
    pause, first = await under_way(world)
    second = asyncio.create_task(consult(world, plan=ConsultationPlan.CREDNET_TOP))
    await asyncio.sleep(0)
    pause.resumed.set()

    assert (await first).outcome is ConsultationOutcome.SUCCEEDED
    with pytest.raises(RepeatConsultation):
        await second
    assert list(world.bureau.billed.values()) == [1]


async def test_another_plan_that_is_wanted_in_any_case_waits_for_nothing(world: World) -> None:
    pause, first = await under_way(world)
    second = asyncio.create_task(consult(world, plan=ConsultationPlan.CREDNET_TOP, confirm_repeat=True))
    await until(lambda: len(world.bureau.called("consult")) == 2)
    pause.resumed.set()

    plans = [(await consulting).plan for consulting in (first, second)]
    assert plans == [PLAN, ConsultationPlan.CREDNET_TOP]
    assert world.clock.slept == []


async def test_however_many_wait_one_of_them_looks_and_none_writes(world: World) -> None:
    pause, first = await under_way(world)
    counted = Counted(world)
    use_case = replace(world.use_case(ConsultCredit), units_of_work=counted)
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=PLAN)
    waiting = [asyncio.create_task(use_case(command)) for _ in range(50)]
    await until(lambda: counted.reads >= 5)
    pause.resumed.set()

    consultations = [await first, *[(await consulting).consultation for consulting in waiting]]
    assert len({consultation.id for consultation in consultations}) == 1
    assert counted.begun == 50
    assert counted.reads < 20


async def test_a_slow_bureau_keeps_the_order_in_hand_as_long_as_it_takes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.use_cases.consult_credit.RENEWED_EVERY", timedelta(milliseconds=1))
    counted = Counted(world)
    use_case = replace(world.use_case(ConsultCredit), units_of_work=counted)
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=PLAN)
    pause = world.bureau.pause("consult")
    consulting = asyncio.create_task(use_case(command))
    await pause.reached.wait()
    for _ in range(5):
        world.clock.advance(LEASE - timedelta(seconds=1))
        await until(counted.two_more_have_begun())
        assert await world.deliver() == 0
    pause.resumed.set()

    assert (await consulting).consultation.outcome is ConsultationOutcome.SUCCEEDED
    assert world.bureau.called("find_consultation") == []


async def test_what_the_bureau_answered_is_kept_even_after_the_lease(world: World) -> None:
    pause, consulting = await under_way(world)
    world.clock.advance(LEASE)
    assert await world.deliver() == 1
    pause.resumed.set()

    assert (await consulting).outcome is ConsultationOutcome.SUCCEEDED
    assert list(world.bureau.billed.values()) == [1]
    world.clock.advance(timedelta(minutes=1))
    assert await world.deliver() == 1
    assert len(world.bureau.called("find_consultation")) == 1


async def test_who_repeats_the_request_soon_after_a_crash_has_the_answer(world: World) -> None:
    pause, crashed = await under_way(world, idempotency_key="k1")
    crashed.cancel()
    await asyncio.gather(crashed, return_exceptions=True)
    pause.resumed.set()
    (order,) = world.bureau.called("consult")
    assert order.key is not None
    asked = ConsultationOrder(
        key=order.key,
        document=world.customer.document,
        state_code=world.customer.address.state_code,
        plan=PLAN,
    )
    await world.bureau.consult(order.account, asked)

    repeated = asyncio.create_task(consult(world, idempotency_key="k1"))
    while not repeated.done():
        await world.deliver()
        await asyncio.sleep(0)

    assert (await repeated).outcome is ConsultationOutcome.SUCCEEDED
    assert world.bureau.billed == {order.key: 1}


class Counted(UnitsOfWork):
    """Units of work, counted."""

    def __init__(self, world: World) -> None:
        self._units = world.units_of_work
        self.begun = self.reads = 0

    def two_more_have_begun(self) -> Callable[[], bool]:
        """Whether two units of work have begun since this was asked: the first of them has ended then."""
        before = self.begun
        return lambda: self.begun >= before + 2

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        self.begun += 1
        return self._units.begin()

    def read(self) -> AbstractAsyncContextManager[UnitOfWork]:
        self.reads += 1
        return self._units.read()


async def test_a_crowd_that_wants_one_document_asks_the_storage_one_at_a_time(world: World) -> None:
    alone = Alone(world.units_of_work)
    use_case = replace(world.use_case(ConsultCredit), units_of_work=alone)
    command = ConsultCreditCommand(caller=world.caller, subject=CustomerSubject(world.customer.id), plan=PLAN)

    pause = world.bureau.pause("consult")
    crowd = [asyncio.create_task(use_case(command)) for _ in range(20)]
    await until(lambda: alone.begun == 20)

    assert alone.most == 1
    pause.resumed.set()
    assert len({consulted.consultation.id for consulted in await asyncio.gather(*crowd)}) == 1
