"""Purposes: each consultation says why it was made."""

import pytest

from core.domain.audit import AuditAction
from core.domain.consultation import ConsultationPurpose
from core.domain.errors import IdempotencyConflict
from core.use_cases.consult_credit import OPERATION
from core.use_cases.repeatable import remember_result
from support.builders import NOW
from support.consulting import consult, consulting
from support.trail import events_of
from support.world import World


async def test_the_purpose_is_recorded_with_the_consultation_and_in_the_audit_trail(world: World) -> None:
    given = await consult(world, purpose=ConsultationPurpose.DEBT_COLLECTION)
    assert given.purpose is ConsultationPurpose.DEBT_COLLECTION

    usual = await consult(world, confirm_repeat=True)
    assert usual.purpose is ConsultationPurpose.CREDIT_GRANTING
    events = await events_of(world, AuditAction.CONSULTATION_PERFORMED)
    assert [event.details["purpose"] for event in events] == ["DEBT_COLLECTION", "CREDIT_GRANTING"]


async def test_another_purpose_is_another_input_to_the_same_key(world: World) -> None:
    await consult(world, idempotency_key="k1", purpose=ConsultationPurpose.FRAUD_PREVENTION)

    with pytest.raises(IdempotencyConflict):
        await consult(world, idempotency_key="k1")


async def test_a_key_from_before_there_were_purposes_gives_its_answer(world: World) -> None:
    first = await consult(world)
    command = consulting(world)
    async with world.units_of_work.begin() as work:
        await remember_result(
            work,
            world.vault,
            world.caller,
            "k1",
            OPERATION,
            command.subject,
            command.plan,
            command.confirm_repeat,
            result_id=first.id,
            at=NOW,
        )

    assert await consult(world, idempotency_key="k1") == first
