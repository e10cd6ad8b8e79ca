"""What the bureau's words quote of people, as a token without WHOLE_DOCUMENTS sees it; words that quote nobody stay as they are."""

from typing import Any

import pytest

from core.domain.access import Scope
from core.domain.bureau import BureauFailure, FailureClass
from support.builders import make_caller
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document
from support.quoted_people import (
    COMPANY,
    KEPT,
    MOTHER,
    PLAIN,
    REPORTED,
    STRANGER,
    masked_of,
    quoting,
    told_of,
)

MASKED = make_caller(scopes=frozenset(Scope) - {Scope.WHOLE_DOCUMENTS})

CONSULTATIONS = """{ consultations(orderBy: {field: NUMBER, direction: ASC}) { nodes { bureauMessage report {
    identity { documentStatus }
    badCheques { message entries { origin modality reference city stateCode } }
    lawsuits { message }
    protests { message }
} } } }"""
NEGATIVATIONS = "{ negativations { nodes { codes { code description } history { codes { description } } } } }"
CHANGES = "{ monitorChanges { nodes { description } } }"
CONSULT = mutation_document(
    "consult_credit",
    "... on BureauRejectedError { bureauMessage message } ... on UserError { code }",
)


async def _nodes(desk: Desk, query: str, *, masked: bool) -> Any:
    return (await desk.ask(query, caller=MASKED if masked else None)).one()["nodes"]


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("subject", [False, True])
async def test_in_a_report_and_in_a_refusal(desk: Desk, subject: bool, masked: bool) -> None:
    await quoting(desk.world, subject=subject)
    document = desk.world.customer.document
    words = masked_of if masked else told_of
    delivered, refused = await _nodes(desk, CONSULTATIONS, masked=masked)
    about = words(REPORTED, document)
    # Of somebody whom no record here names, no other name than the bureau's own is known.
    kept = words(KEPT, document) if subject else words(KEPT, document).replace("MARIA ***", "MARIA  SOUZA")
    assert delivered["report"] == {
        "identity": {"documentStatus": words(MOTHER, document)},
        "badCheques": {
            "message": about,
            "entries": [
                {
                    "origin": COMPANY.replace(STRANGER.number, STRANGER.masked) if masked else COMPANY,
                    "modality": about,
                    "reference": about,
                    "city": about,
                    "stateCode": "SC",
                }
            ],
        },
        "lawsuits": {"message": kept},
        "protests": {"message": PLAIN},
    }
    assert (delivered["bureauMessage"], refused["bureauMessage"]) == (None, kept)
    assert refused["report"] is None


@pytest.mark.parametrize("masked", [False, True])
async def test_in_the_codes_of_a_registration(desk: Desk, masked: bool) -> None:
    await quoting(desk.world)
    (negativation,) = await _nodes(desk, NEGATIVATIONS, masked=masked)
    about = (masked_of if masked else told_of)(REPORTED, desk.world.customer.document)
    assert negativation == {
        "codes": [{"code": "7", "description": about}, {"code": "8", "description": PLAIN}],
        "history": [{"codes": [{"description": about}, {"description": PLAIN}]}],
    }


@pytest.mark.parametrize("masked", [False, True])
async def test_in_what_was_found_at_a_watched_company(desk: Desk, masked: bool) -> None:
    await quoting(desk.world)
    (change,) = await _nodes(desk, CHANGES, masked=masked)
    assert change["description"] == (COMPANY.replace(STRANGER.number, STRANGER.masked) if masked else COMPANY)


@pytest.mark.parametrize("masked", [False, True])
async def test_in_an_error(desk: Desk, masked: bool) -> None:
    world = desk.world
    document = world.customer.document
    refusal = BureauFailure(failure=FailureClass.VALIDATION, message=f"CPF {document.formatted} suspenso")
    world.bureau.fail("consult", refusal)
    variables = {"input": {"subject": {"customerId": global_id(world.customer)}, "plan": "REPORT_AND_SCORE"}}
    error = (await desk.ask(CONSULT, variables, caller=MASKED if masked else None)).one()
    shown = f"CPF {document.masked if masked else document.formatted} suspenso"
    assert error["code"] == "BUREAU_REJECTED"
    assert error["bureauMessage"] == shown
    assert error["message"] == f"O provedor recusou o pedido: {shown}."
