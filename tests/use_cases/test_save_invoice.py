"""Invoices: what is accepted, and what stays while the debt is registered."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.invoice import Invoice, InvoiceStatus, SettlementMethod
from core.domain.listing import InvoiceFilter
from core.domain.money import Money
from core.domain.negativation import NegativationStatus
from core.use_cases.save_invoice import (
    CreateInvoice,
    CreateInvoiceCommand,
    InvoiceChanges,
    InvoiceFields,
    UpdateInvoice,
    UpdateInvoiceCommand,
)
from core.use_cases.settle_invoice import SettleInvoice, SettleInvoiceCommand
from support.builders import NOW, make_negativation, new_id
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World

WHOLE = InvoiceFields(
    amount=Decimal("129.90"),
    issued_on=date(2026, 1, 5),
    due_on=date(2026, 1, 20),
    contract_number=" ct-77/a ",
    contract_rescinded_on=date(2026, 2, 1),
    external_id="boleto-1",
)


async def create(world: World, fields: InvoiceFields = WHOLE, **changes: Any) -> Invoice:
    command = CreateInvoiceCommand(caller=world.caller, customer_id=world.customer.id, fields=fields)
    return await world.use_case(CreateInvoice)(replace(command, **changes))


async def update(world: World, changes: InvoiceChanges, **given: Any) -> Invoice:
    command = UpdateInvoiceCommand(caller=world.caller, invoice_id=world.invoice.id, changes=changes)
    return await world.use_case(UpdateInvoice)(replace(command, **given))


async def test_an_invoice_is_stored_as_it_is_kept(world: World) -> None:
    created = await create(world)
    async with world.units_of_work.read() as work:
        assert await work.invoices.get(created.id) == created
    assert created == Invoice(
        id=created.id,
        number=created.number,
        external_id="boleto-1",
        customer_id=world.customer.id,
        branch_id=world.customer.branch_id,
        contract_number="CT-77/A",
        amount=Money(12_990),
        issued_on=date(2026, 1, 5),
        due_on=date(2026, 1, 20),
        status=InvoiceStatus.OPEN,
        closed_on=None,
        settlement_method=None,
        contract_rescinded_on=date(2026, 2, 1),
        created_at=NOW,
        updated_at=NOW,
    )
    (event,) = await events_of(world, AuditAction.RECORD_CREATED)
    assert (event.record_kind, event.branch_id) == ("Invoice", world.customer.branch_id)


async def test_without_a_contract_number_it_names_itself(world: World) -> None:
    created = await create(world, replace(WHOLE, contract_number=None))
    assert created.debt_reference == f"FAT-{created.number}"


async def test_every_problem_is_said_at_once(world: World) -> None:
    fields = InvoiceFields(
        amount=Decimal("0.001"),
        issued_on=date(2101, 1, 1),
        due_on=date(1989, 12, 31),
        contract_number="CT_77",
        contract_rescinded_on=date(1900, 1, 1),
        external_id="\t\x01",
    )
    with refused(world, InvalidInput) as caught:
        await create(world, fields)
    assert problems_of(caught) == {
        ("amount", "INVALID_AMOUNT"),
        ("issuedOn", "DATE_OUT_OF_RANGE"),
        ("issuedOn", "ISSUED_AFTER_DUE"),
        ("dueOn", "DATE_OUT_OF_RANGE"),
        ("contractNumber", "INVALID_CONTRACT_NUMBER"),
        ("contractRescindedOn", "DATE_OUT_OF_RANGE"),
        ("externalId", "INVALID_TEXT"),
    }


@pytest.mark.parametrize("due_on", [date(1990, 1, 1), date(2100, 12, 31)])
async def test_any_due_date_from_1990_to_2100_is_taken(world: World, due_on: date) -> None:
    assert (await create(world, replace(WHOLE, issued_on=due_on, due_on=due_on))).due_on == due_on


async def test_it_may_be_issued_on_the_due_date_but_not_later(world: World) -> None:
    with refused(world, InvalidInput) as caught:
        await create(world, replace(WHOLE, issued_on=WHOLE.due_on + timedelta(days=1)))
    assert problems_of(caught) == {("issuedOn", "ISSUED_AFTER_DUE")}


@pytest.mark.parametrize("number", ["CT-1", "0123456789ABCDEF", "A/B-C.D E"])
async def test_contract_numbers_that_the_bureau_takes(world: World, number: str) -> None:
    assert (await create(world, replace(WHOLE, contract_number=number))).contract_number == number


@pytest.mark.parametrize("number", ["0123456789ABCDEFG", "Ç-1", "A_B", "A\nB"])
async def test_contract_numbers_that_it_does_not(world: World, number: str) -> None:
    with refused(world, InvalidInput) as caught:
        await create(world, replace(WHOLE, contract_number=number))
    assert problems_of(caught) == {("contractNumber", "INVALID_CONTRACT_NUMBER")}


async def test_the_same_sent_twice_at_once_is_one_invoice(world: World) -> None:
    first, second = await asyncio.gather(create(world), create(world))
    assert first == second
    async with world.units_of_work.read() as work:
        assert await work.invoices.count(InvoiceFilter(external_id="boleto-1")) == 1


async def test_the_same_sent_again_after_it_was_paid_is_the_same_invoice(world: World) -> None:
    created = await create(world)
    settle = SettleInvoiceCommand(caller=world.caller, invoice_id=created.id, method=SettlementMethod.PIX)
    settled = await world.use_case(SettleInvoice)(settle)
    assert await create(world) == settled


async def test_something_else_under_the_same_external_id_is_a_conflict(world: World) -> None:
    await create(world)
    with refused(world, Conflict) as caught:
        await create(world, replace(WHOLE, amount=Decimal("129.91")))
    assert caught.value.reason == "EXTERNAL_ID_TAKEN"


async def test_what_is_given_changes_and_the_rest_stays(world: World) -> None:
    world.clock.advance(timedelta(hours=1))
    updated = await update(
        world, InvoiceChanges(amount=Decimal("10"), contract_rescinded_on=date(2026, 3, 1))
    )
    assert updated == replace(
        world.invoice,
        amount=Money(1_000),
        contract_rescinded_on=date(2026, 3, 1),
        updated_at=world.clock.now(),
    )
    assert await update(world, InvoiceChanges()) == updated
    (event,) = await events_of(world, AuditAction.RECORD_UPDATED)
    assert event.details["fields"] == "amount,contractRescindedOn"


async def test_a_wrong_change_is_refused(world: World) -> None:
    with refused(world, InvalidInput) as caught:
        await update(world, InvoiceChanges(due_on=world.invoice.issued_on - timedelta(days=1)))
    assert problems_of(caught) == {("issuedOn", "ISSUED_AFTER_DUE")}


@pytest.mark.parametrize("status", NegativationStatus)
@pytest.mark.parametrize(
    "changes",
    [
        InvoiceChanges(amount=Decimal("10")),
        InvoiceChanges(due_on=date(2026, 1, 30)),
        InvoiceChanges(contract_number="OTHER"),
        InvoiceChanges(contract_number=None),
    ],
)
async def test_the_debt_stays_as_it_is_registered(
    world: World, status: NegativationStatus, changes: InvoiceChanges
) -> None:
    async with world.units_of_work.begin() as work:
        await work.negativations.add(make_negativation(invoice_id=world.invoice.id, status=status))
    if not status.live:
        assert await update(world, changes) != world.invoice
        return
    with refused(world, Conflict) as caught:
        await update(world, changes)
    assert caught.value.reason == "INVOICE_NEGATIVATED"


async def test_what_the_bureau_was_not_told_may_change(world: World) -> None:
    async with world.units_of_work.begin() as work:
        await work.negativations.add(make_negativation(invoice_id=world.invoice.id))
    updated = await update(
        world, InvoiceChanges(external_id="boleto-9", contract_rescinded_on=date(2026, 3, 1))
    )
    assert updated.external_id == "boleto-9"


async def test_who_may_write(world: World) -> None:
    reader = replace(world.caller, scopes=frozenset(Scope) - {Scope.WRITE_RECORDS})
    with refused(world, Forbidden):
        await create(world, caller=reader)
    with refused(world, Forbidden):
        await update(world, InvoiceChanges(), caller=reader)
    stranger = replace(world.caller, branch_ids=frozenset({new_id()}))
    with refused(world, NotFound) as caught:
        await create(world, caller=stranger)
    assert (caught.value.kind, caught.value.path) == ("Customer", ("customerId",))
    with refused(world, NotFound) as caught:
        await update(world, InvoiceChanges(), caller=stranger)
    assert (caught.value.kind, caught.value.path) == ("Invoice", ("invoiceId",))
