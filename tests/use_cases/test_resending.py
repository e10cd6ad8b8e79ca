"""Resending: errors only, with the data as they are now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.bureau import (
    BureauEventKind,
    Environment,
)
from core.domain.calendar_rules import expires_on
from core.domain.errors import Conflict
from core.domain.money import Money
from core.domain.negativation import (
    Negativation,
    NegativationStatus,
    NotEligible,
    NotResendable,
)
from support.registrations import clear, resend, results, status
from support.world import World


async def test_a_rejected_clearing_is_resent_with_a_new_key(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_ACCEPTED, BureauEventKind.PUBLISHED)
    await clear(world, queued)
    await world.deliver()
    rejected = await results(world, queued, BureauEventKind.CLEARING_REJECTED)
    assert rejected.status is NegativationStatus.CLEARING_REJECTED

    assert (await resend(world, queued)).status is NegativationStatus.CLEARING_QUEUED
    await world.deliver()
    assert len(world.bureau.exclusions) == 2


async def test_a_rejected_inclusion_is_resent_with_the_customers_new_data(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    with pytest.raises(NotResendable) as raised:
        await resend(world, queued)
    assert raised.value.reason == "NOTHING_CHANGED"

    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Nome Corrigido"))
    resent = await resend(world, queued)
    await world.deliver()

    assert (resent.generation, resent.debtor.name) == (2, "Nome Corrigido")
    assert list(world.bureau.inclusions) == [queued.inclusion_key, resent.inclusion_key]


async def test_unchanged_data_is_resent_when_forced_and_only_errors_are(
    world: World, queued: Negativation
) -> None:
    with pytest.raises(NotResendable) as raised:
        await resend(world, queued, force=True)
    assert raised.value.reason == "WRONG_STATUS"

    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    assert (await resend(world, queued, force=True)).status is NegativationStatus.QUEUED


async def test_what_must_not_be_registered_is_not_resent(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, mobile=None))

    with pytest.raises(NotEligible):
        await resend(world, queued, force=True)


async def test_resending_sends_the_invoice_as_it_is_now(world: World, queued: Negativation) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    due_on = world.invoice.due_on + timedelta(days=5)
    corrected = replace(world.invoice, amount=Money(100), due_on=due_on, contract_number="CT-NEW")
    async with world.units_of_work.begin() as work:
        await work.invoices.save(corrected)

    resent = await resend(world, queued)
    await world.deliver()

    sent = world.bureau.inclusions[resent.inclusion_key]
    assert (sent.amount, sent.due_on, sent.contract) == (Money(100), due_on, "CT-NEW")
    assert resent.expires_on == expires_on(due_on)


async def test_resending_wants_the_environment_it_was_first_sent_to(
    world: World, queued: Negativation
) -> None:
    await world.deliver()
    await results(world, queued, BureauEventKind.INCLUSION_REJECTED)
    async with world.units_of_work.begin() as work:
        await work.integrations.save(replace(world.integration, environment=Environment.PRODUCTION))

    with pytest.raises(Conflict) as raised:
        await resend(world, queued, force=True)
    assert raised.value.reason == "INTEGRATION_CHANGED"
    assert await status(world, queued) is NegativationStatus.REJECTED
