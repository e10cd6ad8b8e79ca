"""One log of consultations, seen from the query centre and from the record that each was made for."""

from typing import Any

import pytest

from api.ids import encode_id
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import (
    CustomerSubject,
    DocumentSubject,
    LeadSubject,
    ProspectSubject,
)
from support.builders import make_lead, make_prospect
from support.desk import Desk, global_id
from support.documents import synthetic_cpf
from support.world import World

CENTRE = "{ consultations { totalCount nodes { id number subject { __typename } } } }"
RECORD = """query ($id: ID!) { node(id: $id) {
    ... on Customer { consultations { totalCount nodes { id } } }
    ... on Lead { consultations { totalCount nodes { id } } }
    ... on Prospect { consultations { totalCount nodes { id } } } } }"""


async def _consult(world: World, subject: Any) -> str:
    command = ConsultCreditCommand(
        caller=world.caller, subject=subject, plan=ConsultationPlan.REPORT_AND_SCORE
    )
    made = await world.use_case(ConsultCredit)(command)
    return encode_id("Consultation", made.consultation.id)


@pytest.fixture
async def world() -> World:
    """A branch that chooses its plans."""
    return await World().populate()


async def test_the_centre_and_the_record_show_the_same_log(world: World, desk: Desk) -> None:
    async with world.units_of_work.begin() as work:
        lead = await work.leads.add(make_lead(branch_id=world.branch.id, document=synthetic_cpf(101)))
        prospect = await work.prospects.add(
            make_prospect(branch_id=world.branch.id, document=synthetic_cpf(102))
        )
    made = {
        global_id(world.customer): await _consult(world, CustomerSubject(world.customer.id)),
        global_id(lead): await _consult(world, LeadSubject(lead.id)),
        global_id(prospect): await _consult(world, ProspectSubject(prospect.id)),
    }
    bare = await _consult(
        world,
        DocumentSubject(branch_id=world.branch.id, number=synthetic_cpf(103).number, state_code="SC"),
    )

    centre = (await desk.ask(CENTRE)).one()

    assert centre["totalCount"] == 4
    assert [each["id"] for each in centre["nodes"]] == [bare, *reversed(made.values())]
    assert centre["nodes"][0]["subject"] is None
    for record, consultation in made.items():
        log = (await desk.ask(RECORD, {"id": record})).one()["consultations"]
        assert log == {"totalCount": 1, "nodes": [{"id": consultation}]}
