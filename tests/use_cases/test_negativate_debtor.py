"""Registering: every reason at once, one live registration an invoice, the promise in the same transaction."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from adapters.memory.negativations import MemoryNegativations
from core.domain.access import Scope
from core.domain.bureau import BureauFailure, CredentialKind, FailureClass
from core.domain.credentials import CredentialsRefused
from core.domain.errors import Forbidden, IdempotencyConflict, NotFound
from core.domain.integration import IntegrationNotLinked
from core.domain.intents import IntentKind
from core.domain.listing import NegativationFilter
from core.domain.negativation import (
    AlreadyNegativated,
    Negativation,
    NegativationStatus,
    NotEligible,
    Trigger,
)
from core.domain.parameters import CreditAnalysisDisabled
from core.use_cases.clear_negativation import ClearNegativation, ClearNegativationCommand
from core.use_cases.negativate_debtor import NegativateDebtor, NegativateDebtorCommand
from support.builders import TODAY, make_branch, make_caller, make_invoice
from support.crowds import Alone
from support.documents import synthetic_cnpj
from support.world import World


async def negativate(world: World, **changes: Any) -> Negativation:
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)
    return await world.use_case(NegativateDebtor)(replace(command, **changes))


async def assert_nothing_stored(world: World) -> None:
    async with world.units_of_work.read() as work:
        assert await work.negativations.count(NegativationFilter()) == 0
        assert await work.outbox.pending() == 0
    assert world.bureau.called("register") == []


async def test_a_registration_is_queued_with_its_promise_and_its_history(world: World) -> None:
    negativation = await negativate(world, restriction_code="OO")

    assert negativation.status is NegativationStatus.QUEUED
    assert negativation.debtor.document == world.customer.document
    assert negativation.restriction_code == "OO"
    assert negativation.send_sms is world.integration.send_sms_on_inclusion
    assert [entry.trigger for entry in await world.history(negativation)] == [Trigger.CREATED]
    claims = await world.queue.claim(10)
    assert [(c.intent.key, c.intent.kind) for c in claims] == [
        (negativation.inclusion_key, IntentKind.REGISTER)
    ]


async def test_every_reason_is_said_at_once_and_nothing_is_stored(world: World) -> None:
    customer = replace(world.customer, gender=None, born_on=None, mobile="4733334444")
    customer = replace(customer, address=replace(customer.address, complement=None, postal_code="890"))
    async with world.units_of_work.begin() as work:
        await work.customers.save(customer)
        await work.invoices.save(replace(world.invoice, due_on=TODAY - timedelta(days=3)))

    with pytest.raises(NotEligible) as raised:
        await negativate(world, restriction_code="ZZ")

    assert {(problem.path, problem.code) for problem in raised.value.reasons} == {
        (("customer", "gender"), "FIELD_REQUIRED"),
        (("customer", "bornOn"), "FIELD_REQUIRED"),
        (("customer", "mobile"), "INVALID_MOBILE"),
        (("customer", "address", "postalCode"), "INVALID_POSTAL_CODE"),
        (("customer", "address", "complement"), "FIELD_REQUIRED"),
        (("invoice", "dueOn"), "NOT_OVERDUE_ENOUGH"),
        (("restrictionCode",), "UNKNOWN_RESTRICTION_CODE"),
    }
    await assert_nothing_stored(world)


async def test_an_alphanumeric_cnpj_is_refused_clearly(world: World) -> None:
    company = replace(world.customer, document=synthetic_cnpj(5, letters=True), gender=None, born_on=None)
    async with world.units_of_work.begin() as work:
        await work.customers.save(company)

    with pytest.raises(NotEligible) as raised:
        await negativate(world)
    assert [problem.code for problem in raised.value.reasons] == ["DOCUMENT_NOT_SUPPORTED_BY_BUREAU"]


async def test_what_is_live_is_not_registered_again(world: World) -> None:
    first = await negativate(world)

    with pytest.raises(AlreadyNegativated) as raised:
        await negativate(world)

    assert raised.value.negativation == first
    async with world.units_of_work.read() as work:
        assert await work.outbox.pending() == 1


async def test_what_ends_while_it_is_decided_upon_is_named_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await negativate(world)

    async def none_any_more(*_: object) -> dict[UUID, Negativation]:
        return {}

    monkeypatch.setattr(MemoryNegativations, "live_of_invoices", none_any_more)
    with pytest.raises(AlreadyNegativated) as raised:
        await negativate(world)
    assert raised.value.negativation == first


async def test_of_equal_requests_at_the_same_moment_one_registers(world: World) -> None:
    results = await asyncio.gather(*(negativate(world) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(result, Negativation) for result in results) == 1
    assert sum(isinstance(result, AlreadyNegativated) for result in results) == 4


async def test_another_invoice_with_the_same_contract_is_refused_while_the_first_is_live(
    world: World,
) -> None:
    await negativate(world)
    twin = make_invoice(
        branch_id=world.branch.id,
        customer_id=world.customer.id,
        contract_number=world.invoice.contract_number,
    )
    async with world.units_of_work.begin() as work:
        await work.invoices.add(twin)

    with pytest.raises(NotEligible) as raised:
        await negativate(world, invoice_id=twin.id)
    assert [problem.code for problem in raised.value.reasons] == ["CONTRACT_ALREADY_NEGATIVATED"]


async def test_switched_off_nothing_is_registered(world: World) -> None:
    await world.set_parameters(enabled=False)

    with pytest.raises(CreditAnalysisDisabled):
        await negativate(world)
    await assert_nothing_stored(world)


async def test_without_a_linked_integration_nothing_is_registered(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(world.branch, integration_id=None))

    with pytest.raises(IntegrationNotLinked):
        await negativate(world)
    await assert_nothing_stored(world)


async def test_with_a_refused_password_nothing_is_registered(world: World) -> None:
    refused = world.integration.with_credential(world.integration.pefin.refused(world.clock.now()))
    async with world.units_of_work.begin() as work:
        await work.integrations.save(refused)

    with pytest.raises(CredentialsRefused) as raised:
        await negativate(world)
    assert raised.value.credential is CredentialKind.PEFIN
    await assert_nothing_stored(world)


async def test_what_is_out_of_reach_does_not_exist(world: World) -> None:
    with pytest.raises(NotFound):
        await negativate(world, caller=make_caller(branch_ids=frozenset({make_branch().id})))
    with pytest.raises(Forbidden):
        await negativate(world, caller=make_caller(scopes=frozenset(Scope) - {Scope.NEGATIVATE}))


async def test_what_a_key_produced_is_told_to_nobody_who_does_not_reach_the_invoice(world: World) -> None:
    await negativate(world, idempotency_key="k1")

    elsewhere = replace(world.caller, branch_ids=frozenset({make_branch().id}))
    for restriction_code in (None, "OO"):
        with pytest.raises(NotFound):
            await negativate(world, caller=elsewhere, idempotency_key="k1", restriction_code=restriction_code)


async def test_the_same_key_registers_once(world: World) -> None:
    first = await negativate(world, idempotency_key="k1")

    assert await negativate(world, idempotency_key="k1") == first
    with pytest.raises(IdempotencyConflict):
        await negativate(world, idempotency_key="k1", restriction_code="OO")


async def test_the_code_table_is_asked_for_once_a_day_and_its_last_form_serves_an_outage(
    world: World,
) -> None:
    await negativate(world)
    await world.use_case(ClearNegativation)(
        ClearNegativationCommand(caller=world.caller, negativation_id=(await only_one(world)).id)
    )
    world.clock.advance(timedelta(hours=23))
    await negativate(world)
    assert len(world.bureau.called("restriction_codes")) == 1

    world.clock.advance(timedelta(hours=2))
    world.bureau.fail("restriction_codes", BureauFailure(failure=FailureClass.TRANSIENT))
    await negativate(world, invoice_id=await another_invoice(world))
    assert len(world.bureau.called("restriction_codes")) == 2


async def test_what_is_refused_anyway_asks_for_no_codes(world: World) -> None:
    await negativate(world)
    world.clock.advance(timedelta(hours=25))
    with pytest.raises(AlreadyNegativated):
        await negativate(world)
    assert len(world.bureau.called("restriction_codes")) == 1


async def test_nothing_is_locked_while_the_bureau_is_asked_for_its_codes(world: World) -> None:
    pause = world.bureau.pause("restriction_codes")
    registering = asyncio.create_task(negativate(world))
    await pause.reached.wait()

    async with asyncio.timeout(5):
        await another_invoice(world)

    pause.resumed.set()
    assert (await registering).status is NegativationStatus.QUEUED


async def only_one(world: World) -> Negativation:
    async with world.units_of_work.read() as work:
        found = await work.negativations.live_of_invoices([world.invoice.id])
    return found[world.invoice.id]


async def test_a_new_registration_after_a_cleared_one_is_linked_to_it(world: World) -> None:
    first = await negativate(world)
    await world.use_case(ClearNegativation)(
        ClearNegativationCommand(caller=world.caller, negativation_id=first.id)
    )

    second = await negativate(world)

    assert (second.replaces_id, second.generation) == (first.id, 2)
    assert second.inclusion_key != first.inclusion_key


async def test_a_crowd_that_wants_one_invoice_registered_asks_the_storage_one_at_a_time(
    world: World,
) -> None:
    await negativate(world, invoice_id=await another_invoice(world))  # so that the tables of codes are known
    alone = Alone(world.units_of_work)
    use_case = replace(world.use_case(NegativateDebtor), units_of_work=alone)
    command = NegativateDebtorCommand(caller=world.caller, invoice_id=world.invoice.id)

    answers = await asyncio.gather(*(use_case(command) for _ in range(20)), return_exceptions=True)

    assert (alone.begun, alone.most) == (20, 1)
    assert [type(answer) for answer in answers].count(Negativation) == 1
    assert [type(answer) for answer in answers].count(AlreadyNegativated) == 19


async def another_invoice(world: World) -> UUID:
    async with world.units_of_work.begin() as work:
        invoice = make_invoice(branch_id=world.branch.id, customer_id=world.customer.id)
        return (await work.invoices.add(invoice)).id
