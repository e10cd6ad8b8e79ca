"""Saving by hundreds: what is known is updated, the rest created, and a refused row touches no other."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.listing import PersonFilter
from core.domain.money import Money
from core.use_cases.contact_record import ContactFields
from core.use_cases.record_input import AddressFields
from core.use_cases.save_contacts import ContactRow, SaveContactsCommand, SaveLeads, SaveProspects
from core.use_cases.save_customer import CustomerFields
from core.use_cases.save_customers import CustomerRow, SaveCustomers, SaveCustomersCommand
from core.use_cases.save_invoice import InvoiceFields
from core.use_cases.save_invoices import InvoiceRow, SaveInvoices, SaveInvoicesCommand
from core.use_cases.save_rows import MAX_ROWS, SavedHow
from support.builders import make_branch, make_caller
from support.documents import synthetic_cpf
from support.world import World


@pytest.fixture
async def world(world: World) -> World:
    """The branch and the customer are known to an integrator."""
    world.branch = replace(world.branch, external_id="matriz")
    world.customer = replace(world.customer, external_id="c-0")
    async with world.units_of_work.begin() as work:
        await work.branches.save(world.branch)
        await work.customers.save(world.customer)
    return world


def customer(serial: int, **changes: Any) -> CustomerRow:
    values = {
        "name": f"Cliente {serial}",
        "document": synthetic_cpf(serial).formatted,
        "external_id": f"c-{serial}",
    }
    return CustomerRow(branch_external_id="matriz", fields=CustomerFields(**(values | changes)))


async def save(world: World, *rows: CustomerRow) -> list[tuple[SavedHow, type | None]]:
    results = await world.use_case(SaveCustomers)(SaveCustomersCommand(caller=world.caller, rows=rows))
    return [(result.how, type(result.error) if result.error else None) for result in results]


async def test_each_row_is_created_updated_left_or_refused(world: World) -> None:
    first = customer(1, mobile="(47) 98888-7777", address=AddressFields(city="Blumenau"))
    assert await save(world, first, customer(2)) == [(SavedHow.CREATED, None)] * 2

    results = await save(
        world,
        first,
        customer(2, name="Nome Novo"),
        customer(3, document="111.111.111-11"),
        replace(customer(4), branch_external_id="nowhere"),
        customer(5),
    )

    assert results == [
        (SavedHow.UNCHANGED, None),
        (SavedHow.UPDATED, None),
        (SavedHow.REFUSED, InvalidInput),
        (SavedHow.REFUSED, NotFound),
        (SavedHow.CREATED, None),
    ]
    async with world.units_of_work.read() as work:
        stored = await work.customers.by_external_ids(["c-1", "c-2"])
        assert await work.customers.count(PersonFilter()) == 4
    assert stored["c-2"].name == "Nome Novo"
    assert stored["c-1"].mobile == "47988887777"


async def test_an_update_clears_what_the_row_does_not_say(world: World) -> None:
    await save(world, customer(1, mobile="47988887777", address=AddressFields(city="Blumenau")))

    await save(world, customer(1))

    async with world.units_of_work.read() as work:
        stored = (await work.customers.by_external_ids(["c-1"]))["c-1"]
    assert stored.mobile is None
    assert stored.address.city is None


async def test_an_update_leaves_what_the_row_keeps(world: World) -> None:
    whole = AddressFields(city="Blumenau", street="Rua das Palmeiras")
    await save(world, customer(1, mobile="47988887777", email="ana@example.test", address=whole))

    changed = customer(1, name="Nome Novo", address=AddressFields(city="Itajaí"))
    kept = frozenset({"mobile", "email", "street"})
    assert await save(world, replace(changed, kept=kept)) == [(SavedHow.UPDATED, None)]

    async with world.units_of_work.read() as work:
        stored = (await work.customers.by_external_ids(["c-1"]))["c-1"]
    assert (stored.name, stored.mobile, stored.email) == ("Nome Novo", "47988887777", "ana@example.test")
    assert (stored.address.city, stored.address.street) == ("Itajaí", "Rua das Palmeiras")


async def test_the_second_of_two_equal_ids_updates_the_first(world: World) -> None:
    assert await save(world, customer(1), customer(1, name="Nome Novo")) == [
        (SavedHow.CREATED, None),
        (SavedHow.UPDATED, None),
    ]


async def test_a_call_has_an_end_and_wants_its_scope(world: World) -> None:
    with pytest.raises(InvalidInput):
        await save(world, *[customer(1)] * (MAX_ROWS + 1))
    world.caller = make_caller(scopes=frozenset({Scope.READ}))
    with pytest.raises(Forbidden):
        await save(world, customer(1))


async def test_rows_of_other_branches_are_refused(world: World) -> None:
    world.caller = make_caller(branch_ids=frozenset({make_branch().id}))

    assert await save(world, customer(1), customer(0)) == [(SavedHow.REFUSED, NotFound)] * 2


async def test_a_record_stays_in_its_branch_and_out_of_sight_of_others(world: World) -> None:
    other = await world.add_branch(external_id="filial-2")
    elsewhere = replace(customer(0), branch_external_id="filial-2")
    assert await save(world, elsewhere) == [(SavedHow.REFUSED, Conflict)]

    world.caller = make_caller(branch_ids=frozenset({other.id}))
    results = await world.use_case(SaveCustomers)(SaveCustomersCommand(caller=world.caller, rows=[elsewhere]))
    assert [(row.how, row.record) for row in results] == [(SavedHow.REFUSED, None)]
    assert isinstance(results[0].error, Conflict)
    assert results[0].error.reason == "EXTERNAL_ID_TAKEN"


async def test_invoices_belong_to_known_customers(world: World) -> None:
    fields = InvoiceFields(
        amount=Decimal("99.90"), issued_on=date(2026, 1, 1), due_on=date(2026, 1, 20), external_id="f-1"
    )
    row = InvoiceRow(customer_external_id="c-0", fields=fields)
    invoices = world.use_case(SaveInvoices)

    created, stray, changed = await invoices(
        SaveInvoicesCommand(
            caller=world.caller,
            rows=[
                row,
                replace(row, customer_external_id="c-9", fields=replace(fields, external_id="f-2")),
                replace(row, fields=replace(fields, amount=Decimal("100"))),
            ],
        )
    )

    assert (created.how, stray.how, changed.how) == (SavedHow.CREATED, SavedHow.REFUSED, SavedHow.UPDATED)
    assert changed.record is not None
    assert changed.record.amount == Money(10_000)
    assert isinstance(stray.error, NotFound)


async def test_leads_and_prospects_are_saved_alike(world: World) -> None:
    row = ContactRow(branch_external_id="matriz", fields=ContactFields(name="Ana", external_id="l-1"))
    rows = [
        row,
        replace(row, fields=replace(row.fields, phone="4733334444")),
        replace(row, branch_external_id="x"),
    ]
    command = SaveContactsCommand(caller=world.caller, rows=rows)

    leads = await world.use_case(SaveLeads)(command)
    prospects = await world.use_case(SaveProspects)(command)

    expected = [SavedHow.CREATED, SavedHow.UPDATED, SavedHow.REFUSED]
    assert [result.how for result in leads] == expected
    assert [result.how for result in prospects] == expected
    assert not isinstance(leads[2].error, Conflict)
