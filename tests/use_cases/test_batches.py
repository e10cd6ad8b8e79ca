"""Registering, resending and assessing many at once: each has its own result, none spoils the others."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.bureau import BureauFailure, FailureClass
from core.domain.errors import IdempotencyConflict, InvalidInput, NotFound
from core.domain.invoice import Invoice
from core.domain.listing import NegativationFilter
from core.domain.negativation import (
    AlreadyNegativated,
    Negativation,
    NegativationStatus,
    NotEligible,
    NotResendable,
)
from core.use_cases.assess_eligibility import MAX_INVOICES, AssessEligibility, AssessEligibilityCommand
from core.use_cases.negativate_debtors import MAX_BATCH, NegativateDebtors, NegativateDebtorsCommand
from core.use_cases.repeatable import MAX_BATCH_KEY_LENGTH
from core.use_cases.resend_negativations import ResendNegativations, ResendNegativationsCommand
from support.builders import make_branch, make_caller, make_customer, make_invoice
from support.world import World


async def add_invoice(world: World, **customer: Any) -> Invoice:
    debtor = make_customer(branch_id=world.branch.id, **customer)
    async with world.units_of_work.begin() as work:
        await work.customers.add(debtor)
        return await work.invoices.add(make_invoice(branch_id=world.branch.id, customer_id=debtor.id))


async def negativate(world: World, *invoices: Invoice, key: str | None = None) -> list[object]:
    command = NegativateDebtorsCommand(
        caller=world.caller, invoice_ids=[invoice.id for invoice in invoices], idempotency_key=key
    )
    return list(await world.use_case(NegativateDebtors)(command))


async def reject_all(world: World) -> None:
    refusal = BureauFailure(failure=FailureClass.VALIDATION, code="1", message="Endereço inválido")
    world.bureau.fail("register", *[refusal] * 10)
    await world.deliver()


async def test_each_invoice_has_its_own_result_in_the_order_given(world: World) -> None:
    gap = await add_invoice(world, mobile=None)
    missing = make_invoice()

    results = await negativate(world, gap, world.invoice, missing, world.invoice)

    assert [type(result) for result in results] == [NotEligible, Negativation, NotFound, AlreadyNegativated]


async def test_a_batch_repeated_with_its_key_registers_once(world: World) -> None:
    other = await add_invoice(world)

    first = await negativate(world, world.invoice, other, key="batch")

    assert await negativate(world, world.invoice, other, key="batch") == first


async def test_a_key_stands_for_one_batch(world: World) -> None:
    other = await add_invoice(world)
    await negativate(world, world.invoice, key="batch")
    with pytest.raises(IdempotencyConflict):
        await negativate(world, world.invoice, other, key="batch")
    with pytest.raises(IdempotencyConflict):
        await world.use_case(ResendNegativations)(
            ResendNegativationsCommand(
                caller=world.caller, matching=NegativationFilter(), idempotency_key="batch"
            )
        )


@pytest.mark.parametrize("key", ["", " ", "k" * (MAX_BATCH_KEY_LENGTH + 1)])
async def test_the_key_of_a_batch_is_neither_empty_nor_too_long(world: World, key: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        await negativate(world, world.invoice, key=key)
    assert [problem.code for problem in raised.value.problems] == ["INVALID_IDEMPOTENCY_KEY"]


async def test_the_longest_key_leaves_room_for_each_invoice_s_own(world: World) -> None:
    [done] = await negativate(world, world.invoice, key="k" * MAX_BATCH_KEY_LENGTH)
    assert isinstance(done, Negativation)


async def test_a_resending_repeated_with_its_key_is_done_once(world: World) -> None:
    [first] = await negativate(world, world.invoice)
    assert isinstance(first, Negativation)
    await reject_all(world)
    errors = frozenset({NegativationStatus.REJECTED, NegativationStatus.CLEARING_REJECTED})
    by_ids = ResendNegativationsCommand(
        caller=world.caller,
        matching=NegativationFilter(status=errors),
        negativation_ids=[first.id],
        force=True,
        idempotency_key="again",
    )
    resend = world.use_case(ResendNegativations)

    [once] = await resend(by_ids)
    [twice] = await resend(by_ids)

    assert isinstance(once.outcome, Negativation)
    assert once.outcome.status is NegativationStatus.QUEUED
    assert twice == once


async def test_a_batch_has_an_end(world: World) -> None:
    with pytest.raises(InvalidInput):
        await negativate(world, *[world.invoice] * (MAX_BATCH + 1))


async def test_the_error_inbox_is_resent_with_one_result_each(world: World) -> None:
    other = await add_invoice(world)
    first, second = await negativate(world, world.invoice, other)
    assert isinstance(first, Negativation)
    assert isinstance(second, Negativation)
    await reject_all(world)
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Nome Corrigido"))

    resent = await world.use_case(ResendNegativations)(
        ResendNegativationsCommand(caller=world.caller, matching=NegativationFilter())
    )

    assert [result.negativation_id for result in resent] == [first.id, second.id]
    assert isinstance(resent[0].outcome, Negativation)
    assert resent[0].outcome.status is NegativationStatus.QUEUED
    assert isinstance(resent[1].outcome, NotResendable)


async def test_only_errors_within_reach_are_taken_up(world: World) -> None:
    await negativate(world, world.invoice)
    resend = world.use_case(ResendNegativations)
    queued = NegativationFilter(status=frozenset({NegativationStatus.QUEUED}))
    assert await resend(ResendNegativationsCommand(caller=world.caller, matching=queued)) == []

    await reject_all(world)
    stranger = make_caller(branch_ids=frozenset({make_branch().id}))
    assert await resend(ResendNegativationsCommand(caller=stranger, matching=NegativationFilter())) == []


async def test_resending_by_ids_says_what_is_not_there(world: World) -> None:
    resend = world.use_case(ResendNegativations)
    command = ResendNegativationsCommand(
        caller=world.caller, matching=NegativationFilter(), negativation_ids=[world.invoice.id]
    )
    [result] = await resend(command)
    assert isinstance(result.outcome, NotFound)
    with pytest.raises(InvalidInput):
        await resend(replace(command, negativation_ids=[world.invoice.id] * (MAX_BATCH + 1)))


async def test_a_portfolio_is_assessed_without_sending_anything(world: World) -> None:
    gap = await add_invoice(world, mobile=None, name="N" * 80)

    allowed, refused = await world.use_case(AssessEligibility)(
        AssessEligibilityCommand(caller=world.caller, invoice_ids=[world.invoice.id, gap.id])
    )

    assert allowed.allowed
    assert not refused.allowed
    assert [problem.path for problem in refused.reasons] == [("customer", "mobile")]
    assert refused.warnings == {"name": "N" * 70}
    assert world.bureau.called("register") == []


async def test_an_unknown_invoice_is_named_and_the_portfolio_has_an_end(world: World) -> None:
    assess = world.use_case(AssessEligibility)
    with pytest.raises(NotFound) as raised:
        await assess(
            AssessEligibilityCommand(caller=world.caller, invoice_ids=[world.invoice.id, make_invoice().id])
        )
    assert raised.value.path == ("invoiceIds", "1")
    with pytest.raises(InvalidInput):
        await assess(
            AssessEligibilityCommand(caller=world.caller, invoice_ids=[world.invoice.id] * (MAX_INVOICES + 1))
        )
