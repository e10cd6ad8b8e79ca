"""The repeat warning counts the whole company, yet shows the earlier consultation only to those who may see it."""

from dataclasses import replace
from typing import Any

import pytest

from core.domain.access import Caller, Scope
from core.domain.plans import ConsultationPlan
from core.use_cases.consult_credit import ConsultCredit, ConsultCreditCommand
from core.use_cases.consultation_subject import CustomerSubject
from support.builders import make_caller
from support.desk import Desk, global_id
from support.mutation_inputs import mutation_document

CONSULT = mutation_document(
    "consult_credit",
    """__typename
    ... on RepeatConsultationWarning {
      code message availableOn lastPerformedAt
      lastConsultation { number branch { name } report { score { value } pendingDebts { count } } originalUrl printUrl pdfUrl }
    }
    ... on UserError { code }""",
)


async def _consulted(desk: Desk) -> tuple[dict[str, Any], Caller]:
    """The customer was consulted at its branch: what asks for the same document at another one, and a token of that alone."""
    world = desk.world
    command = ConsultCreditCommand(
        caller=world.caller, subject=CustomerSubject(world.customer.id), plan=ConsultationPlan.CREDNET_TOP
    )
    await world.use_case(ConsultCredit)(command)
    branch = await world.add_branch()
    integration = await world.add_integration(branch)
    async with world.units_of_work.begin() as work:
        await work.branches.save(replace(branch, integration_id=integration.id))
    number = world.customer.document.number
    document = {"branchId": global_id(branch), "number": number, "stateCode": "SC"}
    data = {"subject": {"document": document}, "plan": "CREDNET_TOP"}
    return data, make_caller(branch_ids=frozenset({branch.id}))


async def test_who_reaches_the_branch_sees_the_earlier_consultation(desk: Desk) -> None:
    data, _ = await _consulted(desk)
    result = (await desk.ask(CONSULT, {"input": data})).one()
    assert (result["__typename"], result["code"]) == ("RepeatConsultationWarning", "REPEAT_CONSULTATION")
    assert result["availableOn"] == "2026-04-15"
    assert result["lastConsultation"]["number"] == 1
    assert result["lastConsultation"]["report"] is not None
    assert result["lastConsultation"]["printUrl"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "pt-BR",
            "Limite de consultas ultrapassado: este CPF/CNPJ já foi consultado e só volta a ficar livre",
        ),
        ("en", "Query limit exceeded: this CPF/CNPJ was consulted already and is free again"),
    ],
)
async def test_a_token_of_another_branch_is_warned_without_seeing_it(
    desk: Desk, language: str, words: str
) -> None:
    data, stranger = await _consulted(desk)
    answer = await desk.ask(CONSULT, {"input": data}, caller=stranger, language=language)
    result = answer.one()
    assert result["__typename"] == "RepeatConsultationWarning"
    assert result["lastConsultation"] is None
    assert (result["availableOn"], result["lastPerformedAt"]) == ("2026-04-15", "2026-03-16T15:00:00Z")
    assert result["message"].startswith(words)


async def test_a_token_that_may_not_read_consultations_is_warned_without_seeing_it(desk: Desk) -> None:
    data, _ = await _consulted(desk)
    blind = make_caller(scopes=frozenset(Scope) - {Scope.READ_CONSULTATIONS})
    result = (await desk.ask(CONSULT, {"input": data}, caller=blind)).one()
    assert result["__typename"] == "RepeatConsultationWarning"
    assert result["lastConsultation"] is None


async def test_confirming_pays_once_more_and_still_shows_nothing_of_the_earlier_one(desk: Desk) -> None:
    data, stranger = await _consulted(desk)
    result = (await desk.ask(CONSULT, {"input": {**data, "confirmRepeat": True}}, caller=stranger)).one()
    assert result == {"__typename": "ConsultCreditSuccess"}
    assert sum(desk.world.bureau.billed.values()) == 2
    seen = "{ consultations { nodes { number } } }"
    assert (await desk.ask(seen, caller=stranger)).one()["nodes"] == [{"number": 2}]
