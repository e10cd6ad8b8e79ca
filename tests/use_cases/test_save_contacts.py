"""Leads and prospects: the same rules for both."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.audit import AuditAction
from core.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from core.domain.listing import PersonFilter
from core.domain.states import StateCode
from core.domain.subjects import Lead, Prospect
from core.use_cases.contact_record import ContactChanges, ContactFields
from core.use_cases.save_lead import CreateLead, CreateLeadCommand, UpdateLead, UpdateLeadCommand
from core.use_cases.save_prospect import (
    CreateProspect,
    CreateProspectCommand,
    UpdateProspect,
    UpdateProspectCommand,
)
from support.builders import NOW, new_id
from support.documents import synthetic_cnpj, synthetic_cpf
from support.refusals import problems_of, refused
from support.trail import events_of
from support.world import World

WHOLE = ContactFields(
    name=" Maria Souza ",
    document=synthetic_cnpj(601, letters=True).formatted.lower(),
    state_code="pr",
    phone="(41) 3333-4444",
    email="maria@example.com",
    external_id="crm-1",
)


@dataclass(frozen=True)
class Contacts:
    """Leads, or prospects."""

    world: World
    kind: str

    async def create(self, fields: ContactFields = WHOLE, **changes: Any) -> Lead | Prospect:
        given = {"caller": self.world.caller, "branch_id": self.world.branch.id, **changes}
        if self.kind == "Lead":
            return await self.world.use_case(CreateLead)(CreateLeadCommand(fields=fields, **given))
        return await self.world.use_case(CreateProspect)(CreateProspectCommand(fields=fields, **given))

    async def update(
        self, contact: Lead | Prospect, changes: ContactChanges, **given: Any
    ) -> Lead | Prospect:
        caller = given.get("caller", self.world.caller)
        if self.kind == "Lead":
            lead = UpdateLeadCommand(caller=caller, lead_id=contact.id, changes=changes)
            return await self.world.use_case(UpdateLead)(lead)
        prospect = UpdateProspectCommand(caller=caller, prospect_id=contact.id, changes=changes)
        return await self.world.use_case(UpdateProspect)(prospect)

    async def stored(self, contact: Lead | Prospect) -> Lead | Prospect | None:
        async with self.world.units_of_work.read() as work:
            if self.kind == "Lead":
                return await work.leads.get(contact.id)
            return await work.prospects.get(contact.id)

    async def count(self) -> int:
        async with self.world.units_of_work.read() as work:
            store = work.leads if self.kind == "Lead" else work.prospects
            return await store.count(PersonFilter())


@pytest.fixture(params=["Lead", "Prospect"])
def contacts(world: World, request: pytest.FixtureRequest) -> Contacts:
    return Contacts(world, request.param)


async def test_a_contact_is_stored_as_it_is_kept(contacts: Contacts) -> None:
    created = await contacts.create()
    assert type(created).__name__ == contacts.kind
    assert created == await contacts.stored(created)
    assert (created.name, created.phone, created.email) == (
        "Maria Souza",
        "4133334444",
        "maria@example.com",
    )
    assert created.document == synthetic_cnpj(601, letters=True)
    assert created.state_code is StateCode.PR
    assert (created.branch_id, created.external_id) == (contacts.world.branch.id, "crm-1")
    assert (created.created_at, created.updated_at) == (NOW, NOW)
    (event,) = await events_of(contacts.world, AuditAction.RECORD_CREATED)
    assert (event.record_kind, event.record_id) == (contacts.kind, created.id)


async def test_a_name_is_enough(contacts: Contacts) -> None:
    created = await contacts.create(ContactFields(name="Maria", document=" ", phone=""))
    gaps = (created.document, created.state_code, created.phone, created.email, created.external_id)
    assert gaps == (None,) * 5


async def test_every_problem_is_said_at_once(contacts: Contacts) -> None:
    fields = ContactFields(
        name="\n", document="123", state_code="Paraná", phone="999", email="@", external_id="\x00"
    )
    with refused(contacts.world, InvalidInput) as caught:
        await contacts.create(fields)
    assert problems_of(caught) == {
        ("name", "INVALID_TEXT"),
        ("document", "INVALID_DOCUMENT"),
        ("stateCode", "INVALID_STATE_CODE"),
        ("phone", "INVALID_PHONE"),
        ("email", "INVALID_EMAIL"),
        ("externalId", "INVALID_TEXT"),
    }


async def test_the_same_sent_twice_at_once_is_one(contacts: Contacts) -> None:
    first, second = await asyncio.gather(contacts.create(), contacts.create())
    assert first == second
    assert await contacts.count() == 1


async def test_something_else_under_the_same_external_id_is_a_conflict(contacts: Contacts) -> None:
    await contacts.create()
    with refused(contacts.world, Conflict) as caught:
        await contacts.create(replace(WHOLE, phone=None))
    assert caught.value.reason == "EXTERNAL_ID_TAKEN"


async def test_a_lead_and_a_prospect_may_share_an_external_id(world: World) -> None:
    lead = await Contacts(world, "Lead").create()
    prospect = await Contacts(world, "Prospect").create()
    assert lead.external_id == prospect.external_id


async def test_what_is_given_changes_and_the_rest_stays(contacts: Contacts) -> None:
    created = await contacts.create()
    contacts.world.clock.advance(timedelta(hours=1))
    updated = await contacts.update(created, ContactChanges(document=synthetic_cpf(602).number, phone=None))
    now = contacts.world.clock.now()
    assert updated == replace(created, document=synthetic_cpf(602), phone=None, updated_at=now)
    assert updated == await contacts.stored(created)
    assert await contacts.update(updated, ContactChanges()) == updated
    (event,) = await events_of(contacts.world, AuditAction.RECORD_UPDATED)
    assert event.details["fields"] == "document,phone"


async def test_a_wrong_change_is_refused(contacts: Contacts) -> None:
    created = await contacts.create()
    with refused(contacts.world, InvalidInput) as caught:
        await contacts.update(created, ContactChanges(name="", email="x"))
    assert problems_of(caught) == {("name", "INVALID_TEXT"), ("email", "INVALID_EMAIL")}


async def test_who_may_write(contacts: Contacts) -> None:
    world, created = contacts.world, await contacts.create()
    reader = replace(world.caller, scopes=frozenset(Scope) - {Scope.WRITE_RECORDS})
    with refused(world, Forbidden):
        await contacts.create(caller=reader)
    with refused(world, Forbidden):
        await contacts.update(created, ContactChanges(name="x"), caller=reader)
    stranger = replace(world.caller, branch_ids=frozenset({new_id()}))
    with refused(world, NotFound):
        await contacts.create(caller=stranger)
    with refused(world, NotFound) as caught:
        await contacts.update(created, ContactChanges(name="x"), caller=stranger)
    assert (caught.value.kind, caught.value.path) == (contacts.kind, (f"{contacts.kind.lower()}Id",))
