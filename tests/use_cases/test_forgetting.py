"""Idempotency keys are forgotten after thirty days; what must not be done twice is not done twice even then."""

from datetime import timedelta

import pytest

from core.domain.idempotency import KEPT_FOR, IdempotencyRecord
from core.domain.listing import NegativationFilter
from core.domain.negativation import AlreadyNegativated
from core.use_cases import forget_idempotency_keys
from core.use_cases.forget_idempotency_keys import ForgetIdempotencyKeys
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.builders import new_id
from support.world import World


async def test_a_key_is_kept_for_thirty_days(world: World) -> None:
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id, idempotency_key="k1")
    first = await world.use_case(NegativateDebtor)(command)
    world.clock.advance(timedelta(days=30))
    assert await world.use_case(ForgetIdempotencyKeys)() == 0
    assert await world.use_case(NegativateDebtor)(command) == first

    world.clock.advance(timedelta(seconds=1))
    assert await world.use_case(ForgetIdempotencyKeys)() == 1
    with pytest.raises(AlreadyNegativated):
        await world.use_case(NegativateDebtor)(command)
    async with world.units_of_work.read() as work:
        assert await work.negativations.count(NegativationFilter()) == 1


async def test_many_keys_are_forgotten_in_chunks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget_idempotency_keys, "CHUNK", 2)
    async with world.units_of_work.begin() as work:
        for number in range(5):
            await work.idempotency.add(
                IdempotencyRecord(
                    caller_id="ana",
                    key=f"k{number}",
                    operation="consultCredit",
                    fingerprint="f",
                    result_id=new_id(),
                    created_at=world.clock.now(),
                )
            )
    world.clock.advance(KEPT_FOR + timedelta(days=1))
    assert await world.use_case(ForgetIdempotencyKeys)() == 5
    assert await world.use_case(ForgetIdempotencyKeys)() == 0
