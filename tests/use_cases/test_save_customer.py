"""Customers: what is accepted, that an integrator may send them twice, and what stays while a debt is registered."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.listing import PersonFilter
from core.domain.negativation import NegativationStatus
from core.domain.states import StateCode
from core.domain.subjects import Address, Customer, Gender, NegativationHold
from core.use_cases.record_input import AddressChanges, AddressFields
from core.use_cases.save_customer import (
    CreateCustomer,
    CreateCustomerCommand,
    CustomerChanges,
    CustomerFields,
    UpdateCustomer,
    UpdateCustomerCommand,
)
from support.builders import NOW, make_customer, make_negativation, new_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World

ADDRESS = AddressFields(
    postal_code="89010-025",
    street=" Rua das Palmeiras ",
    number="S/N",
    complement="S/C",
    district="Centro",
    city="Blumenau",
    state_code="sc",
)
WHOLE = CustomerFields(
    name="  José Conceição ",
    document=synthetic_cpf(501).formatted,
    gender=Gender.MALE,
    born_on=date(1980, 2, 29),
    mobile="+55 (47) 98888-7777",
    email="jose@example.com",
    address=ADDRESS,
    hold=NegativationHold.DISPUTE,
    external_id="erp-1",
)


async def create(world: World, fields: CustomerFields = WHOLE, **changes: Any) -> Customer:
    command = CreateCustomerCommand(caller=world.caller, branch_id=world.branch.id, fields=fields)
    return await world.use_case(CreateCustomer)(replace(command, **changes))


async def update(world: World, customer: Customer, **changes: Any) -> Customer:
    command = UpdateCustomerCommand(
        caller=world.caller, customer_id=customer.id, changes=CustomerChanges(**changes)
    )
    return await world.use_case(UpdateCustomer)(command)


async def stored(world: World, customer: Customer) -> Customer | None:
    async with world.units_of_work.read() as work:
        return await work.customers.get(customer.id)


async def test_a_customer_is_stored_as_it_is_kept(world: World) -> None:
    created = await create(world)
    assert created == await stored(world, created)
    assert created == Customer(
        id=created.id,
        number=created.number,
        external_id="erp-1",
        branch_id=world.branch.id,
        name="José Conceição",
        document=synthetic_cpf(501),
        gender=Gender.MALE,
        born_on=date(1980, 2, 29),
        mobile="47988887777",
        email="jose@example.com",
        address=Address(
            postal_code="89010025",
            street="Rua das Palmeiras",
            number="S/N",
            complement="S/C",
            district="Centro",
            city="Blumenau",
            state_code=StateCode.SC,
        ),
        hold=NegativationHold.DISPUTE,
        created_at=NOW,
        updated_at=NOW,
    )
    (event,) = await events_of(world, AuditAction.RECORD_CREATED)
    assert (event.record_kind, event.record_id) == ("Customer", created.id)
    assert event.branch_id == world.branch.id
    assert "José" not in repr(event)


async def test_gaps_are_allowed_and_blank_is_a_gap(world: World) -> None:
    blank = AddressFields(postal_code="", street=" ", number="", complement=" ", city="", state_code=" ")
    fields = CustomerFields(
        name="José", document=synthetic_cpf(502).number, mobile=" ", email="", address=blank, external_id=""
    )
    created = await create(world, fields)
    assert (created.mobile, created.email, created.external_id) == (None, None, None)
    assert (created.gender, created.born_on, created.hold) == (None, None, None)
    assert created.address == Address()


async def test_every_problem_is_said_at_once(world: World) -> None:
    fields = CustomerFields(
        name="",
        document="111.111.111-11",
        born_on=date(1899, 12, 31),
        mobile="4733334444",
        email="nobody",
        address=AddressFields(postal_code="8901", street="x" * 121, state_code="XX"),
        external_id="x" * 101,
    )
    with refused(world, InvalidInput) as caught:
        await create(world, fields)
    assert problems_of(caught) == {
        ("name", "INVALID_TEXT"),
        ("document", "INVALID_DOCUMENT"),
        ("bornOn", "INVALID_BIRTH_DATE"),
        ("mobile", "INVALID_MOBILE"),
        ("email", "INVALID_EMAIL"),
        ("address.postalCode", "INVALID_POSTAL_CODE"),
        ("address.street", "INVALID_TEXT"),
        ("address.stateCode", "INVALID_STATE_CODE"),
        ("externalId", "INVALID_TEXT"),
    }


@pytest.mark.parametrize(
    ("born_on", "accepted"),
    [
        (date(1900, 1, 1), True),
        (date(1899, 12, 31), False),
        (date(2026, 3, 16), True),
        (date(2026, 3, 17), False),
    ],
)
async def test_a_birth_date_lies_between_1900_and_today(world: World, born_on: date, accepted: bool) -> None:
    fields = replace(WHOLE, born_on=born_on)
    if accepted:
        assert (await create(world, fields)).born_on == born_on
        return
    with refused(world, InvalidInput) as caught:
        await create(world, fields)
    assert problems_of(caught) == {("bornOn", "INVALID_BIRTH_DATE")}


async def test_today_is_the_day_at_the_desk(world: World) -> None:
    world.clock.at = NOW.replace(hour=2)  # still the 15th in São Paulo
    with refused(world, InvalidInput):
        await create(world, replace(WHOLE, born_on=date(2026, 3, 16)))


async def test_a_company_has_neither_gender_nor_birth_date(world: World) -> None:
    fields = replace(WHOLE, document=synthetic_cnpj(501, letters=True).formatted)
    with refused(world, InvalidInput) as caught:
        await create(world, fields)
    assert problems_of(caught) == {("gender", "NOT_FOR_CNPJ"), ("bornOn", "NOT_FOR_CNPJ")}
    created = await create(world, replace(fields, gender=None, born_on=None))
    assert created.document == synthetic_cnpj(501, letters=True)


async def test_two_customers_may_have_the_same_document(world: World) -> None:
    first = await create(world)
    second = await create(world, replace(WHOLE, external_id="erp-2"))
    assert first.document == second.document
    assert first.id != second.id


# sent twice


async def test_the_same_sent_twice_is_one_customer(world: World) -> None:
    first = await create(world)
    world.clock.advance(timedelta(days=1))
    spelled_otherwise = replace(WHOLE, mobile="47988887777", document=synthetic_cpf(501).number)
    assert await create(world, spelled_otherwise) == first
    assert len(await events_of(world, AuditAction.RECORD_CREATED)) == 1


@pytest.mark.parametrize(
    "changes", [{"name": "João"}, {"hold": None}, {"address": replace(ADDRESS, number="12")}]
)
async def test_something_else_under_the_same_external_id_is_a_conflict(
    world: World, changes: dict[str, Any]
) -> None:
    await create(world)
    with refused(world, Conflict) as caught:
        await create(world, replace(WHOLE, **changes))
    assert caught.value.reason == "EXTERNAL_ID_TAKEN"
    assert caught.value.params == {"externalId": "erp-1"}


async def test_the_same_for_another_branch_is_a_conflict(world: World) -> None:
    await create(world)
    other = await world.add_branch()
    with refused(world, Conflict):
        await create(world, branch_id=other.id)


async def test_the_same_sent_twice_at_once_is_one_customer(world: World) -> None:
    first, second = await asyncio.gather(create(world), create(world))
    assert first == second
    async with world.units_of_work.read() as work:
        assert await work.customers.count(PersonFilter(external_id="erp-1")) == 1


async def test_without_an_external_id_every_sending_is_a_customer(world: World) -> None:
    fields = replace(WHOLE, external_id=None)
    assert (await create(world, fields)).id != (await create(world, fields)).id


# changes


async def test_what_is_given_changes_and_the_rest_stays(world: World) -> None:
    created = await create(world)
    world.clock.advance(timedelta(hours=1))
    updated = await update(
        world,
        created,
        name="José da Conceição",
        mobile=None,
        address=AddressChanges(number="12", complement=None),
    )
    assert updated == await stored(world, created)
    assert updated == replace(
        created,
        name="José da Conceição",
        mobile=None,
        address=replace(created.address, number="12", complement=None),
        updated_at=world.clock.now(),
    )
    (event,) = await events_of(world, AuditAction.RECORD_UPDATED)
    assert event.details == {"number": created.number, "fields": "name,mobile,address"}


async def test_nothing_new_writes_nothing(world: World) -> None:
    created = await create(world)
    world.clock.advance(timedelta(hours=1))
    assert await update(world, created, name=created.name, mobile="47 98888-7777") == created
    assert await events_of(world, AuditAction.RECORD_UPDATED) == []


async def test_a_change_is_checked_together_with_what_stays(world: World) -> None:
    created = await create(world)
    with refused(world, InvalidInput) as caught:
        await update(world, created, document=synthetic_cnpj(9).number, mobile="123")
    assert problems_of(caught) == {
        ("gender", "NOT_FOR_CNPJ"),
        ("bornOn", "NOT_FOR_CNPJ"),
        ("mobile", "INVALID_MOBILE"),
    }
    company = await update(world, created, document=synthetic_cnpj(9).number, gender=None, born_on=None)
    assert company.document == synthetic_cnpj(9)


async def test_an_external_id_of_another_customer_is_refused(world: World) -> None:
    await create(world)
    other = await create(world, replace(WHOLE, external_id="erp-2"))
    with refused(world, Conflict) as caught:
        await update(world, other, external_id="erp-1")
    assert caught.value.reason == "EXTERNAL_ID_TAKEN"


@pytest.mark.parametrize("status", NegativationStatus)
async def test_the_document_stays_while_a_registration_is_live(
    world: World, status: NegativationStatus
) -> None:
    created = await create(world)
    async with world.units_of_work.begin() as work:
        await work.negativations.add(make_negativation(customer_id=created.id, status=status))
    assert (await update(world, created, name="Outro Nome")).name == "Outro Nome"
    number = synthetic_cpf(777).number
    if not status.live:
        assert (await update(world, created, document=number)).document.number == number
        return
    with refused(world, Conflict) as caught:
        await update(world, created, document=number)
    assert caught.value.reason == "CUSTOMER_NEGATIVATED"


# who


async def test_it_needs_the_scope(world: World) -> None:
    reader = replace(world.caller, scopes=frozenset(Scope) - {Scope.WRITE_RECORDS})
    with refused(world, Forbidden):
        await create(world, caller=reader)
    command = UpdateCustomerCommand(
        caller=reader, customer_id=world.customer.id, changes=CustomerChanges(name="x")
    )
    with refused(world, Forbidden):
        await world.use_case(UpdateCustomer)(command)


async def test_what_is_out_of_reach_does_not_exist(world: World) -> None:
    stranger = replace(world.caller, branch_ids=frozenset({new_id()}))
    with refused(world, NotFound) as caught:
        await create(world, caller=stranger)
    assert (caught.value.kind, caught.value.path) == ("Branch", ("branchId",))
    for command in (
        UpdateCustomerCommand(caller=stranger, customer_id=world.customer.id, changes=CustomerChanges()),
        UpdateCustomerCommand(caller=world.caller, customer_id=make_customer().id, changes=CustomerChanges()),
    ):
        with refused(world, NotFound) as caught:
            await world.use_case(UpdateCustomer)(command)
        assert (caught.value.kind, caught.value.path) == ("Customer", ("customerId",))
