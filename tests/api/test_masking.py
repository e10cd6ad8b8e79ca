"""What a token without WHOLE_DOCUMENTS sees of people: in records, registrations, reports, and in no cursor."""

import base64
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.domain.access import Caller, Scope
from core.domain.documents import Document
from core.domain.eligibility import truncations
from core.domain.report import Identity
from support.builders import (
    make_bureau_report,
    make_caller,
    make_consultation,
    make_customer,
    make_lead,
    make_negativation,
    make_prospect,
    make_report,
    new_id,
)
from support.desk import Desk, global_id
from support.documents import synthetic_cnpj, synthetic_cpf

MASKED = make_caller(scopes=frozenset(Scope) - {Scope.WHOLE_DOCUMENTS})

QUERY = """{
    customers { nodes { name bornOn mobile email document { number }
        address { postalCode street number complement district city stateCode } } }
    leads { nodes { name phone email } }
    prospects { nodes { name phone email } }
    negativations { nodes { debtor { name bornOn mobile postalCode street streetNumber complement district city } } }
    consultations { nodes { report { identity { name birthOrFoundationOn motherName } } } }
}"""


async def _fill(desk: Desk) -> None:
    world = desk.world
    async with world.units_of_work.begin() as work:
        await work.customers.save(replace(world.customer, name="Maria da Silva", email="maria@example.com"))
        await work.leads.add(make_lead(branch_id=world.branch.id, name="Ana Souza", document=None))
        await work.prospects.add(
            make_prospect(branch_id=world.branch.id, name="Rede Sul Ltda", phone="4733334444")
        )
        negativation = make_negativation(
            invoice_id=world.invoice.id,
            customer_id=world.customer.id,
            branch_id=world.branch.id,
            integration_id=world.integration.id,
        )
        await work.negativations.add(
            replace(negativation, debtor=replace(negativation.debtor, name="Maria da Silva"))
        )
        consultation = await work.consultations.add(
            make_consultation(branch_id=world.branch.id, integration_id=world.integration.id)
        )
        identity = Identity(
            name="Maria da Silva", birth_or_foundation_on=date(1985, 7, 9), mother_name="Rita da Silva"
        )
        await work.consultations.add_report(
            consultation.id, make_bureau_report(report=make_report(identity=identity))
        )


async def _seen(desk: Desk, caller: Caller) -> dict[str, Any]:
    data = (await desk.ask(QUERY, caller=caller)).data
    assert data is not None
    return {name: found["nodes"][0] for name, found in data.items()}


async def test_people_are_masked_wherever_they_stand(desk: Desk) -> None:
    await _fill(desk)
    seen = await _seen(desk, MASKED)
    assert seen["customers"] == {
        "name": "Maria ***",
        "bornOn": None,
        "mobile": "47***77",
        "email": "m***@example.com",
        "document": {"number": desk.world.customer.document.masked},
        "address": {
            "postalCode": "***",
            "street": "***",
            "number": "***",
            "complement": "***",
            "district": "Centro",
            "city": "Blumenau",
            "stateCode": "SC",
        },
    }
    assert seen["leads"] == {"name": "Ana ***", "phone": "47***44", "email": None}
    assert seen["negativations"]["debtor"] == {
        "name": "Maria ***",
        "bornOn": None,
        "mobile": "47***77",
        "postalCode": "***",
        "street": "***",
        "streetNumber": "***",
        "complement": "***",
        "district": "Centro",
        "city": "Blumenau",
    }
    assert seen["consultations"]["report"]["identity"] == {
        "name": "Maria ***",
        "birthOrFoundationOn": None,
        "motherName": "Rita ***",
    }


async def test_a_company_is_shown_whole(desk: Desk) -> None:
    await _fill(desk)
    prospect = (await _seen(desk, MASKED))["prospects"]
    assert (prospect["name"], prospect["phone"]) == ("Rede Sul Ltda", "4733334444")


async def test_who_may_see_documents_whole_sees_people_whole(desk: Desk) -> None:
    await _fill(desk)
    seen = await _seen(desk, desk.world.caller)
    assert "***" not in str(seen)
    assert seen["customers"]["name"] == seen["negativations"]["debtor"]["name"] == "Maria da Silva"
    assert seen["consultations"]["report"]["identity"]["birthOrFoundationOn"] == "1985-07-09"


CUT = {
    "name": "Maria Aparecida dos Santos " * 3,
    "street": "Rua das Palmeiras Imperiais " * 2,
    "number": "1234 e 1236 fundos",
    "complement": "Apartamento 101, bloco das Palmeiras",
    "district": "Jardim das Palmeiras Imperiais",
}
COMPANY_CUT = "Comércios de Artigos do Lar e Variedades Santos e Filhos de 52998224725"


@pytest.mark.parametrize(
    ("document", "name", "shown"),
    [
        (
            synthetic_cpf(77),
            CUT["name"],
            {
                "address.complement": "***",
                "address.district": CUT["district"][:20],
                "address.number": "***",
                "address.street": "***",
                "name": "Maria ***",
            },
        ),
        (
            synthetic_cnpj(77),
            # Of the CPF at its end, ten digits of eleven would be left.
            COMPANY_CUT,
            {
                "address.complement": CUT["complement"][:25],
                "address.district": CUT["district"][:20],
                "address.number": CUT["number"][:10],
                "address.street": CUT["street"][:45],
                "name": COMPANY_CUT.replace("52998224725", "***.982.247-**")[:70],
            },
        ),
    ],
)
async def test_what_would_be_cut_is_masked_like_the_field_that_it_is_of(
    desk: Desk, document: Document, name: str, shown: dict[str, str]
) -> None:
    world = desk.world
    kept: dict[str, Any] = {field: text for field, text in CUT.items() if field != "name"}
    address = replace(world.customer.address, **kept)
    customer = replace(world.customer, document=document, name=name, address=address)
    async with world.units_of_work.begin() as work:
        await work.customers.save(customer)
    query = (
        "query ($ids: [ID!]!) { negativationEligibility(invoiceIds: $ids) { truncations { field value } } }"
    )
    for caller, expected in ((MASKED, shown), (world.caller, truncations(customer))):
        (answer,) = (await desk.ask(query, {"ids": [global_id(world.invoice)]}, caller=caller)).one()
        assert {cut["field"]: cut["value"] for cut in answer["truncations"]} == expected


async def test_what_was_shown_masked_overwrites_nothing_when_it_is_sent_back(desk: Desk) -> None:
    await _fill(desk)
    seen = (await _seen(desk, MASKED))["customers"]
    answer = await desk.ask(
        """mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
            ... on InvalidInputError { problems { path code } } } }""",
        {
            "input": {
                "customerId": global_id(desk.world.customer),
                "name": seen["name"],
                "mobile": seen["mobile"],
                "email": seen["email"],
                "address": {"street": seen["address"]["street"]},
            }
        },
        caller=MASKED,
    )
    assert answer.data is not None
    refused = answer.data["updateCustomer"]["problems"]
    assert {tuple(problem["path"]): problem["code"] for problem in refused} == {
        ("name",): "MASKED_VALUE",
        ("mobile",): "INVALID_MOBILE",
        ("email",): "MASKED_VALUE",
        ("address", "street"): "MASKED_VALUE",
    }


LIST = """query ($after: String) { customers(first: 1, after: $after, orderBy: {field: NAME, direction: ASC}) {
    edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }"""


async def test_no_cursor_tells_the_name_that_it_stands_for(desk: Desk) -> None:
    world = desk.world
    async with world.units_of_work.begin() as work:
        for name in ("Zulmira Prado", "Zulmira Rocha"):
            await work.customers.add(make_customer(id=new_id(), branch_id=world.branch.id, name=name))
    cursors, after = [], None
    while True:
        page = (await desk.ask(LIST, {"after": after}, caller=MASKED)).one()
        cursors.append(page["edges"][0]["cursor"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(cursors) == 3
    for cursor in cursors:
        # The vault of these tests writes down backwards what it seals.
        assert b"zulmira" not in base64.urlsafe_b64decode(cursor).lower()
        refused = (await desk.ask(LIST, {"after": cursor})).errors
        assert refused, "it is no cursor of somebody who sees names"


async def test_a_cursor_that_was_not_sealed_here_is_refused(desk: Desk) -> None:
    plain = (await desk.ask(LIST)).one()["pageInfo"]["endCursor"]
    for cursor in (plain, "", "x", "Zm9v", "é", plain * 100):
        (error,) = (await desk.ask(LIST, {"after": cursor}, caller=MASKED)).errors
        assert error["extensions"]["code"] == "INVALID_INPUT"
